"""Dumps of proxy rules as frames."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from nodeportkit.frames import STRING
from nodeportkit.sources.proxy_rules.model import Destination, Dump, PortRules

__all__ = ["Rules", "rules_of"]

_NAME: Final = {"namespace": STRING, "service": STRING, "port_name": STRING, "protocol": STRING}
_ORIGIN: Final = {"family": STRING, "mode": STRING, "chain": STRING, "dump": "Int64"}
_ENDPOINTS: Final[dict[str, Any]] = {
    **_NAME,
    "address": STRING,
    "share": "Float64",
    "packets": "Int64",
    "bytes": "Int64",
    "policy": STRING,
    "connections": "Int64",
    "active": "Int64",
    "inactive": "Int64",
    **_ORIGIN,
}
_DESTINATIONS: Final[dict[str, Any]] = {
    **_NAME,
    "kind": STRING,
    "address": STRING,
    "port": "Int64",
    "verdict": STRING,
    "packets": "Int64",
    "bytes": "Int64",
    **_ORIGIN,
}
_PORTS: Final[dict[str, Any]] = {
    **_NAME,
    "internal_policy": STRING,
    "external_policy": STRING,
    "affinity_seconds": "Int64",
    "source_ranges": object,
    "health_check_port": "Int64",
    **_ORIGIN,
}
_KINDS: Final = ("cluster-ip", "external-ip", "load-balancer", "node-port", None)
_POLICIES: Final = ("Cluster", "Local", None)


@dataclass(frozen=True, slots=True, repr=False)
class Rules:
    """What kube-proxy's rules on a node say, as frames.

    In all frames `family` is IPv4 or IPv6, `mode` iptables, nftables or ipvs, `chain` what holds the rules of a service
    port together (the hash that its chains share, or a virtual server), and `dump` the number of the dump in the text,
    from 1. A cell is missing where the dump does not tell.

    Attributes
    ----------
    endpoints
        A row is an endpoint in one set of endpoints. `policy` names the set: `Cluster`, all that this node uses, or
        `Local`, those on the node, for traffic policy Local. `share` is its part of the new connections that come to the
        set, 0 to 1. `packets` and `bytes` are what the rules counted that lead from the set to the endpoint; in iptables
        mode they see the first packet of a connection only, so that packets are `connections`. ipvs shows all packets in,
        connections apart, and those open now (`active`) and closing (`inactive`).
    destinations
        A row is an address and port that the rules match. `verdict` is what becomes of a new connection of a client
        outside of the cluster: `FORWARD`, `DROP` (no endpoint on this node, and traffic policy Local) or `REJECT` (no
        endpoint at all). Node ports have no address: they are matched on the node's own. `kind` is missing where the dump
        does not tell: nftables does not tell external IPs from load balancer IPs, ipvs tells nothing.
    ports
        A row is a service port: its traffic policies, the seconds that a client stays with its endpoint (0 for none),
        the `source_ranges` of load balancer addresses, the health check node port.
    unread
        Lines that were not understood: line, text.
    """

    endpoints: pd.DataFrame
    destinations: pd.DataFrame
    ports: pd.DataFrame
    unread: pd.DataFrame

    def __repr__(self) -> str:
        modes = ", ".join(sorted(set(self.ports["mode"]) | set(self.endpoints["mode"]))) or "no service"
        return (
            f"Rules ({modes}): {len(self.ports)} service ports, {len(self.endpoints)} endpoints, "
            f"{len(self.destinations)} destinations, {len(self.unread)} lines unread"
        )


def rules_of(dumps: Sequence[Dump], unread: Iterable[tuple[int, str]] = ()) -> Rules:
    """The dumps as frames, service ports in alphabetical order."""
    listed = [(number, dump.mode, port) for number, dump in enumerate(dumps, 1) for port in dump.ports]
    listed.sort(key=lambda entry: _order(entry[2]))
    lines = pd.DataFrame(list(unread), columns=["line", "text"]).astype({"line": "Int64"})
    return Rules(endpoints=_endpoints(listed), destinations=_destinations(listed), ports=_ports(listed), unread=lines)


_Listed = Sequence[tuple[int, str, PortRules]]


def _order(port: PortRules) -> tuple[Any, ...]:
    return port.service is None, *(word or "" for word in (*port.name, port.family, port.chain))


def _frame(columns: dict[str, Any], rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    values = zip(*rows, strict=True) if rows else [()] * len(columns)
    data = {
        name: _lists(value) if dtype is object else pd.array(list(value), dtype=dtype)
        for (name, dtype), value in zip(columns.items(), values, strict=True)
    }
    return pd.DataFrame(data, columns=list(columns))


def _lists(values: Sequence[Any]) -> Any:
    return np.fromiter(values, dtype=object, count=len(values))


def _origin(number: int, mode: str, port: PortRules) -> tuple[Any, ...]:
    return port.family, mode, port.chain, number


def _endpoints(listed: _Listed) -> pd.DataFrame:
    rows = []
    for number, mode, port in listed:
        name, origin = port.name, _origin(number, mode, port)
        for policy in sorted(port.targets, key=_POLICIES.index):
            for target in port.targets[policy]:
                packets, octets = target.counter or (None, None)
                connections = packets if mode == "iptables" else target.connections
                rows.append(
                    (
                        *(*name, target.address, target.share, packets, octets, policy),
                        *(connections, target.active, target.inactive, *origin),
                    )
                )
    return _frame(_ENDPOINTS, rows)


def _destinations(listed: _Listed) -> pd.DataFrame:
    rows = []
    for number, mode, port in listed:
        name, origin = port.name, _origin(number, mode, port)
        for destination in sorted(port.destinations.values(), key=_destination_order):
            count = destination.counter or (None, None)
            kind, address = destination.kind, destination.address
            rows.append((*name, kind, address, destination.port, destination.verdict, *count, *origin))
    return _frame(_DESTINATIONS, rows)


def _destination_order(destination: Destination) -> tuple[int, str, int]:
    return _KINDS.index(destination.kind), destination.address or "", destination.port


def _ports(listed: _Listed) -> pd.DataFrame:
    rows = []
    for number, mode, port in listed:
        policies = port.internal_policy, port.external_policy
        more = port.affinity, port.source_ranges, port.health_check_port
        rows.append((*port.name, *policies, *more, *_origin(number, mode, port)))
    return _frame(_PORTS, rows)
