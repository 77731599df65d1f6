"""The node that rules are written for: its addresses, and what its kube-proxy's settings come to in one IP family.

kubernetes/kubernetes cmd/kube-proxy/app/server_linux.go and pkg/proxy/util/nodeport_addresses.go.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final

from nodeportkit.errors import NodePortKitError
from nodeportkit.kube.proxy_config import ProxyConfig
from nodeportkit.kube.service_ports import Endpoint, Family, ServicePort, family_of

__all__ = ["MARK", "FamilyNode", "has_external", "has_internal", "reachable"]

MARK: Final = "0x4000"
_LOOPBACK: Final[dict[Family, str]] = {"IPv4": "127.0.0.1", "IPv6": "::1"}


@dataclass(frozen=True, slots=True)
class FamilyNode:
    """A node as its own kube-proxy sees it, in one IP family.

    Attributes
    ----------
    family
        The IP family.
    primary
        Its address as the Node object has it; "" for none in this family.
    addresses
        The addresses of its interfaces in this family, without the loopback address.
    config
        How its kube-proxy is set up.
    """

    family: Family
    primary: str
    addresses: tuple[str, ...]
    config: ProxyConfig

    @property
    def pod_range(self) -> str | None:
        """The range that tells pods from other clients; None if kube-proxy was given none."""
        ranges = [cidr for cidr in self.config.cluster_cidrs if family_of(cidr) == self.family]
        if len(ranges) > 1:
            raise NodePortKitError(
                f"kube-proxy takes one cluster CIDR of each family; here are {', '.join(ranges)}",
                hint="Give ProxyConfig the one that covers the pods of all nodes.",
            )
        return ranges[0] if ranges else None

    @property
    def service_ranges(self) -> tuple[str, ...]:
        """The ranges of cluster IPs."""
        return tuple(cidr for cidr in self.config.service_cidrs if family_of(cidr) == self.family)

    def within(self, ranges: tuple[str, ...]) -> bool:
        """Whether the primary address is in one of the ranges."""
        return bool(self.primary) and any(_covers(cidr, self.primary) for cidr in ranges)

    def node_port_addresses(self, *, unset: str) -> tuple[str, ...] | None:
        """The addresses that answer on node ports; None for every local one.

        `unset` is what the mode takes if nothing is set: `all` or `primary`. The loopback address is among them if
        it was asked for. Ranges of the other family only count as none: then every local address answers.
        """
        wanted = self.config.nodeport_addresses
        if wanted == ("primary",) or (not wanted and unset == "primary"):
            return tuple(ip for ip in self.addresses if ip == self.primary)
        ranges = [ipaddress.ip_network(cidr, strict=False) for cidr in wanted if family_of(cidr) == self.family]
        if not ranges or any(cidr.prefixlen == 0 for cidr in ranges):
            return None
        local = dict.fromkeys([_LOOPBACK[self.family], *self.addresses])
        return tuple(ip for ip in local if any(ipaddress.ip_address(ip) in cidr for cidr in ranges))


def has_internal(port: ServicePort) -> bool:
    """Whether packets to the cluster IP find an endpoint, from this node."""
    return port.any_endpoint and (bool(port.local) or not port.internal_local)


def has_external(port: ServicePort) -> bool:
    """Whether packets of an outside client find an endpoint, from this node."""
    return port.any_endpoint and (bool(port.local) or not port.external_local)


def reachable(port: ServicePort) -> tuple[Endpoint, ...]:
    """Every endpoint that some packet can be sent to from this node, each once."""
    if not port.local or not port.cluster:
        return port.cluster or port.local
    return tuple({str(e): e for e in (*port.cluster, *port.local)}.values())


def _covers(cidr: str, address: str) -> bool:
    return ipaddress.ip_address(address) in ipaddress.ip_network(cidr, strict=False)
