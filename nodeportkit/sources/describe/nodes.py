"""`kubectl describe node` -> nodes, and which pods run there.

The table of pods leaves out those that ended, so it claims no completeness.
"""

from __future__ import annotations

from typing import Any, Final

from nodeportkit.cells import NONE, parse_age, parse_roles
from nodeportkit.sources.describe.description import Description
from nodeportkit.sources.describe.layout import Entry
from nodeportkit.sources.describe.rows import Rows, labels_of, listed, when

__all__ = ["KINDS", "kind_of", "tell"]

KINDS: Final = ("nodes",)
_MARKS: Final = (
    "Non-terminated Pods",
    "PodCIDR",
    "PodCIDRs",
    "System Info",
    "Allocatable",
    "Capacity",
    "Unschedulable",
)
_ZONES: Final = ("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone")
_SYSTEM: Final = {
    "version": "Kubelet Version",
    "os_image": "OS Image",
    "kernel_version": "Kernel Version",
    "container_runtime": "Container Runtime Version",
}


def kind_of(tree: Entry) -> str | None:
    """Whether these are the labels of a node. A volume has a capacity too, and no namespace either."""
    if tree.get("Namespace") is not None or tree.get("StorageClass") is not None or tree.get("Claim") is not None:
        return None
    return "nodes" if tree.get("Roles") is not None or any(tree.get(mark) for mark in _MARKS) else None


def tell(description: Description, rows: Rows) -> None:
    """Add what the description says of a node."""
    tree = description.tree
    labels = labels_of(tree.get("Labels"), rows)
    row: dict[str, Any] = {"name": description.name, "labels": labels}
    if labels is not None:
        row["zone"] = next((labels[label] for label in _ZONES if label in labels), "")
    conditions = {condition.get("Type"): condition.get("Status") for condition in tree.records("Conditions")}
    if conditions:
        row["ready"] = conditions.get("Ready") == "True"
    row["roles"] = rows.read(tree.get("Roles"), parse_roles)
    row["created"] = rows.read(tree.get("CreationTimestamp"), when)
    row["schedulable"] = {"false": True, "true": False}.get(tree.text("Unschedulable") or "")
    rows.add("nodes", row | _addresses(tree) | _system(tree))
    _pods(description, rows)


def _addresses(tree: Entry) -> dict[str, Any]:
    """The addresses by type; until 1.6 they stood in one line, without types."""
    entry = tree.get("Addresses")
    if entry is None or entry.value:
        return {}
    found: dict[str, list[str]] = {"InternalIP": [], "ExternalIP": []}
    for address in entry.children:
        found.setdefault(address.label, []).append(address.value)
    return {"internal_ips": found["InternalIP"], "external_ips": found["ExternalIP"]}


def _system(tree: Entry) -> dict[str, Any]:
    """What runs on the node; the ranges of its pods stand below and are printed where there are any."""
    info = tree.get("System Info") or tree.get("Version")
    row: dict[str, Any] = {}
    if info is not None:
        row = {name: info.text(label) for name, label in _SYSTEM.items()}
    below = any(tree.get(label) for label in ("Non-terminated Pods", "Pods", "Events"))
    ranges = tree.text("PodCIDRs") or tree.text("PodCIDR")
    row["pod_cidrs"] = listed(ranges or "") if ranges or below else None
    # Printed where there is one, and not before ExternalID was no longer printed.
    row["provider_id"] = tree.text("ProviderID") or ("" if below and tree.get("ExternalID") is None else None)
    return row


def _pods(description: Description, rows: Rows) -> None:
    for label in ("Non-terminated Pods", "Pods"):
        entry = description.tree.get(label)
        if entry is None or entry.grid is None:
            continue
        for at, pod in enumerate(entry.grid.records()):
            namespace, name = pod.get("Namespace"), pod.get("Name")
            if not namespace or not name or " " in name:
                rows.bad.add(entry.grid.lines[at])
                continue
            row: dict[str, Any] = {"namespace": namespace, "name": name, "node": description.name}
            age = pod.get("Age")
            if age and age != NONE:
                row["age"] = rows.read(Entry("Age", entry.grid.lines[at], [age]), parse_age)
            rows.add("pods", row)
