"""A service port as the kube-proxy of one node sees it, with its destinations and endpoints.

One truth for the packet's way (`trace`), its shares, and the rules that are printed. kubernetes/kubernetes
pkg/proxy/serviceport.go (`newBaseServiceInfo`).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

__all__ = [
    "PORT",
    "SERVICE",
    "Endpoint",
    "Family",
    "ServicePort",
    "canonical",
    "cluster_ips",
    "family_of",
    "without_endpoints",
]

Family = Literal["IPv4", "IPv6"]
# The columns of services and ports that kube-proxy reads.
SERVICE: Final = (
    "namespace",
    "name",
    "type",
    "cluster_ips",
    "external_ips",
    "load_balancer_ips",
    "load_balancer_ip_modes",
    "load_balancer_source_ranges",
    "external_traffic_policy",
    "internal_traffic_policy",
    "session_affinity",
    "affinity_timeout",
    "health_check_node_port",
)
PORT: Final = ("namespace", "service", "port_name", "protocol", "port", "node_port")
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
    ready_here
        How many ready endpoints are on this node: what the health check node port tells.
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
    ready_here: int = 0

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
    return 0 if value is None else int(value)


def cluster_ips(service: Mapping[str, Any], family: Family) -> list[str]:
    """The addresses of a service in a family, as it has them; none of headless and ExternalName services."""
    if _text(service["type"]) == "ExternalName":
        return []
    return [ip for ip in _list(service["cluster_ips"]) if ip not in ("None", "") and family_of(ip) == family]


def _canonical(addresses: Iterable[str], family: Family) -> tuple[str, ...]:
    """The addresses or ranges of the family in canonical form: leading zeros are decimal, blanks do not count."""
    return tuple(canonical(text.strip()) for text in addresses if text.strip() and family_of(text) == family)


def canonical(text: str) -> str:
    """An address or a range as kube-proxy writes it, leading zeros taken for decimal; other text as it is.

    Examples
    --------
    >>> canonical("10.0.0.010"), canonical("fd00:0::1")
    ('10.0.0.10', 'fd00::1')
    """
    address, slash, bits = text.partition("/")
    if "." in address and ":" not in address:
        address = ".".join(part.lstrip("0") or "0" for part in address.split("."))
    try:
        if slash:
            return str(ipaddress.ip_network(f"{address}/{bits.lstrip('0') or '0'}", strict=False))
        return str(ipaddress.ip_address(address))
    except ValueError:
        return text


def _load_balancer_ips(service: Mapping[str, Any]) -> Iterator[str]:
    """The load balancer addresses that get a rule: no host names, and none with ipMode Proxy (KEP-1860)."""
    addresses = _list(service["load_balancer_ips"])
    modes = _list(service["load_balancer_ip_modes"]) or [""] * len(addresses)
    for address, mode in zip(addresses, modes, strict=False):
        if mode != "Proxy" and address and (":" in address or address.replace(".", "").isdigit()):
            yield address


def without_endpoints(service: Mapping[str, Any], port: Mapping[str, Any], family: Family) -> ServicePort:
    """A port of a service, from the columns `SERVICE` and `PORT` of its rows, as it is before endpoints are looked at."""
    sticky = _text(service["session_affinity"]) == "ClientIP"
    return ServicePort(
        namespace=port["namespace"],
        service=port["service"],
        port_name=_text(port["port_name"]),
        protocol=_text(port["protocol"]) or "TCP",
        port=int(port["port"]),
        family=family,
        cluster_ip=cluster_ips(service, family)[0],
        node_port=_number(port["node_port"]),
        external_ips=_canonical(_list(service["external_ips"]), family),
        load_balancer_ips=_canonical(_load_balancer_ips(service), family),
        source_ranges=_canonical(_list(service["load_balancer_source_ranges"]), family),
        internal_local=_text(service["internal_traffic_policy"]) == "Local",
        external_local=_text(service["external_traffic_policy"]) == "Local",
        affinity_seconds=(_number(service["affinity_timeout"]) or _DEFAULT_AFFINITY_SECONDS) if sticky else 0,
        health_check_node_port=_number(service["health_check_node_port"]),
    )
