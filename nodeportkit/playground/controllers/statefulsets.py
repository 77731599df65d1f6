"""StatefulSets: pods with names of their own, one after the other.

pkg/controller/statefulset/stateful_set_control.go.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any, Final

from nodeportkit.playground.controllers.claims import claimants, claimed
from nodeportkit.playground.controllers.hands import Hands, key_of
from nodeportkit.playground.controllers.hashing import template_hash
from nodeportkit.playground.controllers.pods import is_active, is_ready, pod_of
from nodeportkit.playground.controllers.revisions import HASH, keep_revisions
from nodeportkit.playground.store import Change, Key, Object

__all__ = ["Controller"]

_REVISION: Final = "controller.kubernetes.io/hash"
_NAME: Final = "statefulset.kubernetes.io/pod-name"
_INDEX: Final = "apps.kubernetes.io/pod-index"
_RETRY: Final = 5.0  # seconds until a pod is tried again whose name somebody else's has


class Controller:
    """Makes and deletes the pods of StatefulSets."""

    NAME = "statefulset-controller"

    def __init__(self, hands: Hands, again: Any) -> None:
        self._hands = hands
        self._again = again

    def concerns(self, change: Change) -> Iterable[Key]:
        """The StatefulSet itself, the one that a pod belongs to, or those that may take it."""
        return claimants(self._hands, change, "statefulsets.apps", "StatefulSet", made="pods")

    def care(self, key: Key) -> None:
        """Take the next step: make the first missing pod, or delete the last that is too many or outdated."""
        wanted = self._hands.get("statefulsets.apps", key)
        if wanted is None:
            return
        pods = {
            pod["metadata"]["name"]: pod
            for pod in claimed(self._hands, "pods", wanted, fits=partial(_is_member, wanted))
        }
        if not wanted["metadata"].get("deletionTimestamp"):
            keep_revisions(self._hands, wanted, _REVISION, map(_mark, pods.values()))
            self._step(wanted, pods)
        self._tell(key)

    def _step(self, wanted: Object, pods: dict[str, Object]) -> None:
        together = wanted["spec"].get("podManagementPolicy") == "Parallel"
        names = [f"{wanted['metadata']['name']}-{number}" for number in range(wanted["spec"].get("replicas", 1))]
        for number, name in enumerate(names):
            pod = pods.get(name)
            if pod is None and (made := self._hands.create("pods", _pod(wanted, name, number))):
                said = f"create Pod {name} in StatefulSet {wanted['metadata']['name']} successful"
                self._hands.event(wanted, "Normal", "SuccessfulCreate", said)
                pods[name] = pod = made
            elif pod is None:
                said = f'create Pod {name} in StatefulSet {wanted["metadata"]["name"]} failed error: pods "{name}" already exists'
                self._hands.event(wanted, "Warning", "FailedCreate", said)
                self._again(key_of(wanted), _RETRY)
            if not together and (pod is None or not is_active(pod) or not is_ready(pod)):
                return  # the next one waits for this one
        extra = sorted(set(pods) - set(names), key=_number, reverse=True)
        mark = _revision(wanted)
        strategy = wanted["spec"].get("updateStrategy", {})
        first = (strategy.get("rollingUpdate") or {}).get("partition", 0)
        outdated = [
            name
            for name in reversed(names)
            if name in pods
            and _number(name) >= first
            and strategy.get("type") != "OnDelete"
            and _mark(pods[name]) != mark
        ]
        going = [name for name in pods if not is_active(pods[name])]
        for name in (extra or outdated)[: None if together and extra else 1]:
            if not going or together:
                self._hands.delete("pods", pods[name])
                said = f"delete Pod {name} in StatefulSet {wanted['metadata']['name']} successful"
                self._hands.event(wanted, "Normal", "SuccessfulDelete", said)

    def _tell(self, key: Key) -> None:
        told = self._hands.get("statefulsets.apps", key)
        if told is None:
            return
        pods = [pod for pod in self._hands.owned("pods", told) if is_active(pod)]
        mark = _revision(told)
        ready = sum(map(is_ready, pods))
        updated = sum(_mark(pod) == mark for pod in pods)
        before = told.get("status") or {}
        done = updated == len(pods) == told["spec"].get("replicas", 1)
        status: Object = {
            "observedGeneration": told["metadata"].get("generation", 1),
            "replicas": len(pods),
            "readyReplicas": ready,
            "availableReplicas": ready,
            "updatedReplicas": updated,
            "currentReplicas": updated,
            "currentRevision": mark if done else before.get("currentRevision", mark),
            "updateRevision": mark,
            "collisionCount": 0,
        }
        status = {field: value for field, value in status.items() if value or field in ("replicas", "collisionCount")}
        if status != before:
            told["status"] = status
            self._hands.update("statefulsets.apps", told, status=True)


def _revision(wanted: Object) -> str:
    """The name of the revision of the present template."""
    return f"{wanted['metadata']['name']}-{template_hash(wanted['spec']['template'])}"


def _mark(pod: Object) -> str:
    """The name of the revision that the pod was made of; "" if it was not made by the set."""
    return str((pod["metadata"].get("labels") or {}).get(HASH, ""))


def _is_member(wanted: Object, pod: Object) -> bool:
    """Whether its name is one of the set's."""
    parent, _, number = pod["metadata"]["name"].rpartition("-")
    return bool(parent == wanted["metadata"]["name"] and number.isdecimal())


def _number(name: str) -> int:
    return int(name.rpartition("-")[2])


def _pod(wanted: Object, name: str, number: int) -> Object:
    marks = {HASH: _revision(wanted), _NAME: name, _INDEX: str(number)}
    return pod_of(wanted, name=name, labels=marks, hostname=name, subdomain=wanted["spec"].get("serviceName", ""))
