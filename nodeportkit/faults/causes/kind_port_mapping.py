"""A kind cluster dialled on 127.0.0.1 without a port mapping for the node port."""

from nodeportkit.faults.fault import Fault
from nodeportkit.faults.scene import Scene, Unplantable

__all__ = ["NEEDS", "VARIANTS"]

NEEDS = {"platform": "kind"}


def loopback(scene: Scene) -> Fault:
    """The node port, on the machine that runs the containers."""
    if not scene.is_kind():
        raise Unplantable("no kind cluster")
    service = scene.front()
    address, port = scene.rng.choice(("127.0.0.1", "localhost")), scene.port(service)["nodePort"]
    return scene.fault(service, certainty=("fact", "hint", "possible"), symptom="refused", address=address, port=port)


VARIANTS = (loopback,)
