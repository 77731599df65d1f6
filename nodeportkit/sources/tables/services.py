"""`kubectl get services` -> services and their ports."""

from __future__ import annotations

from typing import Any, Final

from nodeportkit.cells import Port, ages, column, labels_column, parse_addresses, parse_ports
from nodeportkit.errors import ReadError
from nodeportkit.frames import conform
from nodeportkit.sources.reader import Fragment
from nodeportkit.sources.tables.listing import Listing

__all__ = ["KINDS", "fragments", "port_rows"]

KINDS: Final = ("services",)


def fragments(found: Listing) -> list[Fragment]:
    """The services of the table, and their ports. Target ports and the names of ports are not shown."""
    bad: dict[str, ReadError] = {}
    types = [cell or None for cell in found.get("TYPE")]
    external = [
        _external(*cells) for cells in zip(types, found.get("EXTERNAL-IP"), found.get("CLUSTER-IP"), strict=True)
    ]
    rows: dict[str, Any] = {
        "namespace": found.namespaces,
        "name": found.names,
        "type": types,
        "cluster_ips": column(found.get("CLUSTER-IP"), _cluster_ips, None),
        "external_ips": [cells[0] for cells in external],
        "load_balancer_ips": [cells[1] for cells in external],
        "external_name": [cells[2] for cells in external],
        "selector": labels_column(found.get("SELECTOR"), bad),
        "labels": labels_column(found.get("LABELS"), bad),
        "age": ages(found.get("AGE"), bad),
    }
    ports = column(found.get("PORT(S)"), parse_ports, None, bad)
    return [Fragment("services", conform("services", rows), complete=found.complete), port_rows(found, ports)]


def port_rows(found: Listing, ports: list[list[Port] | None]) -> Fragment:
    """The ports of services, a list a service, None where they were not shown."""
    shown = found.take([i for i, listed in enumerate(ports) if listed is not None])
    lists = [listed for listed in ports if listed is not None]
    flat = [
        (namespace, name, port.protocol, port.port, port.node_port or 0)
        for namespace, name, listed in zip(shown.namespaces, shown.names, lists, strict=True)
        for port in listed
    ]
    names = ("namespace", "service", "protocol", "port", "node_port")
    rows = {name: list(cells) for name, cells in zip(names, zip(*flat, strict=True), strict=True)} if flat else {}
    return Fragment("ports", conform("ports", rows), covers=shown.parents("namespace", "service"))


def _cluster_ips(cell: str) -> list[str]:
    return [] if cell in ("<none>", "<unknown>") else [cell]


def _external(
    kind: str | None, cell: str | None, cluster_ip: str | None
) -> tuple[list[str] | None, list[str] | None, str | None]:
    """What EXTERNAL-IP shows: external IPs, addresses of the load balancer, or an external name.

    Of a load balancer it mixes the first two (getServiceExternalIP in kubernetes/kubernetes
    pkg/printers/internalversion/printers.go); `<pending>` says that there are neither. Old clients cut the list: then
    nothing certain is left of it.
    """
    if not cell or cell == "<unknown>":
        return None, None, None
    if kind == "ExternalName":
        return [], [], cell
    try:
        shown, more = parse_addresses(cell)
    except ReadError:
        return None, None, None
    if kind == "LoadBalancer":
        return [] if cell == "<pending>" else None, shown if more == 0 else None, ""
    if kind is None:
        # Before 1.8 there was no TYPE: nothing tells whose addresses these are, unless there are none.
        known: list[str] | None = [] if cell == "<none>" and cluster_ip != "<none>" else None
        return known, known, None
    return shown if more == 0 else None, [], ""
