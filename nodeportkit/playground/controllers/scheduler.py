"""The scheduler: a node for each pod.

A node fits if it is ready, not cordoned, has the labels that the pod's nodeSelector asks for, and no taint that the pod
does not tolerate; of those that fit, the one with the fewest pods of the same kind, then with the fewest pods.
pkg/scheduler/framework/plugins, as far as they go by labels, taints and spread.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from nodeportkit.playground.controllers.hands import Hands, controller_of, key_of, set_condition
from nodeportkit.playground.controllers.pods import is_active
from nodeportkit.playground.store import Change, Key, Object

__all__ = ["Controller", "misfit"]

_UNREADY: Final = "node.kubernetes.io/not-ready"
_CORDONED: Final = "node.kubernetes.io/unschedulable"
_ASKED: Final = ("nodeSelector", "tolerations")  # of a pod, by which nodes are chosen
_MOST_REASONS: Final = 100
_KEEPS_OUT: Final = ("NoSchedule", "NoExecute")
_FULL: Final = "Too many pods"
_LEAST_SHARE: Final = 5  # percent of the nodes that would do
_LEAST_NODES: Final = 100


class Controller:
    """Gives pods their nodes."""

    NAME = "default-scheduler"

    def __init__(self, hands: Hands, again: Any) -> None:
        self._hands = hands
        self._again = again
        self._reasons: dict[str, dict[str, str | None]] = {}  # for pods that ask for the same: node -> why not
        self._spread: dict[str, Counter[str]] = {}  # uid of a controller -> how many of its pods each node has
        self._start = 0  # where the search for a node begins, so that all get their turn

    def concerns(self, change: Change) -> Iterable[Key]:
        """Pods without a node; all of them when a node has changed."""
        if change.resource == "pods":
            self._count(change.before, -1)
            if change.type != "DELETED":
                self._count(change.object, 1)
                if not change.object["spec"].get("nodeName"):
                    yield change.key
        elif change.resource == "nodes":
            self._reasons.clear()
            for pod in self._hands.store.on_node(""):
                yield Key(pod["metadata"]["namespace"], pod["metadata"]["name"])

    def care(self, key: Key) -> None:
        """Give the pod a node, or say why there is none for it."""
        pod = self._hands.get("pods", key)
        if pod is None or pod["spec"].get("nodeName") or not is_active(pod):
            return
        if pod["spec"].get("schedulerName", "default-scheduler") != "default-scheduler":
            return
        why = self._why(pod)
        fitting = self._sample([name for name, reason in why.items() if reason is None])
        if fitting:
            self.bind(pod, self._emptiest(pod, fitting))
        else:
            self._refuse(pod, len(why), [reason or _FULL for reason in why.values()])

    def _count(self, pod: Object | None, number: int) -> None:
        """Bring up to date how the pods of a controller are spread."""
        owner = controller_of(pod) if pod else None
        if pod is None or owner is None or not pod["spec"].get("nodeName") or not is_active(pod):
            return
        counts = self._spread.setdefault(owner["uid"], Counter())
        counts[pod["spec"]["nodeName"]] += number
        if not counts[pod["spec"]["nodeName"]]:
            del counts[pod["spec"]["nodeName"]]
        if not counts:
            del self._spread[owner["uid"]]

    def _sample(self, names: list[str]) -> list[str]:
        """Of the nodes that would do, as many as are compared: in a large cluster not all of them.

        pkg/scheduler/schedule_one.go, `numFeasibleNodesToFind` and `nextStartNodeIndex`.
        """
        share = max(_LEAST_SHARE, 50 - len(names) // 125)
        wanted = max(_LEAST_NODES, len(names) * share // 100)
        start = self._start % max(len(names), 1)
        turn = itertools.chain(itertools.islice(names, start, None), itertools.islice(names, start))
        found = list(itertools.islice((name for name in turn if not self._is_full(name)), wanted))
        self._start += len(found) if len(names) > wanted else 0
        return found

    def _is_full(self, name: str) -> bool:
        node = self._hands.store.get("nodes", Key("", name)) or {}
        most = str(((node.get("status") or {}).get("allocatable") or {}).get("pods", ""))
        return most.isdecimal() and self._hands.store.pods_on(name) >= int(most)

    def _why(self, pod: Object) -> dict[str, str | None]:
        """Of each node, why the pod cannot be there."""
        asked = json.dumps([pod["spec"].get(field) for field in _ASKED])
        if asked not in self._reasons:
            if len(self._reasons) >= _MOST_REASONS:
                self._reasons.clear()
            self._reasons[asked] = {node["metadata"]["name"]: misfit(pod, node) for node in self._hands.all("nodes")}
        return self._reasons[asked]

    def bind(self, pod: Object, node: str) -> None:
        """Write the node into the pod."""
        bound = self._hands.bind(pod, node)
        if bound is None:
            return
        name = "/".join(key_of(bound))
        self._hands.event(bound, "Normal", "Scheduled", f"Successfully assigned {name} to {node}")

    def _emptiest(self, pod: Object, names: list[str]) -> str:
        alike = self._spread.get((controller_of(pod) or {}).get("uid", ""), Counter())
        pods_on = self._hands.store.pods_on
        return min(names, key=lambda name: (alike[name], pods_on(name)))

    def _refuse(self, pod: Object, nodes: int, reasons: list[str]) -> None:
        counted = ", ".join(f"{reasons.count(reason)} {reason}" for reason in sorted(set(reasons)))
        message = f"0/{nodes} nodes are available: {counted}." if nodes else "no nodes available to schedule pods"
        wanted = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
        known = pod["status"].get("conditions", [])
        if any(wanted.items() <= condition.items() for condition in known):
            return
        pod["status"]["conditions"] = set_condition(known, {**wanted, "lastProbeTime": None}, self._hands.time())
        self._hands.update("pods", pod, status=True)
        self._hands.event(pod, "Warning", "FailedScheduling", message)


def misfit(pod: Object, node: Object) -> str | None:
    """Why the pod cannot be on the node, in the scheduler's words; None if it can."""
    labels = node["metadata"].get("labels") or {}
    spec = node.get("spec") or {}
    tolerations = pod["spec"].get("tolerations") or []
    taints = list(spec.get("taints") or [])
    if spec.get("unschedulable"):
        if not _tolerated({"key": _CORDONED, "effect": "NoSchedule"}, tolerations):
            return "node(s) were unschedulable"
        taints = [taint for taint in taints if taint["key"] != _CORDONED]
    for taint in taints:
        if taint.get("effect") in _KEEPS_OUT and not _tolerated(taint, tolerations):
            value = f": {taint['value']}" if taint.get("value") else ": "
            return f"node(s) had untolerated taint {{{taint['key']}{value}}}"
    conditions = (node.get("status") or {}).get("conditions") or []
    if not any(it["type"] == "Ready" and it["status"] == "True" for it in conditions):
        return f"node(s) had untolerated taint {{{_UNREADY}: }}"
    wanted = pod["spec"].get("nodeSelector") or {}
    if not wanted.items() <= labels.items():
        return "node(s) didn't match Pod's node affinity/selector"
    return None


def _tolerated(taint: Object, tolerations: list[Object]) -> bool:
    for toleration in tolerations:
        if toleration.get("effect") not in (None, "", taint.get("effect")):
            continue
        if toleration.get("key") in (None, ""):
            if toleration.get("operator") == "Exists":
                return True
        elif toleration["key"] == taint["key"] and (
            toleration.get("operator") == "Exists" or toleration.get("value", "") == taint.get("value", "")
        ):
            return True
    return False
