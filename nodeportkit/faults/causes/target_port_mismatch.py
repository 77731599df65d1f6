"""The numeric target port is not one the container listens on."""

from nodeportkit.faults.fault import Fault
from nodeportkit.faults.objects import Object
from nodeportkit.faults.scene import Scene, Unplantable

__all__ = ["VARIANTS"]


def wrong_number(scene: Scene) -> Fault:
    """The number is next to the right one, or another application's."""
    service = _chosen(scene)
    number = scene.rng.choice(sorted({8081, 8443, 3001, 5001, 80} - _known(scene, service)))
    return _plant(scene, service, number)


def left_out(scene: Scene) -> Fault:
    """The target port was left out, so that it is the number of the port."""
    service = _chosen(scene)
    number = service["spec"]["ports"][0]["port"]
    if number in _known(scene, service):
        raise Unplantable("port and target port are the same")
    return _plant(scene, service, number)


def application_moved(scene: Scene) -> Fault:
    """The application listens on another port since its last release."""
    service = _chosen(scene)
    old, new = service["spec"]["ports"][0]["targetPort"], 9443
    for spec in scene.specs(scene.pods(service)):
        for part in spec["containers"]:
            for port in part.get("ports", ()):
                port["containerPort"] = new if port["containerPort"] == old else port["containerPort"]
            probe = part.get("readinessProbe", {})
            for kind in ("httpGet", "tcpSocket", "grpc"):
                if probe.get(kind, {}).get("port") == old:
                    probe[kind]["port"] = new
    return _ask(scene, service)


def _chosen(scene: Scene) -> Object:
    """A service whose pods all declare the number that is its target port."""

    def fits(service: Object) -> bool:
        target = service["spec"]["ports"][0]["targetPort"]
        return isinstance(target, int) and all(
            target in [port["containerPort"] for part in spec["containers"] for port in part.get("ports", ())]
            for spec in scene.specs(scene.pods(service))
        )

    return scene.open_front(fits)


def _known(scene: Scene, service: Object) -> set[int]:
    """Numbers on which the containers are said to listen."""
    found = set()
    for spec in scene.specs(scene.pods(service)):
        for part in [*spec["containers"], *spec.get("initContainers", ())]:
            found |= {port["containerPort"] for port in part.get("ports", ())}
            probe = part.get("readinessProbe", {})
            found |= {probe[kind]["port"] for kind in ("httpGet", "tcpSocket", "grpc") if kind in probe}
    return {number for number in found if isinstance(number, int)}


def _plant(scene: Scene, service: Object, number: int) -> Fault:
    service["spec"]["ports"][0]["targetPort"] = number
    return _ask(scene, service)


def _ask(scene: Scene, service: Object) -> Fault:
    question = scene.dialled(service)
    if "port" in question:
        question["port"] = service["spec"]["ports"][0]["nodePort"]
    return scene.fault(service, certainty=("hint",), symptom="refused", checks=("target-port-undeclared",), **question)


VARIANTS = (wrong_number, left_out, application_moved)
