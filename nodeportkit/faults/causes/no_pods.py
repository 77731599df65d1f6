"""The selector matches a template whose workload has no pods, or only unscheduled ones."""

from nodeportkit.faults import kubelet
from nodeportkit.faults.controllers import settle
from nodeportkit.faults.fault import Fault
from nodeportkit.faults.objects import Object, name_of, of_kind
from nodeportkit.faults.scene import Scene

__all__ = ["VARIANTS"]


def scaled_to_zero(scene: Scene) -> Fault:
    """Somebody asked for no replicas."""
    service, pods, question = _chosen(scene)
    for workload in scene.owners(pods):
        workload["spec"]["replicas"] = 0
    scene.remove(pods)
    checks = ("selector-matches-nothing", "endpoints-empty")
    return scene.fault(service, symptom="refused", checks=checks, **question)


def over_quota(scene: Scene) -> Fault:
    """The namespace's quota is used up, so that the ReplicaSet may make no pods."""
    service, pods, question = _chosen(scene)
    owners = scene.owners(pods)
    scene.remove(pods)
    settle(scene.objects)
    told = "exceeded quota: compute, requested: pods=1, used: pods=10, limited: pods=10"
    for replica_set in of_kind(owners, "ReplicaSet"):
        message = f'pods "{name_of(replica_set)}-x7k2p" is forbidden: {told}'
        condition = {"lastTransitionTime": "2026-11-20T10:00:00Z", "message": message, "reason": "FailedCreate"}
        replica_set["status"]["conditions"] = [condition | {"status": "True", "type": "ReplicaFailure"}]
        scene.warn(replica_set, "FailedCreate", f"Error creating: {message}", "replicaset-controller")
        for deployment in of_kind(owners, "Deployment"):
            if deployment["metadata"]["uid"] == replica_set["metadata"]["ownerReferences"][0]["uid"]:
                update = condition | {"lastUpdateTime": condition["lastTransitionTime"]}
                deployment["status"]["conditions"].append(update | {"status": "True", "type": "ReplicaFailure"})
    checks = ("selector-matches-nothing", "endpoints-empty", "warning-events")
    return scene.fault(service, symptom="refused", checks=checks, settled=True, **question)


def unschedulable(scene: Scene) -> Fault:
    """No node has room for its pods."""
    service, pods, question = _chosen(scene)
    count = len(scene.nodes)
    told = scene.rng.choice([f"{count} Insufficient cpu", f"{count} node(s) didn't match Pod's node affinity/selector"])
    message = f"0/{count} nodes are available: {told}. preemption: 0/{count} nodes are available."
    for pod in pods:
        kubelet.unscheduled(pod, message)
        scene.warn(pod, "FailedScheduling", message, "default-scheduler")
    return scene.fault(service, symptom="refused", checks=("endpoints-empty", "warning-events"), **question)


def _chosen(scene: Scene) -> tuple[Object, list[Object], Object]:
    service = scene.front(lambda s: all(o["kind"] in ("ReplicaSet", "Deployment") for o in scene.owners(scene.pods(s))))
    return service, scene.pods(service), scene.dialled(service)


VARIANTS = (scaled_to_zero, over_quota, unschedulable)
