"""What a packet is addressed to: a cluster IP, an external IP, a load balancer's address, a node port, or nothing of these."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from nodeportkit.kube.packets.model import Packet, Verdict, within
from nodeportkit.kube.rules.node import FamilyNode, has_external
from nodeportkit.kube.service_catalog import Claims, Kind, ServiceView
from nodeportkit.kube.service_ports import ServicePort

__all__ = ["Hit", "Kind", "accepts_node_ports", "claims_of", "find_destination", "is_local"]


@dataclass(frozen=True, slots=True)
class Hit:
    """What a packet is addressed to, and how that was found.

    Attributes
    ----------
    kind
        Which of the service port's destinations it is.
    reason
        Why, in words.
    service_port
        The service port; None if none has this destination.
    verdict
        What becomes of the packet if no service port handles it, be it that one has its number.
    """

    kind: Kind | None
    reason: str
    service_port: ServicePort | None = None
    verdict: Verdict = "UNHANDLED"


def claims_of(service_ports: Sequence[ServicePort]) -> Claims:
    """Which of them has which destination."""
    return service_ports.claims if isinstance(service_ports, ServiceView) else Claims(service_ports)


def find_destination(
    packet: Packet, service_ports: Sequence[ServicePort], claims: Claims, node: FamilyNode, mode: str
) -> Hit:
    """Find what a packet is addressed to; addresses of services come before node ports."""
    target = str(ipaddress.ip_address(packet.destination))
    if found := claims.addresses.get((packet.protocol, packet.port, target)):
        kind, address, position = found
        sp = service_ports[position]
        return Hit(kind, f"{address} is its {_WORDS[kind]}, and {sp.port}/{sp.protocol} its port", sp)
    accepted, why = accepts_node_ports(packet.destination, node, mode)
    at = claims.node_ports.get((packet.protocol, packet.port))
    claimed = None if at is None else service_ports[at]
    if accepted and claimed:
        return Hit("node-port", f"{why}, and {claimed.node_port}/{claimed.protocol} its node port", claimed)
    if told := _health_check(packet, service_ports, claims, node, mode):
        return Hit(None, told)
    if accepted:
        return Hit(None, f"{why}, but {packet.port}/{packet.protocol} is no service's node port")
    if claimed and mode == "iptables" and is_local(packet.destination, node) and not has_external(claimed):
        # These rules match every local address (`--dst-type LOCAL`), whatever --nodeport-addresses says.
        verdict: Verdict = "DROP" if claimed.any_endpoint else "REJECT"
        return Hit("node-port", why, claimed, verdict)
    if mode == "ipvs" and target in claims.service_ips and not is_local(target, node):
        reason = f"{packet.destination} is a service's address, but {packet.port}/{packet.protocol} none of its ports"
        return Hit(None, reason, verdict="REJECT")
    return _cluster_ip_checks(packet, claims, node, mode, why)


_WORDS = {"cluster-ip": "cluster IP", "external-ip": "external IP", "load-balancer": "load balancer's address"}


def _health_check(
    packet: Packet, service_ports: Sequence[ServicePort], claims: Claims, node: FamilyNode, mode: str
) -> str:
    """What the health check node port answers, in words; "" if the packet is for none.

    kubernetes/kubernetes pkg/proxy/healthcheck/service_health.go: a server of kube-proxy itself, on the addresses that serve
    node ports. It counts ready endpoints on the node, not terminating ones.
    """
    at = claims.health_checks.get(packet.port) if packet.protocol == "TCP" else None
    served = node.node_port_addresses(unset="primary" if mode == "nftables" else "all")
    if at is None or not (packet.destination in served if served is not None else is_local(packet.destination, node)):
        return ""
    sp = service_ports[at]
    count = sp.ready_here
    says = f"{200 if count else 503}: {count} ready endpoint{'' if count == 1 else 's'} on this node"
    return (
        f"{packet.port}/TCP is the health check node port of {sp.namespace}/{sp.service}, where kube-proxy says {says}"
    )


def is_local(address: str, node: FamilyNode) -> bool:
    """Tell whether an address is one of the node's own, loopback among them."""
    return address in node.addresses or ipaddress.ip_address(address).is_loopback


def accepts_node_ports(address: str, node: FamilyNode, mode: str) -> tuple[bool, str]:
    """Tell whether an address answers on node ports, and why.

    Every address of the node in iptables and ipvs mode, its primary one in nftables mode; with `--nodeport-addresses`,
    those within its ranges. 127.0.0.0/8 only in iptables mode and only as long as `--iptables-localhost-nodeports` is on; ::1
    never.

    Returns
    -------
    tuple of bool and str
        The answer, and the reason in words.
    """
    if not is_local(address, node):
        return False, f"{address} is no address of this node"
    served = node.node_port_addresses(unset="primary" if mode == "nftables" else "all")
    if address not in node.addresses and ipaddress.ip_address(address).is_loopback:
        return _loopback(address, served, node, mode)
    if served is None:
        return True, f"{address} is an address of this node"
    if address in served:
        return True, f"{address} is an address of this node that serves node ports"
    if node.config.nodeport_addresses:
        return False, f"{address} is an address of this node, but outside --nodeport-addresses"
    return (
        False,
        f"{address} is not the primary address of this node, and in {mode} mode only that one serves node ports",
    )


def _loopback(address: str, served: tuple[str, ...] | None, node: FamilyNode, mode: str) -> tuple[bool, str]:
    if mode != "iptables":
        return False, f"{mode} mode serves no node ports on loopback addresses"
    if ":" in address:
        return False, "no mode serves node ports on ::1"
    if not node.config.localhost_nodeports:
        return False, "--iptables-localhost-nodeports is off, so loopback addresses serve no node ports"
    if served is not None and address not in served:
        return False, f"{address} is outside --nodeport-addresses"
    return True, f"{address} is a loopback address, and localhost node ports are on"


def _cluster_ip_checks(packet: Packet, claims: Claims, node: FamilyNode, mode: str, why: str) -> Hit:
    """What nftables mode does with addresses of the service range that no service port claims."""
    if str(ipaddress.ip_address(packet.destination)) in claims.cluster_ips:
        reason = f"{packet.destination} is a cluster IP, but {packet.port}/{packet.protocol} none of its ports"
        if mode == "nftables":
            return Hit(None, reason, verdict="REJECT")
        return Hit(None, reason)
    if mode == "nftables" and within(packet.destination, node.service_ranges):
        reason = f"{packet.destination} lies in the service range, but no service has it"
        return Hit(None, reason, verdict="DROP")
    return Hit(None, f"{why}, and no service's")
