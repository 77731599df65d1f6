"""The spreads of the ports of one service, from a cluster: what `shares` shows and `simulate` draws from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, cast, get_args

import numpy as np

from nodeportkit.chains.paths import select_port
from nodeportkit.cluster import Cluster
from nodeportkit.errors import NodePortKitError
from nodeportkit.kube.columns import cell_lists, rows_of
from nodeportkit.kube.packets import Mode
from nodeportkit.kube.port_endpoints import EndpointColumns, PortEndpoints
from nodeportkit.kube.service_catalog import ServiceCatalog
from nodeportkit.kube.service_ports import PORT, SERVICE, Family, ServicePort, family_of
from nodeportkit.traffic.asking import Asking, Destination, Source
from nodeportkit.traffic.entry import Entry, entry_rows
from nodeportkit.traffic.seen_by import NODE
from nodeportkit.traffic.spread import Spread, spread_over

__all__ = ["service_spreads"]

# The cluster IP of a service that has none yet, as in a manifest (RFC 5737, RFC 3849).
_CLUSTER_IP: Final[dict[Family, str]] = {"IPv4": "192.0.2.10", "IPv6": "2001:db8:fffd::10"}


def service_spreads(
    cluster: Cluster,
    service: str,
    port: int | str | None,
    *,
    entry: Entry,
    source: Source | None,
    destination: Destination | None,
    family: Family | None,
    mode: str | None,
) -> list[Spread]:
    """The spread of each port of a service; parameters and errors as for `shares`."""
    namespace, name = cluster.key(service)
    at = rows_of(cluster.services, namespace=namespace, name=name)[:1]
    [row] = cell_lists(cluster.services, (*SERVICE, "traffic_distribution"), at)
    ports = cluster.ports.take(rows_of(cluster.ports, namespace=namespace, service=name))
    rows = cell_lists(select_port(ports, port, service), PORT)
    columns = EndpointColumns(cluster.endpoints, rows_of(cluster.endpoints, namespace=namespace, service=name))
    nodes = cell_lists(cluster.nodes, NODE)
    if nodes or entry is not None:
        at, weight = entry_rows(nodes, entry)
        nodes = [nodes[row] for row in at]
    else:  # connections enter at a node that was not shown
        nodes, weight = [dict.fromkeys(NODE)], np.ones(1)
    chosen = _mode(mode or cluster.proxy.mode or "iptables")
    row, family = _with_address(row, columns.first_address, service, family)
    catalog = ServiceCatalog([row], rows, columns, family)
    if not catalog.plain:
        raise NodePortKitError(f"kube-proxy has no {family} rules for service {service!r}: no port of it is known")
    spreads = []
    for plain in catalog.plain:
        sp = catalog.filled(plain, str(nodes[0]["name"]), nodes[0]["zone"])
        ends = catalog.endpoints(plain)
        _require_endpoints(ends, row, service)
        kind = _dialled(sp, source, destination)
        asking = Asking(sp, source or _usual_source(sp), kind, cluster.proxy, chosen)
        spread = spread_over(ends, sp, nodes, weight, asking)
        word = "internal" if kind == "cluster-ip" else "external"
        if row[f"{word}_traffic_policy"] is None:
            other = spread_over(ends, sp, nodes, weight, asking.under_local())
            spread = _either(spread, other, f"{word}TrafficPolicy", service)
        # In ipvs mode a node without an endpoint of its own turns to others, so that nothing shows that Local counts.
        under_local = spread.under_local or (
            chosen == "ipvs" and (sp.internal_local if word == "internal" else sp.external_local)
        )
        if under_local and (None in ends.node or any(node["name"] is None for node in nodes)):
            raise NodePortKitError(
                f"traffic policy Local counts for {service!r}, but not every node was shown",
                hint="Add what `kubectl get pods -o wide` and `kubectl get nodes -o wide` print.",
            )
        spreads.append(spread)
    return spreads


def _mode(mode: str) -> Mode:
    if mode not in get_args(Mode):
        raise NodePortKitError(
            f"no shares are known for mode {mode!r}", hint=f"Give one of {', '.join(get_args(Mode))}."
        )
    return cast(Mode, mode)


def _with_address(
    row: dict[str, Any], address: str | None, service: str, family: Family | None
) -> tuple[dict[str, Any], Family]:
    """The service with a cluster IP, and the IP family asked for, or else that of its first cluster IP or endpoint."""
    if row["type"] == "ExternalName":
        raise NodePortKitError(
            f"service {service!r} is of type ExternalName: a name for DNS, and kube-proxy sends nothing anywhere",
            hint="Ask about a service of another type.",
        )
    if ips := row["cluster_ips"]:
        if ips[0] == "None":
            raise NodePortKitError(
                f"service {service!r} is headless: clients choose a pod from DNS themselves, not kube-proxy",
                hint="Ask about a service with a cluster IP.",
            )
        families = [family_of(ip) for ip in ips]
        if family is not None and family not in families:
            raise NodePortKitError(
                f"service {service!r} has no {family} address", hint=f"Give {' or '.join(families)}."
            )
        return row, family or families[0]
    family = family or (family_of(address) if address else "IPv4")
    return row | {"cluster_ips": [_CLUSTER_IP[family]]}, family


def _usual_source(sp: ServicePort) -> Source:
    return "outside" if sp.externally_accessible else "pod"


def _dialled(sp: ServicePort, source: Source | None, destination: Destination | None) -> Destination:
    if source is not None and source not in get_args(Source):
        raise NodePortKitError(f"there is no source {source!r}", hint=f"Give one of {', '.join(get_args(Source))}.")
    has: dict[Destination, bool] = {
        "node-port": bool(sp.node_port),
        "external-ip": bool(sp.external_ips),
        "load-balancer": bool(sp.load_balancer_ips),
        "cluster-ip": True,
    }
    if destination is not None:
        if destination not in has:
            raise NodePortKitError(f"there is no destination {destination!r}", hint=f"Give one of {', '.join(has)}.")
        if not has[destination]:
            known = ", ".join(kind for kind, there in has.items() if there)
            raise NodePortKitError(f"{sp.name} has no {destination}", hint=f"It has: {known}.")
        return destination
    if (source or _usual_source(sp)) == "pod":
        return "cluster-ip"
    found = next(kind for kind, there in has.items() if there)
    if found == "cluster-ip" and source == "outside":
        raise NodePortKitError(
            f"{sp.name} has no node port, external IP or load balancer address: clients outside do not reach it",
            hint='Ask with source="pod" for connections to its cluster IP.',
        )
    return found


def _require_endpoints(ends: PortEndpoints, row: dict[str, Any], service: str) -> None:
    """What was not shown of endpoints is not guessed."""
    if not ends.ready_shown.all():
        first = int(np.argmin(ends.ready_shown))
        raise NodePortKitError(
            f"whether {ends.pod[first] or ends.text[first]} is ready was not shown,"
            f" so the shares of {service!r} are not known",
            hint="Add what `kubectl get pods -o wide` prints, or the EndpointSlices as YAML.",
        )
    if row["traffic_distribution"] is not None and not ends.hints_shown.all():
        raise NodePortKitError(
            f"service {service!r} has trafficDistribution, but the hints of its endpoints were not shown",
            hint="Add what `kubectl get endpointslices -o yaml` prints.",
        )


def _either(cluster: Spread, local: Spread, policy: str, service: str) -> Spread:
    """What holds under policy Cluster and under policy Local: the policy itself was not shown."""
    if not cluster.goes_as(local) or None in local.endpoints.node:
        raise NodePortKitError(
            f"the {policy} of {service!r} was not shown, and the shares depend on it",
            hint=f"Add what `kubectl get service {service.rpartition('/')[2]} -o yaml` prints.",
        )
    answers = tuple(
        one if one.masquerade == other.masquerade else replace(one, masquerade=None)
        for one, other in zip(cluster.answer, local.answer, strict=True)
    )
    return replace(cluster, answer=answers)
