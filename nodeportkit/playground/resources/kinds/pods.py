"""Pods. Their lives are the kubelet's."""

from typing import Any

from nodeportkit.playground.resources.resource import Resource

__all__ = ["RESOURCE"]

_TOLERATED = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


def _prepare(pod: dict[str, Any]) -> None:
    spec = pod["spec"]
    # What admission plugins fill in: priority, default tolerations, the service account.
    spec.setdefault("enableServiceLinks", True)
    spec.setdefault("priority", 0)
    spec.setdefault("preemptionPolicy", "PreemptLowerPriority")
    account = spec.setdefault("serviceAccountName", spec.get("serviceAccount") or "default")
    spec.setdefault("serviceAccount", account)
    tolerations = spec.setdefault("tolerations", [])
    for key in _TOLERATED:
        if not any(it.get("key") in (key, None) and it.get("effect") in ("NoExecute", None, "") for it in tolerations):
            tolerations.append({"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300})


RESOURCE = Resource(
    "Pod",
    "pods",
    short_names=("po",),
    categories=("all",),
    subresources=("status", "log", "eviction", "binding"),
    fields={
        "spec.nodeName": ("spec", "nodeName"),
        "spec.restartPolicy": ("spec", "restartPolicy"),
        "spec.schedulerName": ("spec", "schedulerName"),
        "spec.serviceAccountName": ("spec", "serviceAccountName"),
        "spec.hostNetwork": ("spec", "hostNetwork"),
        "status.phase": ("status", "phase"),
        "status.podIP": ("status", "podIP"),
        "status.nominatedNodeName": ("status", "nominatedNodeName"),
    },
    answers_object=True,
    has_generation=True,
    initial_status={"phase": "Pending"},
    prepare=_prepare,
)
