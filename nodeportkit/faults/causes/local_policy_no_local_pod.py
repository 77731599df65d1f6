"""externalTrafficPolicy Local, and no pod of the service that serves on the node dialled."""

from nodeportkit.faults import kubelet
from nodeportkit.faults.controllers import is_ready
from nodeportkit.faults.fault import Fault
from nodeportkit.faults.objects import Object, name_of
from nodeportkit.faults.scene import Scene, Unplantable

__all__ = ["VARIANTS"]


def none_there(scene: Scene) -> Fault:
    """The scheduler put its pods on other nodes."""
    service, node, pods = _chosen(scene)
    others = [other for other in scene.nodes if name_of(other) != name_of(node)]
    for pod in pods:
        if pod["spec"]["nodeName"] == name_of(node):
            scene.move(pod, scene.rng.choice(others))
    return _ask(scene, service, node, ("local-dead-nodes",))


def not_ready_there(scene: Scene) -> Fault:
    """Its pod on that node is not ready, while another elsewhere is."""
    service, node, pods = _chosen(scene)
    here = [pod for pod in pods if pod["spec"]["nodeName"] == name_of(node)]
    if not here or len(here) == len(pods):
        raise Unplantable("pods are not on this node and others")
    for pod in here:
        name = pod["spec"]["containers"][0]["name"]
        kubelet.mark_unready(pod, "ContainersNotReady", f"containers with unready status: [{name}]")
    return _ask(scene, service, node, ("local-dead-nodes", "endpoints-not-ready"))


def _chosen(scene: Scene) -> tuple[Object, Object, list[Object]]:
    if len(scene.nodes) < 2:
        raise Unplantable("one node only")
    service = scene.front()
    service["spec"]["externalTrafficPolicy"] = "Local"
    if service["spec"]["type"] == "LoadBalancer":
        service["spec"]["healthCheckNodePort"] = 32761
    return service, scene.node(), [pod for pod in scene.pods(service) if is_ready(pod)]


def _ask(scene: Scene, service: Object, node: Object, checks: tuple[str, ...]) -> Fault:
    return scene.fault(service, symptom="timeout", checks=checks, **scene.dialled(service, node=node))


VARIANTS = (none_there, not_ready_there)
