"""DaemonSets: a pod on every node that it fits.

pkg/controller/daemon/daemon_controller.go. Pods are given their nodes at once, past the scheduler.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from nodeportkit.playground.controllers.claims import claimants, claimed
from nodeportkit.playground.controllers.hands import Hands, key_of
from nodeportkit.playground.controllers.hashing import template_hash
from nodeportkit.playground.controllers.pods import FINISHED, is_active, is_ready, pod_of
from nodeportkit.playground.controllers.revisions import HASH, keep_revisions
from nodeportkit.playground.controllers.scheduler import misfit
from nodeportkit.playground.store import Change, Key, Object, copied

__all__ = ["Controller"]

# What pods of DaemonSets put up with (pkg/controller/daemon/util/daemonset_util.go).
_TOLERATED: Final = (
    ("node.kubernetes.io/not-ready", "NoExecute"),
    ("node.kubernetes.io/unreachable", "NoExecute"),
    ("node.kubernetes.io/disk-pressure", "NoSchedule"),
    ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ("node.kubernetes.io/unschedulable", "NoSchedule"),
)


class Controller:
    """Makes and deletes the pods of DaemonSets."""

    NAME = "daemonset-controller"

    def __init__(self, hands: Hands, again: Any) -> None:
        self._hands = hands
        self._again = again

    def concerns(self, change: Change) -> Iterable[Key]:
        """The DaemonSet itself, the one that a pod belongs to, those that may take it, or all of them when a node has changed."""
        if change.resource == "nodes":
            return map(key_of, self._hands.all("daemonsets.apps"))
        return claimants(self._hands, change, "daemonsets.apps", "DaemonSet", made="pods")

    def care(self, key: Key) -> None:
        """Make a pod where one is missing, delete those that are too many or outdated, and say how it stands."""
        wanted = self._hands.get("daemonsets.apps", key)
        if wanted is None:
            return
        claimed(self._hands, "pods", wanted)
        pods = self._pods(wanted)
        model = _pod(wanted)
        fitting = {node["metadata"]["name"] for node in self._hands.all("nodes") if _fits(model, node)}
        if not wanted["metadata"].get("deletionTimestamp"):
            marks = map(_mark, pods)
            keep_revisions(self._hands, wanted, HASH, marks)
            self._replace(wanted, pods, fitting, model)
        self._tell(key, fitting)

    def _replace(self, wanted: Object, pods: list[Object], fitting: set[str], model: Object) -> None:
        mark = model["metadata"]["labels"][HASH]
        held: dict[str, Object] = {}
        for pod in pods:
            node = pod["spec"].get("nodeName", "")
            if node in fitting and node not in held:
                held[node] = pod
            elif is_active(pod):
                self._remove(wanted, pod)
        for node in sorted(fitting - held.keys()):
            pod = copied(model)
            pod["spec"]["nodeName"] = node
            if made := self._hands.create("pods", pod):
                self._hands.event(wanted, "Normal", "SuccessfulCreate", f"Created pod: {made['metadata']['name']}")
        if wanted["spec"].get("updateStrategy", {}).get("type") == "OnDelete":
            return
        outdated = [pod for pod in held.values() if _mark(pod) != mark]
        whole = len(held) == len(fitting) and all(is_active(pod) and is_ready(pod) for pod in held.values())
        if outdated and whole:
            self._remove(wanted, outdated[0])  # one at a time: maxUnavailable is 1 unless told otherwise

    def _pods(self, wanted: Object) -> list[Object]:
        """The pods that have not finished: one that is being deleted keeps its node until it is gone."""
        pods = [pod for pod in self._hands.owned("pods", wanted) if pod["status"].get("phase") not in FINISHED]
        return sorted(pods, key=is_active, reverse=True)

    def _remove(self, wanted: Object, pod: Object) -> None:
        self._hands.delete("pods", pod)
        self._hands.event(wanted, "Normal", "SuccessfulDelete", f"Deleted pod: {pod['metadata']['name']}")

    def _tell(self, key: Key, fitting: set[str]) -> None:
        told = self._hands.get("daemonsets.apps", key)
        if told is None:
            return
        pods = self._pods(told)
        right = list({node: pod for pod in reversed(pods) if (node := pod["spec"].get("nodeName")) in fitting}.values())
        mark = template_hash(told["spec"]["template"])
        ready = sum(map(is_ready, right))
        status: Object = {
            "currentNumberScheduled": len(right),
            "desiredNumberScheduled": len(fitting),
            "numberMisscheduled": sum(pod["spec"].get("nodeName") not in fitting for pod in pods),
            "numberReady": ready,
            "observedGeneration": told["metadata"].get("generation", 1),
            "updatedNumberScheduled": sum(_mark(pod) == mark for pod in right),
            "numberAvailable": ready,
            "numberUnavailable": len(fitting) - ready,
        }
        needed = ("currentNumberScheduled", "desiredNumberScheduled", "numberMisscheduled", "numberReady")
        status = {name: count for name, count in status.items() if count or name in needed}
        if status != told.get("status"):
            told["status"] = status
            self._hands.update("daemonsets.apps", told, status=True)


def _pod(wanted: Object) -> Object:
    """A pod of the set, on no node yet."""
    template = wanted["spec"]["template"]
    borne = [{"key": key, "operator": "Exists", "effect": effect} for key, effect in _TOLERATED]
    tolerations = [*(template.get("spec", {}).get("tolerations") or []), *borne]
    return pod_of(wanted, labels={HASH: template_hash(template)}, tolerations=tolerations)


def _mark(pod: Object) -> str:
    """The hash of the template that the pod was made of; "" if it was not made by the set."""
    return str((pod["metadata"].get("labels") or {}).get(HASH, ""))


def _fits(pod: Object, node: Object) -> bool:
    """Whether a pod of the set is to be on the node; that it does not answer now makes no difference."""
    conditions = [{"type": "Ready", "status": "True"}]
    return misfit(pod, {**node, "status": {**node.get("status", {}), "conditions": conditions}}) is None
