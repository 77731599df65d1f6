"""`-o custom-columns=...`: what each column shows is told by its path."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from nodeportkit.cells import Port, column, parse_labels
from nodeportkit.errors import ReadError
from nodeportkit.frames import SCHEMAS, conform
from nodeportkit.sources.reader import Fragment
from nodeportkit.sources.tables.listing import Listing
from nodeportkit.sources.tables.services import port_rows

__all__ = ["custom_fragments", "standard_names"]

_NONE: Final = "<none>"


def _text(cell: str) -> str:
    return "" if cell == _NONE else cell


def _list(cell: str) -> list[str]:
    """Several values, `a,b`, or a list in Go's own form, `[a b]`."""
    if cell in (_NONE, "[]"):
        return []
    if cell.startswith("[") and cell.endswith("]"):
        return cell[1:-1].split()
    return cell.split(",")


def _map(cell: str) -> dict[str, str]:
    """Labels in Go's own form, `map[app:web tier:front]`: neither keys nor values hold blanks or colons."""
    if cell == _NONE:
        return {}
    found = re.fullmatch(r"map\[([^\[\]]*)\]", cell)
    if not found:
        raise ReadError(f"{cell!r} is no map of labels", hint="It should look like map[app:web].")
    return parse_labels(",".join(item.replace(":", "=", 1) for item in found[1].split())) if found[1] else {}


def _true(cell: str) -> bool | None:
    return {"true": True, "false": False, _NONE: False}.get(cell)


def _not_true(cell: str) -> bool | None:
    value = _true(cell)
    return None if value is None else not value


def _is_set(cell: str) -> bool:
    return cell != _NONE


_OBJECT: Final = {".metadata.labels": ("labels", _map)}
_PATHS: Final[dict[str, dict[str, tuple[str, Callable[[str], Any]]]]] = {
    "pods": {
        **_OBJECT,
        ".spec.nodeName": ("node", _text),
        ".spec.hostNetwork": ("host_network", _true),
        ".status.phase": ("phase", _text),
        ".status.podIP": ("ips", _list),
        ".status.podIPs[*].ip": ("ips", _list),
        ".metadata.deletionTimestamp": ("terminating", _is_set),
    },
    "services": {
        **_OBJECT,
        ".spec.type": ("type", _text),
        ".spec.clusterIP": ("cluster_ips", _list),
        ".spec.clusterIPs": ("cluster_ips", _list),
        ".spec.clusterIPs[*]": ("cluster_ips", _list),
        ".spec.externalIPs": ("external_ips", _list),
        ".spec.externalIPs[*]": ("external_ips", _list),
        ".spec.externalName": ("external_name", _text),
        ".spec.externalTrafficPolicy": ("external_traffic_policy", _text),
        ".spec.internalTrafficPolicy": ("internal_traffic_policy", _text),
        ".spec.sessionAffinity": ("session_affinity", _text),
        ".spec.selector": ("selector", _map),
    },
    "nodes": {
        **_OBJECT,
        ".spec.podCIDR": ("pod_cidrs", _list),
        ".spec.podCIDRs": ("pod_cidrs", _list),
        ".spec.podCIDRs[*]": ("pod_cidrs", _list),
        ".spec.unschedulable": ("schedulable", _not_true),
        ".status.nodeInfo.kubeletVersion": ("version", _text),
        ".status.nodeInfo.osImage": ("os_image", _text),
        ".status.nodeInfo.kernelVersion": ("kernel_version", _text),
        ".status.nodeInfo.containerRuntimeVersion": ("container_runtime", _text),
        '.status.addresses[?(@.type=="InternalIP")].address': ("internal_ips", _list),
        '.status.addresses[?(@.type=="ExternalIP")].address': ("external_ips", _list),
    },
}
_STANDARD: Final = {".metadata.name": "NAME", ".metadata.namespace": "NAMESPACE"}
_PORT: Final = re.compile(r"\d{1,5}")


def _normal(path: str) -> str:
    """A path with a leading dot and double quotes, as kubectl accepts it with and without."""
    path = path.strip().removeprefix("{").removesuffix("}").replace("'", '"')
    return path if path.startswith(".") else f".{path}"


def standard_names(columns: Sequence[tuple[str, str]]) -> list[str]:
    """The names of the columns, NAME and NAMESPACE for those that show them under another name, paths for the others.

    Examples
    --------
    >>> standard_names([("POD", ".metadata.name"), ("NODE", ".spec.nodeName")])
    ['NAME', '.spec.nodeName']
    """
    return [_STANDARD.get(_normal(path), _normal(path)) for _, path in columns]


def custom_fragments(found: Listing) -> list[Fragment]:
    """What the columns, named by their paths, say of pods, services or nodes; of paths not known here, nothing."""
    paths = _PATHS.get(found.kind, {})
    bad: dict[str, ReadError] = {}
    rows: dict[str, Any] = {"name": found.names}
    if "namespace" in SCHEMAS.get(found.kind, SCHEMAS["nodes"]).names:
        rows["namespace"] = found.namespaces
    if not paths:
        return []
    for path, cells in found.columns.items():
        if path in paths:
            name, parse = paths[path]
            rows[name] = column(cells, parse, None, bad)
    complete = ("*",) if found.complete and found.kind == "nodes" else found.complete
    parts = [Fragment(found.kind, conform(found.kind, rows), complete=complete)]
    return parts + (_ports(found) if found.kind == "services" else [])


def _ports(found: Listing) -> list[Fragment]:
    """The ports, where the columns show the number, the node port and the protocol of every port of a service."""
    shown = [found.columns.get(f".spec.ports[*].{name}") for name in ("port", "nodePort", "protocol")]
    if any(cells is None for cells in shown):
        return []
    return [port_rows(found, [_row(*cells) for cells in zip(*shown, strict=True)])]


def _row(port: str | None, node_port: str | None, protocol: str | None) -> list[Port] | None:
    """The ports of one service, None where the cells do not tell which number belongs to which port."""
    if port is None or node_port is None or protocol is None:
        return None
    numbers, protocols = _list(port), _list(protocol)
    nodes = _list(node_port) or ["0"] * len(numbers)
    if not len(numbers) == len(protocols) == len(nodes) or not all(map(_PORT.fullmatch, [*numbers, *nodes])):
        return None
    return [
        Port(int(number), int(node) or None, protocol)
        for number, node, protocol in zip(numbers, nodes, protocols, strict=True)
    ]
