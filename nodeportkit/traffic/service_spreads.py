"""The spreads of the ports of one service, from a cluster: what `shares` shows and `simulate` draws from."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, cast, get_args

import pandas as pd

from nodeportkit.chains.paths import select_port
from nodeportkit.cluster import Cluster
from nodeportkit.errors import NodePortKitError
from nodeportkit.kube.packets import Mode
from nodeportkit.kube.service_ports import Family, ServicePort, family_of, service_ports
from nodeportkit.traffic.asking import Asking, Destination, Source
from nodeportkit.traffic.entry import Entry, entry_nodes
from nodeportkit.traffic.spread import Spread, endpoints_of, spread_over

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
    row = _of(cluster.services, "name", namespace, name)
    ports = select_port(_of(cluster.ports, "service", namespace, name), port, service)
    endpoints = _of(cluster.endpoints, "service", namespace, name)
    nodes, weight = entry_nodes(cluster.nodes, entry)
    chosen = _mode(mode or cluster.proxy.mode or "iptables")
    row, family = _with_address(row, endpoints, service, family)
    first = nodes.iloc[0]
    found = service_ports(
        row,
        ports,
        endpoints,
        node=str(first["name"]),
        zone=first["zone"] if isinstance(first["zone"], str) else None,
        family=family,
    )
    if not found:
        raise NodePortKitError(f"kube-proxy has no {family} rules for service {service!r}: no port of it is known")
    spreads = []
    for sp in found:
        ends = endpoints_of(endpoints, sp)
        _require_endpoints(ends, row, service)
        kind = _dialled(sp, source, destination)
        asking = Asking(sp, source or _usual_source(sp), kind, cluster.proxy, chosen)
        spread = spread_over(ends, sp, nodes, weight, asking)
        word = "internal" if kind == "cluster-ip" else "external"
        if pd.isna(row[f"{word}_traffic_policy"].iloc[0]):
            other = spread_over(ends, sp, nodes, weight, asking.under_local())
            spread = _either(spread, other, f"{word}TrafficPolicy", service)
        if spread.under_local and (ends["node"].isna().any() or nodes["name"].isna().any()):
            raise NodePortKitError(
                f"traffic policy Local counts for {service!r}, but not every node was shown",
                hint="Add what `kubectl get pods -o wide` and `kubectl get nodes -o wide` print.",
            )
        spreads.append(spread)
    return spreads


def _of(frame: pd.DataFrame, column: str, namespace: str, name: str) -> pd.DataFrame:
    mine = frame["namespace"].eq(namespace) & frame[column].eq(name)
    return frame[mine.fillna(False).to_numpy(dtype=bool)].reset_index(drop=True)


def _mode(mode: str) -> Mode:
    if mode not in get_args(Mode):
        raise NodePortKitError(f"no shares are known for mode {mode!r}", hint="Give iptables or nftables.")
    return cast(Mode, mode)


def _with_address(
    row: pd.DataFrame, endpoints: pd.DataFrame, service: str, family: Family | None
) -> tuple[pd.DataFrame, Family]:
    """The service with a cluster IP, and the IP family asked for, or else that of its first cluster IP."""
    kind, ips = row["type"].iloc[0], row["cluster_ips"].iloc[0]
    if pd.notna(kind) and kind == "ExternalName":
        raise NodePortKitError(
            f"service {service!r} is of type ExternalName: a name for DNS, and kube-proxy sends nothing anywhere",
            hint="Ask about a service of another type.",
        )
    if isinstance(ips, list) and ips:
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
    address = endpoints["address"].dropna()
    family = family or (family_of(address.iloc[0]) if len(address) else "IPv4")
    return row.assign(cluster_ips=pd.Series([[_CLUSTER_IP[family]]], dtype=object)), family


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


def _require_endpoints(ends: pd.DataFrame, row: pd.DataFrame, service: str) -> None:
    """What was not shown of endpoints is not guessed."""
    unknown = ends[ends["ready"].isna().to_numpy(dtype=bool)]
    if len(unknown):
        what = unknown["pod"].fillna(unknown["_text"]).iloc[0]
        raise NodePortKitError(
            f"whether {what} is ready was not shown, so the shares of {service!r} are not known",
            hint="Add what `kubectl get pods -o wide` prints, or the EndpointSlices as YAML.",
        )
    if pd.notna(row["traffic_distribution"].iloc[0]) and ends["hints"].isna().any():
        raise NodePortKitError(
            f"service {service!r} has trafficDistribution, but the hints of its endpoints were not shown",
            hint="Add what `kubectl get endpointslices -o yaml` prints.",
        )


def _either(cluster: Spread, local: Spread, policy: str, service: str) -> Spread:
    """What holds under policy Cluster and under policy Local: the policy itself was not shown."""
    if not cluster.goes_as(local) or local.endpoints["node"].isna().any():
        raise NodePortKitError(
            f"the {policy} of {service!r} was not shown, and the shares depend on it",
            hint=f"Add what `kubectl get service {service.rpartition('/')[2]} -o yaml` prints.",
        )
    answers = tuple(
        one if one.masquerade == other.masquerade else replace(one, masquerade=None)
        for one, other in zip(cluster.answer, local.answer, strict=True)
    )
    return replace(cluster, answer=answers)
