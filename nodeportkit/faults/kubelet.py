"""What the kubelet says of a pod: the status of one that runs, and of those that do not run well.

Reasons and messages are those of kubernetes/kubernetes pkg/kubelet (kubelet_pods.go, status/generate.go, container/sync_result.go,
images/types.go) and, for the scheduler, pkg/scheduler/schedule_one.go.
"""

from __future__ import annotations

from typing import Any, Final

from nodeportkit.faults.objects import Object, name_of, namespace_of, uid

__all__ = [
    "completed",
    "evicted",
    "image_pull",
    "in_trouble",
    "lost",
    "mark_unready",
    "restarted",
    "running",
    "terminating",
    "unscheduled",
]

_NOW: Final = "2026-11-20T11:52:07Z"


def running(pod: Object, host_ips: list[str], ips: list[str]) -> None:
    """Every container runs and is ready."""
    when = pod["metadata"]["creationTimestamp"]
    spec = pod["spec"]
    pod["status"] = {
        "conditions": [
            _condition(type_, "True", when)
            for type_ in ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")
        ],
        "containerStatuses": [_container(pod, c, {"running": {"startedAt": when}}) for c in spec["containers"]],
        "hostIP": host_ips[0],
        "hostIPs": [{"ip": ip} for ip in host_ips],
        "phase": "Running",
        "podIP": ips[0],
        "podIPs": [{"ip": ip} for ip in ips],
        "qosClass": "Burstable",
        "startTime": when,
    }
    if inits := spec.get("initContainers"):
        done = {"terminated": {"exitCode": 0, "finishedAt": when, "reason": "Completed", "startedAt": when}}
        pod["status"]["initContainerStatuses"] = [
            _container(pod, c, {"running": {"startedAt": when}} if c.get("restartPolicy") == "Always" else done)
            for c in inits
        ]


def restarted(pod: Object, times: int) -> None:
    """Its first container was restarted, and runs well since."""
    status = pod["status"]["containerStatuses"][0]
    status["restartCount"] = times
    status["lastState"] = {
        "terminated": {
            "exitCode": 137,
            "finishedAt": status["state"]["running"]["startedAt"],
            "reason": "OOMKilled",
            "startedAt": pod["metadata"]["creationTimestamp"],
        }
    }


def mark_unready(pod: Object, reason: str, message: str, *, containers: bool = True) -> None:
    """Its Ready condition is False; with `containers`, that of its first container too."""
    for condition in pod["status"]["conditions"]:
        if condition["type"] == "Ready" or (containers and condition["type"] == "ContainersReady"):
            condition |= {"status": "False", "lastTransitionTime": _NOW, "reason": reason, "message": message}
    if containers:
        pod["status"]["containerStatuses"][0]["ready"] = False


def in_trouble(pod: Object, state: Object, *, restarts: int = 0, init: bool = False) -> None:
    """Its first container (or first init container) is in a waiting state and does not run."""
    status = pod["status"]
    statuses = status["initContainerStatuses" if init else "containerStatuses"]
    name = statuses[0]["name"]
    statuses[0] |= {"ready": False, "started": False, "restartCount": restarts, "state": state}
    if restarts:
        ended = {"exitCode": 1, "finishedAt": _NOW, "reason": "Error", "startedAt": _NOW}
        statuses[0]["lastState"] = {"terminated": ended}
    else:
        status["phase"] = "Pending"
    names = [c["name"] for c in pod["spec"]["containers"]] if init else [name]
    mark_unready(pod, "ContainersNotReady", f"containers with unready status: [{' '.join(names)}]")
    if init:
        status["phase"] = "Pending"
        for entry in status["containerStatuses"]:
            entry |= {"ready": False, "started": False, "state": {"waiting": {"reason": "PodInitializing"}}}
        for condition in status["conditions"]:
            if condition["type"] == "Initialized":
                message = f"containers with incomplete status: [{name}]"
                condition |= {"status": "False", "reason": "ContainersNotInitialized", "message": message}


def image_pull(image: str) -> Object:
    """The state of a container whose image cannot be pulled."""
    message = f'Back-off pulling image "{image}": ErrImagePull: rpc error: code = NotFound desc = {image}: not found'
    return {"waiting": {"reason": "ImagePullBackOff", "message": message}}


def unscheduled(pod: Object, message: str) -> None:
    """The scheduler found no node for it."""
    pod["spec"].pop("nodeName", None)
    condition = _condition("PodScheduled", "False", _NOW) | {"reason": "Unschedulable", "message": message}
    pod["status"] = {"conditions": [condition], "phase": "Pending", "qosClass": "Burstable"}


def lost(pod: Object) -> None:
    """Its node does not answer any more: the node controller took its Ready condition away, nobody stopped its containers.

    pkg/controller/util/node/controller_utils.go, MarkPodsNotReady.
    """
    for condition in pod["status"]["conditions"]:
        if condition["type"] == "Ready":
            condition |= {"status": "False", "lastTransitionTime": _NOW}


def terminating(pod: Object, *, serving: bool) -> None:
    """It is being deleted; its containers still run."""
    pod["metadata"] |= {"deletionGracePeriodSeconds": 30, "deletionTimestamp": _NOW}
    if not serving:
        names = " ".join(c["name"] for c in pod["spec"]["containers"])
        mark_unready(pod, "ContainersNotReady", f"containers with unready status: [{names}]")


def completed(pod: Object) -> None:
    """Its containers ended well: the pod of a finished job."""
    when = pod["metadata"]["creationTimestamp"]
    pod["status"]["phase"] = "Succeeded"
    for condition in pod["status"]["conditions"]:
        if condition["type"] in ("Ready", "ContainersReady", "PodReadyToStartContainers", "Initialized"):
            condition["reason"] = "PodCompleted"
        if condition["type"] in ("Ready", "ContainersReady", "PodReadyToStartContainers"):
            condition["status"] = "False"
    for entry in pod["status"]["containerStatuses"]:
        ended = {"exitCode": 0, "finishedAt": when, "reason": "Completed", "startedAt": when}
        entry |= {"ready": False, "started": False, "state": {"terminated": ended}}


def evicted(pod: Object) -> None:
    """The kubelet put it out for want of memory; it stays as a record until somebody deletes it."""
    pod["status"] = {
        "message": "The node was low on resource: memory. Threshold quantity: 100Mi, available: 83120Ki.",
        "phase": "Failed",
        "reason": "Evicted",
        "startTime": pod["metadata"]["creationTimestamp"],
    }


def _condition(type_: str, status: str, when: str) -> dict[str, Any]:
    return {"lastProbeTime": None, "lastTransitionTime": when, "status": status, "type": type_}


def _container(pod: Object, container: Object, state: Object) -> Object:
    runs = "running" in state
    return {
        "containerID": f"containerd://{uid('Container', namespace_of(pod), name_of(pod) + container['name'])}",
        "image": container["image"],
        "imageID": f"{container['image'].rpartition(':')[0]}@sha256:{uid('Image', '', container['image'])}",
        "lastState": {},
        "name": container["name"],
        "ready": runs or "restartPolicy" not in container,
        "restartCount": 0,
        "started": runs,
        "state": state,
    }
