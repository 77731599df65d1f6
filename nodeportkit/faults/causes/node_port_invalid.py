"""The manifest's node port is one that the API server refuses, so that the Service was never made."""

import json

from nodeportkit.faults.fault import Fault
from nodeportkit.faults.objects import Object, identity, name_of, namespace_of
from nodeportkit.faults.scene import Scene

__all__ = ["VARIANTS"]

_KEPT = ("ports", "selector", "type")


def below_range(scene: Scene) -> Fault:
    """The number is the application's, or one from another range."""
    service = scene.front()
    return _refused(scene, service, scene.rng.choice((80, 8080, 3000, 29999, 32768, 35000)))


def taken(scene: Scene) -> Fault:
    """Another service has that number."""
    service = scene.front()
    other = scene.front(lambda s: identity(s) != identity(service))
    return _refused(scene, service, scene.port(other)["nodePort"])


def taken_by_health_check(scene: Scene) -> Fault:
    """Another service has that number for its health check."""
    service = scene.front()
    other = scene.find("Service", lambda s: "healthCheckNodePort" in s["spec"])
    return _refused(scene, service, other["spec"]["healthCheckNodePort"])


def twice(scene: Scene) -> Fault:
    """Two ports of the manifest ask for one number."""
    service = scene.front(lambda s: len(s["spec"]["ports"]) == 1)
    first = service["spec"]["ports"][0]
    first["name"] = "http"
    service["spec"]["ports"].append(first | {"name": "admin", "port": first["port"] + 1})
    return _refused(scene, service, first["nodePort"])


def _refused(scene: Scene, service: Object, number: int) -> Fault:
    spec = {key: value for key, value in service["spec"].items() if key in _KEPT}
    port = next(p for p in spec["ports"] if "nodePort" in p and p["protocol"] == "TCP")
    port["nodePort"] = number
    metadata = {"name": name_of(service), "namespace": namespace_of(service)}
    manifest = {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}
    scene.forget(service)
    scene.remove([service])
    return scene.fault(service, also=("service-not-found",), symptom="refused", manifest=json.dumps(manifest, indent=2))


VARIANTS = (below_range, taken, taken_by_health_check, twice)
