"""What the kube-proxy of one node makes of services and endpoints: every service port with its destinations and endpoints.

One truth for the packet's way (`trace`), its shares, and the rules that are printed. kubernetes/kubernetes
pkg/proxy/serviceport.go (`newBaseServiceInfo`), pkg/proxy/endpointslicecache.go and pkg/proxy/topology.go.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import pandas as pd

from nodeportkit.kube.routing import Conditions, Places, Policy, conditions, places, usable

__all__ = ["Endpoint", "Family", "ServicePort", "family_of", "merged", "service_ports"]

Family = Literal["IPv4", "IPv6"]
_DEFAULT_AFFINITY_SECONDS: Final = 10800


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a packet can be sent to: an address and port, and what stands behind it."""

    address: str
    port: int
    node: str | None = None
    pod: str | None = None
    local: bool = False

    def __str__(self) -> str:
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


@dataclass(frozen=True, slots=True)
class ServicePort:
    """A port of a service in one IP family, as the kube-proxy of one node sees it.

    Attributes
    ----------
    namespace, service, port_name, protocol, port
        Which service port it is; `port_name` is "" for an unnamed one, `protocol` upper case.
    node_port
        0 for none.
    cluster_ip, external_ips, load_balancer_ips
        Its addresses of this family. Load balancer addresses without a rule (ipMode Proxy, host names) are left out.
    source_ranges
        The clients that its load balancer addresses admit; () for all.
    internal_local, external_local
        Whether the internal and the external traffic policy is Local.
    affinity_seconds
        How long a client stays with its endpoint; 0 without session affinity.
    health_check_node_port
        0 for none.
    cluster, local
        The endpoints that take new connections under policy Cluster and under policy Local, on this node.
    any_endpoint
        Whether any endpoint anywhere could take a connection: if not, connections are rejected, not dropped.
    endpoints
        How many endpoints it has in all, whether they take connections or not.
    """

    namespace: str
    service: str
    port_name: str
    protocol: str
    port: int
    family: Family
    cluster_ip: str
    node_port: int = 0
    external_ips: tuple[str, ...] = ()
    load_balancer_ips: tuple[str, ...] = ()
    source_ranges: tuple[str, ...] = ()
    internal_local: bool = False
    external_local: bool = False
    affinity_seconds: int = 0
    health_check_node_port: int = 0
    cluster: tuple[Endpoint, ...] = ()
    local: tuple[Endpoint, ...] = ()
    any_endpoint: bool = False
    endpoints: int = 0

    @property
    def name(self) -> str:
        """`namespace/service`, and `:port_name` where the port has one: how kube-proxy names it."""
        return f"{self.namespace}/{self.service}" + (f":{self.port_name}" if self.port_name else "")

    @property
    def externally_accessible(self) -> bool:
        """Whether it has a destination outside the cluster: a node port, an external IP or a load balancer address."""
        return bool(self.node_port or self.external_ips or self.load_balancer_ips)

    @property
    def uses_cluster(self) -> bool:
        """Whether connections can be sent to the endpoints of policy Cluster."""
        return not self.internal_local or self.externally_accessible

    @property
    def uses_local(self) -> bool:
        """Whether connections can be sent to the endpoints of policy Local."""
        return self.internal_local or (self.external_local and self.externally_accessible)


def service_ports(
    services: pd.DataFrame, ports: pd.DataFrame, endpoints: pd.DataFrame, *, node: str, zone: str | None, family: Family
) -> list[ServicePort]:
    """Every service port of an IP family as the kube-proxy of a node sees it, in the order of the frames.

    Headless services, ExternalName services, and those without an address of the family have none.

    Parameters
    ----------
    services, ports, endpoints
        Frames of these schemas.
    node, zone
        The node, and its zone label; None for none.
    family
        `IPv4` or `IPv6`.

    Examples
    --------
    >>> from nodeportkit.frames import conform, empty
    >>> services = conform(
    ...     "services",
    ...     {"namespace": ["shop"], "name": ["web"], "type": ["NodePort"], "cluster_ips": [["10.96.0.9"]]},
    ... )
    >>> ports = conform(
    ...     "ports",
    ...     {"namespace": ["shop"], "service": ["web"], "protocol": ["TCP"], "port": [80], "node_port": [30080]},
    ... )
    >>> [found] = service_ports(services, ports, empty("endpoints"), node="node-1", zone=None, family="IPv4")
    >>> found.name, found.cluster_ip, found.port, found.node_port, found.any_endpoint
    ('shop/web', '10.96.0.9', 80, 30080, False)
    """
    by_service: dict[Any, Any] = {(s["namespace"], s["name"]): s for s in services.to_dict("records")}
    of_port = _EndpointsByPort(endpoints, family, node)
    here = places(pd.DataFrame({"name": [node], "zone": [zone]}))
    found = []
    for row in ports.to_dict("records"):
        service = by_service.get((row["namespace"], row["service"]))
        if service is None or not (addresses := _cluster_ips(service, family)):
            continue
        if pd.isna(row["port"]):
            continue
        key = (row["namespace"], row["service"], _text(row["port_name"]), _text(row["protocol"]) or "TCP")
        plain = _without_endpoints(service, row, addresses[0], family)
        found.append(of_port.fill(plain, key, here))
    return found


