"""The node dialled is NotReady, or every matching pod sits on such nodes."""

from dataclasses import replace

from nodeportkit.faults import kubelet
from nodeportkit.faults.fault import Fault
from nodeportkit.faults.objects import Object, name_of, of_kind
from nodeportkit.faults.scene import Scene, Unplantable

__all__ = ["VARIANTS"]

_SILENT = ("NodeStatusUnknown", "Kubelet stopped posting node status.")
_SICK = ("KubeletNotReady", "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady")


def dialled(scene: Scene) -> Fault:
    """The node dialled does not answer."""
    service, node = scene.front(), scene.node()
    return _fail(scene, service, node, "timeout", node)


def under_all_pods(scene: Scene) -> Fault:
    """All pods stood on the node that does not answer; another one is dialled."""
    service, node = scene.front(), scene.node()
    if len(scene.nodes) < 2:
        raise Unplantable("one node only")
    for pod in scene.pods(service):
        if pod["spec"]["nodeName"] != name_of(node):
            scene.move(pod, node)
    other = scene.node(lambda other: name_of(other) != name_of(node))
    fault = _fail(scene, service, node, "refused", other)
    return replace(fault, checks=(*fault.checks, "endpoints-not-ready"))


def _fail(scene: Scene, service: Object, node: Object, symptom: str, dialled: Object) -> Fault:
    reason, message = scene.rng.choice([_SILENT, _SICK])
    for condition in node["status"]["conditions"]:
        if condition["type"] == "Ready" or reason == _SILENT[0]:
            status = "Unknown" if reason == _SILENT[0] else "False"
            condition |= {"status": status, "reason": reason, "message": message}
    taint = "unreachable" if reason == _SILENT[0] else "not-ready"
    node["spec"].setdefault("taints", []).append({"effect": "NoExecute", "key": f"node.kubernetes.io/{taint}"})
    for pod in of_kind(scene.objects, "Pod"):
        if pod["spec"].get("nodeName") == name_of(node) and pod["status"]["phase"] == "Running":
            kubelet.lost(pod)
            scene.warn(pod, "NodeNotReady", "Node is not ready", "node-controller")
    checks = ("node-unreachable", "warning-events")
    return scene.fault(service, symptom=symptom, checks=checks, around=True, **scene.dialled(service, node=dialled))


VARIANTS = (dialled, under_all_pods)
