"""externalTrafficPolicy Local, and no pod of the service that serves on the node dialled."""

from nodeportkit.faults import kubelet
from nodeportkit.faults.fault import Fault
from nodeportkit.faults.objects import Object, name_of
from nodeportkit.faults.scene import Scene, Unplantable

__all__ = ["VARIANTS"]


def none_there(scene: Scene) -> Fault:
    """The scheduler put its pods on other nodes."""
    service = _made_local(scene.front())
    node = scene.node()
    others = [other for other in scene.nodes if name_of(other) != name_of(node)]
    if not others:
        raise Unplantable("one node only")
    for pod in scene.pods(service):
        if pod["spec"]["nodeName"] == name_of(node):
            scene.move(pod, scene.rng.choice(others))
    return _ask(scene, service, node, ("local-dead-nodes",))


def not_ready_there(scene: Scene) -> Fault:
    """Its pod on that node is not ready, while another elsewhere is."""
    service = _made_local(scene.front(lambda s: len({p["spec"]["nodeName"] for p in scene.pods(s)}) > 1))
    holding = {pod["spec"]["nodeName"] for pod in scene.pods(service)}
    node = scene.node(lambda node: name_of(node) in holding)
    for pod in scene.pods(service):
        if pod["spec"]["nodeName"] == name_of(node):
            name = pod["spec"]["containers"][0]["name"]
            kubelet.mark_unready(pod, "ContainersNotReady", f"containers with unready status: [{name}]")
    return _ask(scene, service, node, ("local-dead-nodes", "endpoints-not-ready"))


def _made_local(service: Object) -> Object:
    service["spec"]["externalTrafficPolicy"] = "Local"
    if service["spec"]["type"] == "LoadBalancer":
        service["spec"]["healthCheckNodePort"] = 32761
    return service


def _ask(scene: Scene, service: Object, node: Object, checks: tuple[str, ...]) -> Fault:
    return scene.fault(service, symptom="timeout", checks=checks, **scene.dialled(service, node=node))


VARIANTS = (none_there, not_ready_there)