def merged(endpoints: pd.DataFrame, family: Family) -> pd.DataFrame:
    """The endpoints of an IP family, an address and port of a service port once, as kube-proxy merges and sorts them.

    Columns added: `_name` and `_protocol`, those of the service port that an endpoint belongs to, and `_text`, its
    `ip:port`.
    """
    address = endpoints["address"]
    wanted = address.notna() & endpoints["port"].notna()
    wanted &= address.str.contains(":", regex=False).fillna(False) == (family == "IPv6")
    rows = endpoints[wanted.to_numpy(dtype=bool)]
    names = rows["port_name"].fillna("").astype(object)
    protocols = rows["protocol"].fillna("TCP").astype(object)
    bracketed = "[" + rows["address"] + "]" if family == "IPv6" else rows["address"]
    rows = rows.assign(_name=names, _protocol=protocols, _text=bracketed + ":" + rows["port"].astype(str))
    key = ["namespace", "service", "_name", "_protocol"]
    return rows.drop_duplicates([*key, "_text"]).sort_values("_text", kind="stable")


def family_of(address: str) -> Family:
    """The family of an address or a range.

    Examples
    --------
    >>> family_of("fd00::1"), family_of("10.0.0.0/8")
    ('IPv6', 'IPv4')
    """
    return "IPv6" if ":" in address else "IPv4"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[str]:
    return list(value) if isinstance(value, list | tuple) else []


def _number(value: Any) -> int:
    return 0 if pd.isna(value) else int(value)


def _cluster_ips(service: Mapping[Any, Any], family: Family) -> list[str]:
    if _text(service["type"]) == "ExternalName":
        return []
    return [ip for ip in _list(service["cluster_ips"]) if ip not in ("None", "") and family_of(ip) == family]


def _canonical(addresses: Iterable[str], family: Family) -> tuple[str, ...]:
    """The addresses or ranges of the family in canonical form: leading zeros are decimal, blanks do not count."""
    return tuple(_plain(text.strip()) for text in addresses if text.strip() and family_of(text) == family)


def _plain(text: str) -> str:
    address, slash, bits = text.partition("/")
    if "." in address and ":" not in address:
        address = ".".join(part.lstrip("0") or "0" for part in address.split("."))
    try:
        if slash:
            return str(ipaddress.ip_network(f"{address}/{bits.lstrip('0') or '0'}", strict=False))
        return str(ipaddress.ip_address(address))
    except ValueError:
        return text


def _load_balancer_ips(service: Mapping[Any, Any]) -> Iterator[str]:
    """The load balancer addresses that get a rule: no host names, and none with ipMode Proxy (KEP-1860)."""
    addresses = _list(service["load_balancer_ips"])
    modes = _list(service["load_balancer_ip_modes"]) or [""] * len(addresses)
    for address, mode in zip(addresses, modes, strict=False):
        if mode != "Proxy" and address and (":" in address or address.replace(".", "").isdigit()):
            yield address


def _without_endpoints(
    service: Mapping[Any, Any], port: Mapping[Any, Any], cluster_ip: str, family: Family
) -> ServicePort:
    sticky = _text(service["session_affinity"]) == "ClientIP"
    return ServicePort(
        namespace=port["namespace"],
        service=port["service"],
        port_name=_text(port["port_name"]),
        protocol=_text(port["protocol"]) or "TCP",
        port=int(port["port"]),
        family=family,
        cluster_ip=cluster_ip,
        node_port=_number(port["node_port"]),
        external_ips=_canonical(_list(service["external_ips"]), family),
        load_balancer_ips=_canonical(_load_balancer_ips(service), family),
        source_ranges=_canonical(_list(service["load_balancer_source_ranges"]), family),
        internal_local=_text(service["internal_traffic_policy"]) == "Local",
        external_local=_text(service["external_traffic_policy"]) == "Local",
        affinity_seconds=(_number(service["affinity_timeout"]) or _DEFAULT_AFFINITY_SECONDS) if sticky else 0,
        health_check_node_port=_number(service["health_check_node_port"]),
    )


class _EndpointsByPort:
    """The endpoints of each service port, an address and port once, in the order in which kube-proxy sorts them."""

    def __init__(self, endpoints: pd.DataFrame, family: Family, node: str) -> None:
        rows = merged(endpoints, family)
        key = ["namespace", "service", "_name", "_protocol"]
        self._rows: dict[Any, Any] = dict(rows.groupby(key, sort=False).indices) if len(rows) else {}
        self._conditions: Conditions = conditions(rows)
        self._endpoints = [
            Endpoint(address, int(port), _text(on) or None, _text(pod) or None, isinstance(on, str) and on == node)
            for address, port, on, pod in zip(rows["address"], rows["port"], rows["node"], rows["pod"], strict=True)
        ]

    def fill(self, plain: ServicePort, key: tuple[str, str, str, str], here: Places) -> ServicePort:
        """The service port with its endpoints."""
        rows = self._rows.get(key)
        if rows is None:
            return plain
        known = self._conditions.take(rows)

        def chosen(policy: Policy) -> tuple[Endpoint, ...]:
            return tuple(self._endpoints[row] for row in rows[usable(known, here, policy)[0]])

        return replace(
            plain,
            cluster=chosen("Cluster") if plain.uses_cluster else (),
            local=chosen("Local") if plain.uses_local else (),
            # Hints and nodes only choose among these: they never leave none.
            any_endpoint=bool(known.ready.any() or known.leaving.any()),
            endpoints=len(rows),
        )
