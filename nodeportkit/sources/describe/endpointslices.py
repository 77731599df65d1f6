"""`kubectl describe endpointslice` -> endpoints.

Of the conditions only Ready is printed, and no hints. Until 1.20 (discovery.k8s.io/v1beta1) node and zone stood in a list
`Topology`. An endpoint whose readiness is not set counts as ready (staging/src/k8s.io/api/discovery/v1/types.go).
"""

from __future__ import annotations

from typing import Any, Final

from nodeportkit.sources.describe.description import Description
from nodeportkit.sources.describe.endpoints import addresses_of, ports_of
from nodeportkit.sources.describe.layout import Entry
from nodeportkit.sources.describe.rows import Rows, labels_of

__all__ = ["KINDS", "kind_of", "tell"]

KINDS: Final = ("endpointslices",)
_SERVICE: Final = "kubernetes.io/service-name"
_READY: Final = {"true": True, "<unset>": True, "false": False}


def kind_of(tree: Entry) -> str | None:
    """Whether these are the labels of an EndpointSlice."""
    return "endpointslices" if tree.get("AddressType") is not None else None


def tell(description: Description, rows: Rows) -> None:
    """Add what the description says of one slice of a service's endpoints."""
    tree = description.tree
    labels = labels_of(tree.get("Labels"), rows)
    key = {
        "namespace": description.namespace or rows.namespace,
        # Without the label it belongs to no service; "" says that this is known.
        "service": labels.get(_SERVICE, "") if labels is not None else None,
        "slice": description.name,
    }
    table, items = tree.get("Ports"), tree.get("Endpoints")
    if table is None or items is None:
        return  # cut off
    ports = ports_of(table, rows) if table.grid is not None else [{"port_name": ""}]
    # Slices of host names are passed over by kube-proxy.
    for item in items.children if tree.text("AddressType") != "FQDN" else ():
        addresses = rows.read(item.get("Addresses"), addresses_of)
        if not addresses:
            rows.bad.add(item.line)
            continue
        endpoint = _endpoint(item, addresses[0])  # kube-proxy uses the first of several
        for port in ports:
            rows.add("endpoints", key | endpoint | port)
    rows.cover("endpoints", key)


def _endpoint(item: Entry, address: str) -> dict[str, Any]:
    conditions = item.get("Conditions")
    target = item.text("TargetRef") or ""
    topology = item.get("Topology")
    places = dict(line.split("=", 1) for line in topology.values if "=" in line) if topology is not None else {}
    row: dict[str, Any] = {
        "address": address,
        "derived": False,
        "ready": _READY.get(conditions.text("Ready") or "") if conditions is not None else None,
    }
    if target or topology is not None or item.get("NodeName") is not None:
        row["pod"] = target.removeprefix("Pod/") if target.startswith("Pod/") else ""
    for name, label, key in (
        ("node", "NodeName", "kubernetes.io/hostname"),
        ("zone", "Zone", "topology.kubernetes.io/zone"),
    ):
        text = item.text(label)
        if text is not None:
            row[name] = "" if text == "<unset>" else text
        elif topology is not None:
            row[name] = places.get(key, "")
    return row
