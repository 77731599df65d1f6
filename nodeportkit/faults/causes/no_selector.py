"""No selector, and no hand-written slice that carries the service's label and lists an endpoint."""

from nodeportkit.faults.building import hand_written_slice
from nodeportkit.faults.fault import Fault
from nodeportkit.faults.objects import Object
from nodeportkit.faults.scene import Scene

__all__ = ["VARIANTS"]


def never_had(scene: Scene) -> Fault:
    """It was made without one, and nobody wrote a slice."""
    return _without(scene, None)


def slice_without_label(scene: Scene) -> Fault:
    """Somebody wrote a slice, and left out the label that says whose it is."""
    return _without(scene, ["10.20.0.4"], label=False)


def slice_without_endpoints(scene: Scene) -> Fault:
    """Somebody wrote a slice that lists nothing."""
    return _without(scene, [])


def _without(scene: Scene, addresses: list[str] | None, *, label: bool = True) -> Fault:
    service = scene.front()
    question = scene.dialled(service)
    scene.forget(service)
    service["spec"].pop("selector")
    if addresses is not None:
        made = hand_written_slice(service, addresses, [_slice_port(port) for port in service["spec"]["ports"]])
        if not label:
            made["metadata"]["labels"].pop("kubernetes.io/service-name")
        scene.objects.append(made)
    return scene.fault(service, symptom="refused", checks=("selector-missing",), **question)


def _slice_port(port: Object) -> Object:
    number = port["targetPort"] if isinstance(port["targetPort"], int) else 8080
    return {"name": port.get("name", ""), "port": number, "protocol": port["protocol"]}


VARIANTS = (never_had, slice_without_label, slice_without_endpoints)
