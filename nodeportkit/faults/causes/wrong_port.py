"""The number dialled on a node is not the node port."""

from nodeportkit.faults.fault import Fault
from nodeportkit.faults.objects import Object, identity, name_of, of_kind
from nodeportkit.faults.scene import Scene, Unplantable

__all__ = ["VARIANTS"]


def service_port(scene: Scene) -> Fault:
    """The port of the cluster IP."""
    service = scene.front()
    return _dial(scene, service, scene.port(service)["port"])


def target_port(scene: Scene) -> Fault:
    """The port of the pods."""
    service = scene.front(lambda s: any(isinstance(p["targetPort"], int) for p in s["spec"]["ports"]))
    return _dial(
        scene, service, next(p["targetPort"] for p in service["spec"]["ports"] if isinstance(p["targetPort"], int))
    )


def mistyped(scene: Scene) -> Fault:
    """Two digits changed places."""
    service = scene.front()
    digits = str(scene.port(service)["nodePort"])
    swaps = {int(digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :]) for i in range(1, 4)}
    free = sorted(swaps - _used(scene))
    if not free:
        raise Unplantable("every such number is somebody's")
    return _dial(scene, service, scene.rng.choice(free))


def of_another(scene: Scene) -> Fault:
    """The node port of another service."""
    service = scene.front()
    other = scene.front(lambda s: identity(s) != identity(service))
    return scene.fault(service, address=scene.addresses(scene.node())[0], port=scene.port(other)["nodePort"])


def health_check(scene: Scene) -> Fault:
    """The port on which load balancers ask after the service's health."""
    service = scene.find("Service", lambda s: "healthCheckNodePort" in s["spec"])
    # kube-proxy answers there, with how many endpoints the node has.
    return scene.fault(service, node=name_of(scene.node()), port=service["spec"]["healthCheckNodePort"])


def _dial(scene: Scene, service: Object, port: int) -> Fault:
    node = scene.node()
    by: Object = {"node": name_of(node)} if scene.rng.random() < 0.5 else {"address": scene.addresses(node)[0]}
    return scene.fault(service, symptom="refused", port=port, **by)


def _used(scene: Scene) -> set[int]:
    """Every number that a service takes on nodes."""
    services = list(of_kind(scene.objects, "Service"))
    taken = {port["nodePort"] for s in services for port in s["spec"].get("ports", ()) if "nodePort" in port}
    return taken | {s["spec"]["healthCheckNodePort"] for s in services if "healthCheckNodePort" in s["spec"]}


VARIANTS = (service_port, target_port, mistyped, of_another, health_check)
