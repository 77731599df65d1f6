"""The node port meets a port that a pod takes on its node."""

from nodeportkit.faults.building import container, pod_of, template
from nodeportkit.faults.fault import Fault
from nodeportkit.faults.kubelet import running
from nodeportkit.faults.objects import Object, name_of, new
from nodeportkit.faults.scene import Scene

__all__ = ["VARIANTS"]

_CHECKS = ("node-port-ephemeral-overlap",)


def host_port(scene: Scene) -> Fault:
    """An agent's hostPort is the service's node port."""
    return _plant(scene, host_network=False)


def host_network(scene: Scene) -> Fault:
    """An agent in the network of its node listens on the service's node port."""
    return _plant(scene, host_network=True)


def _plant(scene: Scene, *, host_network: bool) -> Fault:
    service = scene.front()
    number = scene.port(service)["nodePort"]
    inside = number if host_network else 7946
    agent = container("agent", "registry.example.com/agent:1.2", [("gossip", inside)])
    agent["ports"][0]["hostPort"] = number
    spec = {"hostNetwork": True} if host_network else {}
    workload = new("DaemonSet", "kube-system", "agent", labels={"app": "agent"})
    workload["spec"] = {
        "revisionHistoryLimit": 10,
        "selector": {"matchLabels": {"app": "agent"}},
        "template": template({"app": "agent"}, [agent], **spec),
        "updateStrategy": {"type": "RollingUpdate"},
    }
    workload["status"] = {"desiredNumberScheduled": len(scene.nodes)}
    scene.objects.append(workload)
    for number_, node in enumerate(scene.nodes):
        scene.objects.append(_run(scene, workload, number_, node))
    node = scene.node()
    question = scene.dialled(service, node=node) | {"port": number}
    return scene.fault(service, symptom="refused", checks=_CHECKS, **question)


def _run(scene: Scene, workload: Object, number: int, node: Object) -> Object:
    pod = pod_of(workload, number, name_of(node))
    host = [entry["address"] for entry in node["status"]["addresses"] if entry["type"] == "InternalIP"]
    pod["spec"]["nodeName"] = name_of(node)
    running(pod, host, host)
    if not pod["spec"].get("hostNetwork"):
        scene.move(pod, node)
    return pod


VARIANTS = (host_port, host_network)
