"""`kubectl describe networkpolicy` -> policies (describeNetworkPolicy in staging/src/k8s.io/kubectl/pkg/describe/describe.go).

Rules are divided by a line of dashes; each lists its ports and then its peers.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Any, Final

from nodeportkit.errors import ReadError
from nodeportkit.sources.describe.description import Description
from nodeportkit.sources.describe.layout import Entry
from nodeportkit.sources.describe.rows import Rows, labels_of, listed
from nodeportkit.sources.tables.workload import label_selector

__all__ = ["KINDS", "kind_of", "tell"]

KINDS: Final = ("networkpolicies.networking.k8s.io",)
_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4})\b.*")
_PORT: Final = re.compile(r"(?P<port>[\w-]+?)(?:-(?P<end>\d{1,5}))?/(?P<protocol>\w+)")


def kind_of(tree: Entry) -> str | None:
    """Whether these are the labels of a network policy."""
    spec = tree.get("Spec")
    return KINDS[0] if spec is not None and spec.get("PodSelector") is not None else None


def tell(description: Description, rows: Rows) -> None:
    """Add what the description says of a policy. Where its end was cut off, its rules may have been, and are unknown."""
    tree = description.tree
    spec = tree.get("Spec") or Entry("Spec", 0)
    row: dict[str, Any] = {
        "namespace": description.namespace or rows.namespace,
        "name": description.name,
        "pod_selector": rows.read(spec.get("PodSelector"), _selector),
        "labels": labels_of(tree.get("Labels"), rows),
        "created": rows.read(tree.get("Created on"), _created),
    }
    types = spec.text("Policy Types")
    if types is not None:
        row["policy_types"] = listed(types)
        row["ingress"] = _rules(spec.get("Allowing ingress traffic"), "from", rows)
        row["egress"] = _rules(spec.get("Allowing egress traffic"), "to", rows)
    rows.add("policies", row)


def _rules(entry: Entry | None, side: str, rows: Rows) -> list[dict[str, Any]] | None:
    """The rules of one direction; none where the policy does not affect it, or isolates the pods. None if one is unclear."""
    rules = []
    for lines in _divided(entry):
        ports = [rows.read(line, _port) for line in lines if line.label.startswith("To Port") and not _any(line)]
        peers = [_peer(line, rows) for line in lines if line.label.lower() == side and not _any(line)]
        if None in ports or None in peers:
            return None
        rules.append({side: peers, "ports": ports})
    return rules


def _divided(entry: Entry | None) -> Iterator[list[Entry]]:
    lines: list[Entry] = []
    for line in entry.children if entry is not None else ():
        if line.label:
            lines.append(line)
        elif lines:
            yield lines
            lines = []
    if lines:
        yield lines


def _any(line: Entry) -> bool:
    return line.value.startswith("<any>")


def _port(text: str) -> dict[str, Any]:
    match = _PORT.fullmatch(text)
    if not match:
        raise ReadError(f"{text!r} is no port", hint="kubectl prints 80/TCP, http/TCP or 8000-8080/TCP.")
    number = match["port"]
    if match["end"] and not number.isdecimal():  # a name that ends in a number
        return {"protocol": match["protocol"], "port": f"{number}-{match['end']}"}
    told: dict[str, Any] = {"protocol": match["protocol"], "port": int(number) if number.isdecimal() else number}
    return told | ({"endPort": int(match["end"])} if match["end"] else {})


def _peer(line: Entry, rows: Rows) -> dict[str, Any] | None:
    peer: dict[str, Any] = {}
    for label, name in (("NamespaceSelector", "namespaceSelector"), ("PodSelector", "podSelector")):
        if (entry := line.get(label)) is not None:
            peer[name] = rows.read(entry, _selector)
    if (block := line.get("IPBlock")) is not None:
        without = listed(block.text("Except") or "")
        peer["ipBlock"] = {"cidr": block.text("CIDR") or ""} | ({"except": without} if without else {})
    return peer if peer and None not in peer.values() else None


def _selector(text: str) -> dict[str, Any]:
    """A selector; `<none>`, with or without words behind it, selects everything."""
    return {} if text.startswith("<none>") else label_selector(text)


def _created(text: str) -> datetime.datetime:
    match = _TIME.fullmatch(text)
    if not match:
        raise ReadError(f"{text!r} is no time", hint="kubectl prints 2026-11-22 14:59:57 +0000 UTC.")
    try:
        return datetime.datetime.strptime(match[1], "%Y-%m-%d %H:%M:%S %z").astimezone(datetime.UTC)
    except (ValueError, OverflowError) as error:
        raise ReadError(f"{text!r} is no time", hint=f"The {error}.") from None
