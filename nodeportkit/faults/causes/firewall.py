"""A firewall or security group drops the node port."""

from nodeportkit.faults.fault import Fault
from nodeportkit.faults.scene import Scene

__all__ = ["VARIANTS"]


def from_outside(scene: Scene) -> Fault:
    """All is well in the cluster, and no answer comes."""
    service = scene.front()
    question = scene.dialled(service, node=scene.node())
    return scene.fault(service, certainty=("possible",), symptom="timeout", **question)


VARIANTS = (from_outside,)
