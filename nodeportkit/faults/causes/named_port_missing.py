"""The target port is a name that pods do not declare, all of them or some."""

from collections.abc import Callable

from nodeportkit.faults.fault import Fault
from nodeportkit.faults.objects import Object, labels_of
from nodeportkit.faults.scene import Scene

__all__ = ["VARIANTS"]

_CHECKS = ("target-port-name-missing",)


def misspelt(scene: Scene) -> Fault:
    """The service names a port that no container has."""
    service, port = _chosen(scene)
    port["targetPort"] = scene.rng.choice(["web", "http-web", port["targetPort"][:-1], port["targetPort"] + "s"])
    return _ask(scene, service, port)


def renamed(scene: Scene) -> Fault:
    """The containers' port has another name since the last release."""
    service, port = _chosen(scene)
    for spec in scene.specs(scene.pods(service)):
        _rename(spec, port["targetPort"], "www")
    return _ask(scene, service, port)


def missing_in_some(scene: Scene) -> Fault:
    """The canary's container does not name its port: it gets no traffic, and nothing tells of it."""

    def canaries(service: Object) -> list[Object]:
        return [pod for pod in scene.pods(service) if labels_of(pod).get("track") == "canary"]

    service, port = _chosen(scene, lambda service: bool(canaries(service)))
    pods = canaries(service)
    for spec in scene.specs(pods):
        _rename(spec, port["targetPort"], "www")
    return scene.fault(service, checks=_CHECKS)


def _chosen(scene: Scene, wanted: Callable[[Object], bool] = lambda _: True) -> tuple[Object, Object]:
    """A service and one of its ports, whose target is a name."""

    def named(service: Object) -> list[Object]:
        ports = service["spec"]["ports"]
        return [p for p in ports if isinstance(p["targetPort"], str) and p["protocol"] == "TCP" and "nodePort" in p]

    service = scene.front(lambda s: bool(named(s)) and wanted(s))
    return service, scene.rng.choice(named(service))


def _rename(spec: Object, old: str, new: str) -> None:
    for part in [*spec["containers"], *spec.get("initContainers", ())]:
        for port in part.get("ports", ()):
            if port.get("name") == old:
                port["name"] = new
        probe = part.get("readinessProbe", {})
        for kind in ("httpGet", "tcpSocket"):
            if probe.get(kind, {}).get("port") == old:
                probe[kind]["port"] = new


def _ask(scene: Scene, service: Object, port: Object) -> Fault:
    return scene.fault(service, symptom="refused", port=port["nodePort"], checks=_CHECKS)


VARIANTS = (misspelt, renamed, missing_in_some)
