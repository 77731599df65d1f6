"""Endpoints are being replaced."""

from nodeportkit.faults import kubelet
from nodeportkit.faults.building import pod_of, replica_set
from nodeportkit.faults.fault import Fault
from nodeportkit.faults.objects import Object, name_of, of_kind
from nodeportkit.faults.scene import Scene

__all__ = ["VARIANTS"]

_REVISION = "deployment.kubernetes.io/revision"


def without_pre_stop(scene: Scene) -> Fault:
    """Old pods end before every node has heard of it: they have no preStop hook."""
    service = scene.front(lambda s: len(_deployments(scene, s)) == 1 and len(scene.pods(s)) > 1)
    deployment, old = _deployments(scene, service)[0], scene.pods(service)
    for spec in scene.specs(old):
        for part in spec["containers"]:
            part.pop("lifecycle", None)
    before = next(iter(of_kind(scene.owners(old), "ReplicaSet")))
    revision = int(deployment["metadata"]["annotations"][_REVISION]) + 1
    deployment["metadata"]["annotations"][_REVISION] = str(revision)
    first = deployment["spec"]["template"]["spec"]["containers"][0]
    first["image"] += "-next"
    after = replica_set(scene.objects, deployment, revision, 2)
    for number, pod in enumerate(old[:-1]):
        kubelet.terminating(pod, serving=number % 2 == 0)
    before["spec"]["replicas"] = 1
    for number in range(2):
        node = scene.node(lambda node: "taints" not in node["spec"])
        pod = pod_of(after, number, name_of(node))
        kubelet.running(pod, scene.addresses(node), ["10.244.0.250"])
        scene.move(pod, node)
        if number:
            kubelet.mark_unready(pod, "ContainersNotReady", f"containers with unready status: [{first['name']}]")
        scene.objects.append(pod)
    for condition in deployment["status"]["conditions"]:
        if condition["type"] == "Progressing":
            condition |= {"reason": "ReplicaSetUpdated", "message": f'ReplicaSet "{name_of(after)}" is progressing.'}
    certainty = ("fact", "hint")
    return scene.fault(service, certainty=certainty, symptom="refused", **scene.dialled(service))


def _deployments(scene: Scene, service: Object) -> list[Object]:
    return list(of_kind(scene.owners(scene.pods(service)), "Deployment"))


VARIANTS = (without_pre_stop,)
