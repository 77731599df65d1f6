"""Traffic between nodes is broken."""

from nodeportkit.faults.fault import Fault
from nodeportkit.faults.objects import name_of
from nodeportkit.faults.scene import Scene, Unplantable

__all__ = ["VARIANTS"]


def from_another_node(scene: Scene) -> Fault:
    """All is well in the objects, and through a node without a pod no answer comes."""
    service = scene.front()
    holding = {pod["spec"]["nodeName"] for pod in scene.pods(service)}
    empty = [node for node in scene.nodes if name_of(node) not in holding]
    if not empty:
        raise Unplantable("there is a pod on every node")
    question = scene.dialled(service, node=scene.rng.choice(empty))
    return scene.fault(service, certainty=("possible",), symptom="timeout", **question)


VARIANTS = (from_another_node,)
