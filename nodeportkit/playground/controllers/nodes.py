"""Nodes that join, and nodes that do not answer: those turn NotReady, their pods with them, and these move on.

pkg/controller/nodelifecycle/node_lifecycle_controller.go, pkg/controller/tainteviction and pkg/controller/nodeipam. Behind every
node that is made there is a machine at once. It is stopped by the annotation `nodeportkit.io/stopped: "true"`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any, Final

from nodeportkit.playground.controllers.hands import Hands, key_of, set_condition
from nodeportkit.playground.machines import READY, is_stopped, joined, number_of, switched_off
from nodeportkit.playground.network.addresses import MOST_NODES
from nodeportkit.playground.store import Change, Key, Object

__all__ = ["Controller"]

_SILENT_FOR: Final = 40.0  # seconds, --node-monitor-grace-period
_TAINT: Final = "node.kubernetes.io/unreachable"
_PATIENCE: Final = 300.0  # tolerationSeconds that admission gives to pods


class Controller:
    """Judges nodes by whether they answer."""

    NAME = "node-controller"

    def __init__(self, hands: Hands, again: Any) -> None:
        self._hands = hands
        self._again = again
        self._silent_since: dict[str, float] = {}
        self._numbers: dict[str, int] = {}  # of the machine of each node

    def concerns(self, change: Change) -> Iterable[Key]:
        """The node itself; when it is deleted, it is looked at once more for its pods."""
        if change.resource != "nodes":
            return
        number = number_of(change.object, self._hands.addresses)
        if change.type == "DELETED":
            self._numbers.pop(change.key.name, None)
        elif number is not None:
            self._numbers[change.key.name] = number
        yield change.key

    def care(self, key: Key) -> None:
        """Let the node join, say whether it answers, and make its pods leave if it has not for long."""
        node = self._hands.get("nodes", key)
        if node is None:
            self._silent_since.pop(key.name, None)
            for pod in self._pods(key.name):
                self._hands.delete("pods", pod, grace=0)
            return
        if key.name not in self._numbers or not self._has_address(node):
            self._join(node)
            return
        if not is_stopped(node):
            if self._silent_since.pop(key.name, None) is not None or _ready(node) != "True":
                self._judge(node, "True", **READY)
            return
        now = self._hands.clock.now().timestamp()
        if key.name not in self._silent_since:
            self._hands.event(node, "Warning", "SwitchedOff", switched_off(key.name))
        since = self._silent_since.setdefault(key.name, now)
        if now - since < _SILENT_FOR:
            self._again(key, _SILENT_FOR - (now - since))
            return
        if _ready(node) != "Unknown":
            self._judge(node, "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.")
            self._hands.event(node, "Normal", "NodeNotReady", f"Node {key.name} status is now: NodeNotReady")
            for pod in self._pods(key.name):
                self._lose(pod)
        self._evict(key, now - since - _SILENT_FOR)

    def _has_address(self, node: Object) -> bool:
        """Whether it has one that can be dialled here, and no other."""
        told = [it for it in (node.get("status") or {}).get("addresses") or () if it["type"] == "InternalIP"]
        return bool(told) and all(self._hands.addresses.has(it["address"]) for it in told)

    def _join(self, node: Object) -> None:
        """Give the node a machine: addresses, a range of addresses for its pods, and what its kubelet tells."""
        name = node["metadata"]["name"]
        taken = set(self._numbers.values())
        number = self._numbers.get(name) or next(at for at in itertools.count(1) if at not in taken)
        if number > MOST_NODES:
            self._hands.event(node, "Normal", "CIDRNotAvailable", f"Node {name} status is now: CIDRNotAvailable")
            return
        made = joined(node, number, self._hands.addresses)
        kept = self._hands.update("nodes", made)
        if kept is not None:
            self._hands.update("nodes", {**kept, "status": made["status"]}, status=True)

    def _pods(self, node: str) -> list[Object]:
        return self._hands.store.on_node(node)

    def _judge(self, node: Object, status: str, reason: str, message: str) -> None:
        when = self._hands.time()
        wanted = {"type": "Ready", "status": status, "reason": reason, "message": message, "lastHeartbeatTime": when}
        known = [it for it in node["status"].get("conditions") or () if it.get("type")]
        node["status"]["conditions"] = set_condition(known, wanted, when)
        told = self._hands.update("nodes", node, status=True)
        node = self._hands.get("nodes", key_of(node)) or told or node
        taints = [it for it in node["spec"].get("taints") or [] if it["key"] != _TAINT]
        if status != "True":
            taints += [{"key": _TAINT, "effect": effect, "timeAdded": when} for effect in ("NoSchedule", "NoExecute")]
        node["spec"].pop("taints", None)
        if taints:
            node["spec"]["taints"] = taints
        self._hands.update("nodes", node)

    def _lose(self, pod: Object) -> None:
        """Take away the pod's Ready condition: nobody knows whether it still runs."""
        changed = self._hands.get("pods", key_of(pod))
        if changed is None:
            return
        wanted = {"type": "Ready", "status": "False"}
        conditions = changed["status"].get("conditions") or []
        changed["status"]["conditions"] = set_condition(conditions, wanted, self._hands.time())
        self._hands.update("pods", changed, status=True)
        self._hands.event(pod, "Warning", "NodeNotReady", "Node is not ready")

    def _evict(self, key: Key, lost_for: float) -> None:
        """Delete the pods that have put up with it for as long as they tolerate."""
        waits = []
        for pod in self._pods(key.name):
            if pod["metadata"].get("deletionTimestamp"):
                continue
            patience = _patience(pod)
            if patience is None:
                continue
            if lost_for >= patience:
                self._hands.event(
                    pod, "Normal", "TaintManagerEviction", f"Marking for deletion Pod {'/'.join(key_of(pod))}"
                )
                self._hands.delete("pods", pod)
            else:
                waits.append(patience - lost_for)
        if waits:
            self._again(key, min(waits) + 0.01)


def _ready(node: Object) -> str:
    conditions = node["status"].get("conditions") or []
    return next((str(it["status"]) for it in conditions if it["type"] == "Ready"), "Unknown")


def _patience(pod: Object) -> float | None:
    """How many seconds the pod stays on a node that does not answer; None for as long as it takes."""
    for toleration in pod["spec"].get("tolerations") or ():
        if toleration.get("key") in (_TAINT, None) and toleration.get("effect") in ("NoExecute", None, ""):
            seconds = toleration.get("tolerationSeconds")
            return None if seconds is None else float(seconds)
    return _PATIENCE
