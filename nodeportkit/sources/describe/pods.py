"""`kubectl describe pod` -> pods and their container ports."""

from __future__ import annotations

import re
from typing import Any, Final

from nodeportkit.cells import NONE, parse_ports
from nodeportkit.errors import ReadError
from nodeportkit.sources.describe.description import Description
from nodeportkit.sources.describe.layout import Entry
from nodeportkit.sources.describe.pod_state import Containers, containers_of, summary
from nodeportkit.sources.describe.rows import Rows, labels_of

__all__ = ["KINDS", "kind_of", "tell"]

KINDS: Final = ("pods",)
_PHASES: Final = frozenset({"Pending", "Running", "Succeeded", "Failed", "Unknown"})
_PORT: Final = re.compile(r"([0-9]{1,5}/[A-Za-z]+)(?: \(([-a-z0-9]+)\))?")


def kind_of(tree: Entry) -> str | None:
    """Whether these are the labels of a pod."""
    rest = ("Containers", "Status", "IP", "Start Time", "Image(s)")
    return "pods" if tree.get("Node") is not None and any(tree.get(label) for label in rest) else None


def tell(description: Description, rows: Rows) -> None:
    """Add what the description says of a pod."""
    tree = description.tree
    key = {"namespace": description.namespace or rows.namespace, "pod": description.name}
    row: dict[str, Any] = {"namespace": key["namespace"], "name": description.name}
    row["labels"] = labels_of(tree.get("Labels"), rows)
    row |= _place(tree) | _life(tree) | _owner(tree)
    conditions = {condition.get("Type"): condition.get("Status") for condition in tree.records("Conditions")}
    if conditions:
        row["ready"] = conditions.get("Ready") == "True"
    containers = containers_of(tree)
    if containers is not None:
        row |= summary(tree, containers, rows)
        _container_ports(key, containers, rows)
    rows.add("pods", row)


def _place(tree: Entry) -> dict[str, Any]:
    """Where it runs and its addresses. The node stands with its IP behind a slash; `/` alone until 1.5."""
    row: dict[str, Any] = {}
    node = tree.text("Node")
    if node is not None:
        row["node"] = "" if node == NONE else node.partition("/")[0]
    several, one = tree.get("IPs"), tree.text("IP")
    if several is not None and several.children:
        row["ips"] = [ip.value for ip in several.children if ip.value]
    elif one is not None or several is not None:
        row["ips"] = [one] if one else []
    return row


def _life(tree: Entry) -> dict[str, Any]:
    """Phase and deletion. Since about 1.31 a pod that ended is printed with its phase, deleted or not."""
    status = tree.text("Status") or ""
    if status.startswith("Terminating"):
        return {"terminating": True}
    if status not in _PHASES:
        return {}
    return {"phase": status, "terminating": None if status in ("Succeeded", "Failed") else False}


def _owner(tree: Entry) -> dict[str, Any]:
    """The controller: `Controlled By` where there is one, `Controllers` in 1.2 to 1.5."""
    entry = tree.get("Controlled By") or tree.get("Controllers")
    if entry is not None:
        kind, slash, name = entry.value.partition("/")
        if slash:
            return {"owner_kind": kind, "owner_name": name}
        return {"owner_kind": "", "owner_name": ""} if entry.value == NONE else {}
    # It stands above the containers: if they are shown as since 1.8, with their host ports, there is no controller.
    containers = tree.get("Containers")
    shown = containers is not None and any(_port_entry(c, "Host Port") is not None for c in containers.children)
    return {"owner_kind": "", "owner_name": ""} if shown else {}


def _port_entry(container: Entry, label: str) -> Entry | None:
    """The container's ports: the label is in the plural where there are several."""
    return container.get(f"{label}s") or container.get(label)


def _container_ports(key: dict[str, str], containers: Containers, rows: Rows) -> None:
    """Add the ports of the containers that run as long as the pod does."""
    holders: list[tuple[Entry, bool | None]] = [(entry, False) for entry in containers.main]
    holders += [(entry, True) for entry in containers.sidecars]
    holders += [(entry, None) for entry in containers.unclear]
    shown = [(entry, sidecar, _port_entry(entry, "Port")) for entry, sidecar in holders]
    # Since about 1.34 the name of a port stands behind it: one that has a name tells that the others have none.
    named = any("(" in ports.value for _, _, ports in shown if ports is not None)
    complete = containers.whole
    for entry, sidecar, ports in shown:
        declared = rows.read(ports, _declared)
        complete = complete and declared is not None
        host = rows.read(_port_entry(entry, "Host Port"), _declared)
        numbers: list[int | None] = [number for number, _, _ in host or []]
        if len(numbers) != len(declared or []):
            numbers = [None] * len(declared or [])
        for (number, protocol, name), host_port in zip(declared or [], numbers, strict=True):
            port = {"container_port": number, "protocol": protocol, "host_port": host_port, "sidecar": sidecar}
            port_name = name or ("" if named else None)
            rows.add("containers", key | {"container": entry.label, "port_name": port_name} | port)
    if complete:
        rows.cover("containers", key)


def _declared(text: str) -> list[tuple[int, str, str]]:
    """Number, protocol and name of each of `80/TCP (http), 443/TCP`; host ports that are not set are 0."""
    ports = []
    for item in text.split(",") if text not in (NONE, "") else ():
        match = _PORT.fullmatch(item.strip())
        if not match:
            raise ReadError(f"{text!r} is no list of container ports", hint="kubectl prints 80/TCP, 443/TCP (https).")
        number, protocol = match[1].split("/")
        if int(number):
            parse_ports(match[1])
        ports.append((int(number), protocol, match[2] or ""))
    return ports
