"""ReplicaSets keep as many pods as they are asked to.

pkg/controller/replicaset/replica_set.go and replica_set_utils.go.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from nodeportkit.playground.controllers.claims import claimants, claimed
from nodeportkit.playground.controllers.hands import Hands, key_of
from nodeportkit.playground.controllers.pods import is_active, is_available, is_ready, pod_of, rank_for_deletion
from nodeportkit.playground.store import Change, Key, Object

__all__ = ["Controller"]

_BURST: Final = 500  # pods made or deleted at once, `BurstReplicas`


class Controller:
    """Makes and deletes pods of ReplicaSets."""

    NAME = "replicaset-controller"

    def __init__(self, hands: Hands, again: Any) -> None:
        self._hands = hands
        self._again = again

    def concerns(self, change: Change) -> Iterable[Key]:
        """The ReplicaSet itself, the one that a pod belongs to, or those that may take it."""
        return claimants(self._hands, change, "replicasets.apps", "ReplicaSet", made="pods")

    def care(self, key: Key) -> None:
        """Make the missing pods, delete those that are too many, and say how it stands."""
        wanted = self._hands.get("replicasets.apps", key)
        if wanted is None:
            return
        pods = claimed(self._hands, "pods", wanted, among=is_active)
        if not wanted["metadata"].get("deletionTimestamp"):
            missing = wanted["spec"].get("replicas", 1) - len(pods)
            for _ in range(min(missing, _BURST)):
                if made := self._hands.create("pods", pod_of(wanted)):
                    pods.append(made)
                    message = f"Created pod: {made['metadata']['name']}"
                    self._hands.event(wanted, "Normal", "SuccessfulCreate", message)
            for pod in rank_for_deletion(pods)[: min(max(0, -missing), _BURST)]:
                self._hands.delete("pods", pod)
                message = f"Deleted pod: {pod['metadata']['name']}"
                self._hands.event(wanted, "Normal", "SuccessfulDelete", message)
        self._tell(key)

    def _tell(self, key: Key) -> None:
        told = self._hands.get("replicasets.apps", key)
        if told is None:
            return
        pods = [pod for pod in self._hands.owned("pods", told) if is_active(pod)]
        least = told["spec"].get("minReadySeconds", 0)
        now = self._hands.clock.now()
        counts = {
            "replicas": len(pods),
            "fullyLabeledReplicas": len(pods),
            "readyReplicas": sum(map(is_ready, pods)),
            "availableReplicas": sum(is_available(pod, least, now) for pod in pods),
        }
        status: Object = {name: count for name, count in counts.items() if count or name == "replicas"}
        status["observedGeneration"] = told["metadata"].get("generation", 1)
        if status != told.get("status"):
            told["status"] = status
            self._hands.update("replicasets.apps", told, status=True)
        if counts["availableReplicas"] < counts["readyReplicas"]:
            self._again(key_of(told), float(least))
