"""`kubectl describe` of Deployments, ReplicaSets, StatefulSets, DaemonSets and ReplicationControllers -> workloads.

How many replicas are ready is printed nowhere. Where as many are available as wanted, all of them are ready: available
means ready for at least `minReadySeconds`.
"""

from __future__ import annotations

import re
from typing import Any, Final

from nodeportkit.cells import NONE
from nodeportkit.errors import ReadError
from nodeportkit.selectors import Requirement, parse_selector
from nodeportkit.sources.describe.description import Description
from nodeportkit.sources.describe.layout import Entry
from nodeportkit.sources.describe.rows import Rows, labels_of, when, whole_number

__all__ = ["KINDS", "kind_of", "tell"]

_KINDS: Final = {
    "deployments.apps": "Deployment",
    "replicasets.apps": "ReplicaSet",
    "statefulsets.apps": "StatefulSet",
    "daemonsets.apps": "DaemonSet",
    "replicationcontrollers": "ReplicationController",
}
KINDS: Final = tuple(_KINDS)
_COUNT: Final = re.compile(r"(\d{1,9}) (desired|updated|total|available|unavailable|current)\b")
_DESIRED_NODES: Final = "Desired Number of Nodes Scheduled"
_AVAILABLE_NODES: Final = "Number of Nodes Scheduled with Available Pods"
_EXPRESSIONS: Final = {"in": "In", "notin": "NotIn", "exists": "Exists", "!": "DoesNotExist", "!=": "NotIn"}


def kind_of(tree: Entry) -> str | None:
    """Which of them has these labels."""
    replicas = tree.text("Replicas") or ""
    if tree.get("StrategyType") is not None:
        return "deployments.apps"
    if tree.get(_DESIRED_NODES) is not None:
        return "daemonsets.apps"
    if "desired | " in replicas and "updated" not in replicas:
        return "statefulsets.apps"
    if "current / " in replicas:
        return _by_evidence(tree)
    return None


def _by_evidence(tree: Entry) -> str | None:
    """ReplicaSets, ReplicationControllers and StatefulSets of 1.5 are printed alike: None where nothing else tells."""
    if tree.get("CreationTimestamp") is not None:
        return "statefulsets.apps"
    controller = tree.text("Controlled By") or ""
    sources = {event.get("From", "") for event in tree.records("Events")}
    annotations = tree.get("Annotations")
    told = [*sources, *(annotations.values if annotations is not None else [])]
    selector = tree.text("Selector") or ""
    if controller.startswith("Deployment/") or "pod-template-hash" in selector:
        return "replicasets.apps"
    for word, kind in (
        ("replicaset-controller", "replicasets.apps"),
        ("deployment.kubernetes.io/", "replicasets.apps"),
        ("replication-controller", "replicationcontrollers"),
    ):
        if any(word in text for text in told):
            return kind
    return None


def tell(description: Description, rows: Rows) -> None:
    """Add what the description says of a workload."""
    tree = description.tree
    row: dict[str, Any] = {
        "namespace": description.namespace or rows.namespace,
        "kind": _KINDS[description.kind],
        "name": description.name,
        "labels": labels_of(tree.get("Labels"), rows),
        "created": rows.read(tree.get("CreationTimestamp"), when),
    }
    template = tree.get("Pod Template")
    if template is not None:
        row["template_labels"] = labels_of(template.get("Labels"), rows)
    if description.kind == "replicationcontrollers":
        row["selector"] = labels_of(tree.get("Selector"), rows)
    else:
        row["selector"] = rows.read(tree.get("Selector"), _selector)
    rows.add("workloads", row | _replicas(tree, rows) | _owner(description))


def _replicas(tree: Entry, rows: Rows) -> dict[str, Any]:
    nodes = tree.get(_DESIRED_NODES)
    if nodes is not None:
        desired = rows.read(nodes, whole_number)
        available = rows.read(tree.get(_AVAILABLE_NODES), whole_number)
        return {"desired": desired, "ready": available if available == desired else None}
    text = tree.text("Replicas") or ""
    counts = {word: int(number) for number, word in _COUNT.findall(text)}
    entry = tree.get("Replicas")
    if entry is not None and not counts:
        rows.bad.add(entry.line)
    # Until 1.5 a Deployment was printed without "desired", and its "total" was what the spec asks for.
    desired = counts.get("desired", counts.get("total"))
    available = counts.get("available")
    at_once = tree.text("MinReadySeconds") == "0"
    return {"desired": desired, "ready": available if at_once or available == desired else None}


def _owner(description: Description) -> dict[str, Any]:
    """The controller: printed for ReplicaSets that have one."""
    kind, slash, name = (description.tree.text("Controlled By") or "").partition("/")
    if slash:
        return {"owner_kind": kind, "owner_name": name}
    known = description.kind == "replicasets.apps" and description.tree.get("Pod Template") is not None
    return {"owner_kind": "", "owner_name": ""} if known else {}


def _selector(text: str) -> dict[str, Any]:
    """A printed selector as the object has it: matchLabels, and matchExpressions for what is no equality."""
    if text in (NONE, ""):
        return {}
    exact: dict[str, str] = {}
    expressions: list[dict[str, Any]] = []
    for requirement in parse_selector(text):
        if requirement.operator == "=" and requirement.key not in exact:
            exact[requirement.key] = requirement.values[0]
        else:
            expressions.append(_expression(requirement))
    return ({"matchLabels": exact} if exact else {}) | ({"matchExpressions": expressions} if expressions else {})


def _expression(requirement: Requirement) -> dict[str, Any]:
    operator = "In" if requirement.operator == "=" else _EXPRESSIONS.get(requirement.operator)
    if operator is None:
        raise ReadError(f"{requirement.operator!r} stands in no match expression", hint="Operators are in, notin, !.")
    expression: dict[str, Any] = {"key": requirement.key, "operator": operator}
    return expression | ({"values": list(requirement.values)} if requirement.values else {})
