"""127.0.0.1 dialled from outside the node, and no tunnel or port-forward is open."""

from nodeportkit.faults.fault import Fault
from nodeportkit.faults.scene import Scene, Unplantable

__all__ = ["NEEDS", "VARIANTS"]

NEEDS = {"platform": "kubeadm"}


def loopback(scene: Scene) -> Fault:
    """The node port, on the person's own machine."""
    if scene.is_kind():
        raise Unplantable("with kind it is a matter of port mappings")
    service = scene.front()
    address = scene.rng.choice(("127.0.0.1", "localhost"))
    port = scene.rng.choice((scene.port(service)["nodePort"], 51234))
    return scene.fault(service, certainty=("fact", "hint", "possible"), symptom="refused", address=address, port=port)


VARIANTS = (loopback,)
