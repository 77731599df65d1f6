"""What proxy rules tell of services, their ports and their endpoints: a source like any other print.

The rules hold neither types nor selectors nor target ports; headless services and those of type ExternalName have none.
Which endpoints a node uses they do tell, but not whether these are ready: where none is, terminating ones are used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import pandas as pd

from nodeportkit.frames import conform
from nodeportkit.sources.proxy_rules.model import Dump, PortRules, split_socket
from nodeportkit.sources.reader import Fragment

__all__ = ["fragments"]

_COMPLETE: Final = 2
_PARTIAL: Final = 1
_Key = tuple[str, str]


def fragments(dumps: Sequence[Dump]) -> list[Fragment]:
    """The services, service ports and endpoints that the dumps show."""
    ports: dict[_Key, list[PortRules]] = {}
    for port in sorted((port for dump in dumps for port in dump.ports), key=lambda port: port.family or ""):
        if port.namespace is not None and port.service is not None:
            ports.setdefault((port.namespace, port.service), []).append(port)
    if not ports:
        return []
    whole = all(dump.whole for dump in dumps)
    return [_services(ports), _ports(ports, whole), *_endpoints(ports)]


def _services(ports: dict[_Key, list[PortRules]]) -> Fragment:
    rows = [_service(namespace, name, group) for (namespace, name), group in ports.items()]
    return Fragment("services", conform("services", pd.DataFrame(rows, dtype=object)))


def _service(namespace: str, name: str, group: list[PortRules]) -> dict[str, Any]:
    affinity = _first(port.affinity for port in group)
    return {
        "namespace": namespace,
        "name": name,
        "cluster_ips": _addresses(group, "cluster-ip"),
        "external_ips": _addresses(group, "external-ip"),
        "load_balancer_ips": _addresses(group, "load-balancer"),
        "load_balancer_source_ranges": list(dict.fromkeys(s for port in group for s in port.source_ranges)) or None,
        "external_traffic_policy": _first(port.external_policy for port in group),
        "internal_traffic_policy": _first(port.internal_policy for port in group),
        "session_affinity": None if affinity is None else "ClientIP" if affinity else "None",
        "affinity_timeout": affinity or None,
        "health_check_node_port": _first(port.health_check_port for port in group),
    }


def _first(values: Iterable[Any]) -> Any:
    return next((value for value in values if value is not None), None)


def _addresses(group: list[PortRules], kind: str) -> list[str] | None:
    """The addresses of one kind; None where there are none: rules of another family may hold some."""
    there = [
        destination.address
        for port in group
        for destination in port.destinations.values()
        if destination.kind == kind and destination.address
    ]
    return list(dict.fromkeys(there)) or None


def _ports(ports: dict[_Key, list[PortRules]], whole: bool) -> Fragment:
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for (namespace, service), group in ports.items():
        for port in group:
            told = port.destinations.values()
            number = _first(destination.port for destination in told if destination.kind != "node-port")
            node_port = _first(destination.port for destination in told if destination.kind == "node-port")
            row = {
                "namespace": namespace,
                "service": service,
                "port_name": port.port_name,
                "protocol": port.protocol,
                "port": number,
                "node_port": node_port if node_port or not whole else 0,
            }
            key = namespace, service, port.port_name, port.protocol
            before = rows.setdefault(key, row)
            before.update({name: value for name, value in row.items() if before[name] in (None, 0)})
    frame = conform("ports", pd.DataFrame(list(rows.values()), dtype=object))
    return Fragment("ports", frame, covers=None if whole else frame[["namespace", "service"]].iloc[:0])


def _endpoints(ports: dict[_Key, list[PortRules]]) -> list[Fragment]:
    complete: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
    partial: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
    known: list[_Key] = []
    for key, group in ports.items():
        all_there = all(port.whole and _all_shown(port) for port in group)
        if all_there:
            known.append(key)
        into = complete if all_there else partial
        for port in group:
            _add(into, key, port)
    covers = pd.DataFrame(known, columns=["namespace", "service"], dtype=object)
    found = [Fragment("endpoints", conform("endpoints", complete), covers=covers, detail=_COMPLETE)]
    if partial["service"]:
        found.append(Fragment("endpoints", conform("endpoints", partial), detail=_PARTIAL))
    return found


_COLUMNS: Final = ("namespace", "service", "address", "port", "port_name", "protocol")


def _all_shown(port: PortRules) -> bool:
    """Whether the endpoints on other nodes are there too, or there are none at all."""
    refused = any(destination.verdict == "REJECT" for destination in port.destinations.values())
    return "Cluster" in port.targets or (refused and not port.targets)


def _add(into: dict[str, list[Any]], key: _Key, port: PortRules) -> None:
    shown = dict.fromkeys(target.address for targets in port.targets.values() for target in targets)
    for address in shown:
        place = split_socket(address) if address else None
        if place is None:
            continue
        row = (*key, *place, port.port_name, port.protocol)
        for name, value in zip(_COLUMNS, row, strict=True):
            into[name].append(value)
