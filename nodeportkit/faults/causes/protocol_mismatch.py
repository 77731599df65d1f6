"""TCP against UDP between Service and container."""

from nodeportkit.faults.fault import Fault
from nodeportkit.faults.objects import Object
from nodeportkit.faults.scene import Scene

__all__ = ["VARIANTS"]


def service_is_udp(scene: Scene) -> Fault:
    """The service says UDP; the containers declare the number for TCP."""
    service, port = _chosen(scene, int)
    port["protocol"] = "UDP"
    return _ask(scene, service, port, ("fact", "hint"))


def service_is_udp_by_name(scene: Scene) -> Fault:
    """The service says UDP; the containers have a port of that name for TCP, so that there are no endpoints."""
    service, port = _chosen(scene, str)
    port["protocol"] = "UDP"
    return _ask(scene, service, port, ("fact",))


def container_is_udp_by_name(scene: Scene) -> Fault:
    """The containers declare their port for UDP; the service says nothing, which is TCP."""
    service, port = _chosen(scene, str)
    for spec in scene.specs(scene.pods(service)):
        for part in [*spec["containers"], *spec.get("initContainers", ())]:
            for declared in part.get("ports", ()):
                if declared.get("name") == port["targetPort"]:
                    declared["protocol"] = "UDP"
                    part.pop("readinessProbe", None)
    return _ask(scene, service, port, ("fact",))


def _chosen(scene: Scene, kind: type) -> tuple[Object, Object]:
    """A service for TCP alone, and one of its ports, whose target is a number that pods declare, or a name."""

    def fitting(service: Object) -> list[Object]:
        pods = scene.pods(service)
        declared = {
            p["containerPort"] for spec in scene.specs(pods) for c in spec["containers"] for p in c.get("ports", ())
        }
        ports = [p for p in service["spec"]["ports"] if isinstance(p["targetPort"], kind)]
        return [p for p in ports if kind is str or p["targetPort"] in declared]

    service = scene.open_front(lambda s: all(p["protocol"] == "TCP" for p in s["spec"]["ports"]) and bool(fitting(s)))
    return service, scene.rng.choice(fitting(service))


def _ask(scene: Scene, service: Object, port: Object, certainty: tuple[str, ...]) -> Fault:
    return scene.fault(
        service, certainty=certainty, symptom="refused", port=port["nodePort"], checks=("protocol-mismatch",)
    )


VARIANTS = (service_is_udp, service_is_udp_by_name, container_is_udp_by_name)
