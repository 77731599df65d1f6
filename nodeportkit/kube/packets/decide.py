"""The packet's way through the kube-proxy of one node: every decision, its reason, and the rule that stands for it.

kubernetes/kubernetes pkg/proxy/iptables/proxier.go and pkg/proxy/nftables/proxier.go (`syncProxyRules`); KEP-2086 for the
internal traffic policy, KEP-3866 for the nftables rules. The way in ipvs mode is another: `nodeportkit.kube.packets.ipvs`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from nodeportkit.kube.packets.destinations import Hit, claims_of, find_destination, is_local
from nodeportkit.kube.packets.ipvs import decide_ipvs
from nodeportkit.kube.packets.model import Client, Decision, Packet, Step, Verdict, within
from nodeportkit.kube.packets.rulebook import RuleBook, cluster_ips_check
from nodeportkit.kube.rules.node import FamilyNode
from nodeportkit.kube.service_ports import Endpoint, ServicePort

__all__ = ["Mode", "client_of", "decide"]

Mode = Literal["iptables", "nftables", "ipvs"]


def client_of(packet: Packet, node: FamilyNode) -> Client:
    """Tell who sent the packet, as far as the node can tell: itself, a pod by its range, or anyone else.

    Without ranges of pod addresses (`--cluster-cidr`), pods count as anyone else.
    """
    if within(packet.source, node.config.cluster_cidrs):
        return "pod"  # looked at first: the address that a node has among its pods counts as a pod's
    return "node" if is_local(packet.source, node) else "outside"


def decide(
    packet: Packet, service_ports: Sequence[ServicePort], node: FamilyNode, mode: Mode, *, rules: bool = True
) -> Decision:
    """Follow a packet that reaches a node.

    Parameters
    ----------
    packet
        The first packet of a connection.
    service_ports
        Every service port of the packet's family, as this node's kube-proxy sees it.
    node
        The node, and how its kube-proxy is set up.
    mode
        Which rules its kube-proxy writes.
    rules
        Whether steps name their rules, which are written for it.
    """
    claims = claims_of(service_ports)
    hit = find_destination(packet, service_ports, claims, node, mode)
    if mode == "ipvs":
        return decide_ipvs(packet, hit, claims, node, client_of)
    if hit.service_port is None:
        return _Way(packet, node, mode, None).unclaimed(hit)
    return _Way(packet, node, mode, RuleBook(hit.service_port, node, mode, written=rules)).claimed(
        hit.service_port, hit
    )


@dataclass(slots=True)
class _Way:
    packet: Packet
    node: FamilyNode
    mode: Mode
    book: RuleBook | None
    steps: list[Step] = field(default_factory=list)

    @property
    def rules(self) -> RuleBook:
        assert self.book is not None
        return self.book

    def step(self, decision: str, reason: str, rule: str = "") -> None:
        self.steps.append(Step(decision, reason, rule))

    def end(
        self,
        verdict: Verdict,
        service_port: ServicePort | None,
        endpoints: tuple[Endpoint, ...] = (),
        *,
        masquerade: bool = False,
        hairpins: tuple[Endpoint, ...] = (),
    ) -> Decision:
        return Decision(verdict, endpoints, masquerade, service_port, tuple(self.steps), hairpins)

    # Nothing claims the packet

    def unclaimed(self, hit: Hit) -> Decision:
        """No service port has this destination."""
        self.step("no service port has this destination", hit.reason)
        if hit.verdict == "REJECT":
            reason = "nftables mode refuses ports of a cluster IP that no service port has"
            self.step("reject", reason, cluster_ips_check(self.node, "REJECT"))
        elif hit.verdict == "DROP":
            reason = "nftables mode drops what goes to an unused address of the service range"
            self.step("drop", reason, cluster_ips_check(self.node, "DROP"))
        else:
            self.step(
                "leave it alone", "kube-proxy has no rule for it: the node answers as it would without Kubernetes"
            )
        return self.end(hit.verdict, None)

    # A service port claims it

    def claimed(self, sp: ServicePort, hit: Hit) -> Decision:
        """One service port has this destination."""
        kind = hit.kind or "node-port"
        at = self.packet.destination
        if hit.verdict in ("REJECT", "DROP"):
            self.step(
                hit.verdict.lower(),
                f"{hit.reason}; but the rules for want of endpoints hold for every local address",
                self.rules.refused(kind, at),
            )
            return self.end(hit.verdict, sp)
        self.step(f"it is for {sp.name}", hit.reason, self.rules.claim(kind, at))
        refused = self.admitted(sp) if self.guarded(sp, kind) else None
        if refused is not None:
            return refused
        if not sp.any_endpoint:
            return self.without_endpoints(sp, kind)
        return self.internal(sp) if kind == "cluster-ip" else self.external(sp, kind)

    def guarded(self, sp: ServicePort, kind: str) -> bool:
        """Whether the load balancer's source ranges matter.

        An address may be both an external IP and that of the load balancer: iptables mode comes to the external IP first,
        nftables mode to the source ranges.
        """
        if self.mode == "iptables":
            return bool(sp.source_ranges) and kind == "load-balancer"
        return bool(sp.source_ranges) and self.packet.destination in sp.load_balancer_ips

    def without_endpoints(self, sp: ServicePort, kind: str) -> Decision:
        """No endpoint anywhere takes connections."""
        reason = "the service port has no endpoint that could take a connection"
        outside = kind in ("external-ip", "load-balancer") and not is_local(self.packet.destination, self.node)
        if self.mode == "iptables" and outside and is_local(self.packet.source, self.node):
            self.step("find no endpoint", reason)
            self.step(
                "leave it alone",
                "the rules that refuse packets to outside addresses see what comes in or passes through"
                " (INPUT, FORWARD), not what the node itself sends (OUTPUT)",
            )
            return self.end("UNHANDLED", sp)
        self.step("reject", reason, self.rules.refused(kind, self.packet.destination))
        return self.end("REJECT", sp)

    def admitted(self, sp: ServicePort) -> Decision | None:
        """Whether the load balancer's source ranges admit the client; the decision if they do not.

        iptables writes this firewall only for services with endpoints, so without any, the reject below comes first;
        nftables checks it before anything else.
        """
        if self.mode == "iptables" and not sp.any_endpoint:
            return None
        at = self.packet.destination
        admits = next((cidr for cidr in sp.source_ranges if within(self.packet.source, [cidr])), None)
        if admits:
            reason = f"its address lies in loadBalancerSourceRanges ({admits})"
        elif self.node.within(sp.source_ranges) and self.packet.source in sp.load_balancer_ips:
            admits = self.packet.source
            reason = "the node itself is admitted, and shows a load balancer's address where it reaches that on itself"
        else:
            ranges = ", ".join(sp.source_ranges)
            reason = f"the client's address is not in loadBalancerSourceRanges ({ranges})"
            self.step("drop", reason, self.rules.firewall(at, admits=None))
            return self.end("DROP", sp)
        self.step("admit the client", reason, self.rules.firewall(at, admits=admits))
        return None

    def internal(self, sp: ServicePort) -> Decision:
        """Traffic to the cluster IP."""
        masquerade = self.masquerades_internal()
        if not sp.internal_local:
            return self.choose(sp, sp.cluster, "Cluster", masquerade=masquerade)
        if sp.local:
            return self.choose(sp, sp.local, "Local", masquerade=masquerade)
        self.step(
            "drop",
            "internalTrafficPolicy is Local, and no endpoint that takes connections is on this node",
            self.rules.refused("cluster-ip", self.packet.destination),
        )
        return self.end("DROP", sp)

    def masquerades_internal(self) -> bool:
        if self.node.config.masquerade_all:
            reason = "kube-proxy masquerades everything that goes to a cluster IP (--masquerade-all)"
        elif self.node.pod_range and not within(self.packet.source, [self.node.pod_range]):
            reason = (
                "the client is no pod of this cluster (not in --cluster-cidr), so the answer has to come back this way"
            )
        else:
            return False
        self.step("masquerade", reason, self.rules.masquerade_internal())
        return True

    def external(self, sp: ServicePort, kind: str) -> Decision:
        """Traffic to a node port, an external IP or a load balancer's address."""
        if not sp.external_local:
            reason = (
                "externalTrafficPolicy is Cluster: the pod may be on another node, and its answer must come back here"
            )
            self.step("masquerade", reason, self.rules.masquerade_external())
            return self.choose(sp, sp.cluster, "Cluster", masquerade=True)
        client = client_of(self.packet, self.node)
        if client == "pod":
            reason = "the client is a pod: it could reach every endpoint anyway, so the Local policy is not applied"
            self.step("take the short cut for pods", reason, self.rules.short_cut("pod"))
            return self.choose(sp, sp.cluster, "Cluster")
        if client == "node":
            reason = "the client is this node: the Local policy is not applied to it"
            self.step("masquerade", "the client is this node", self.rules.masquerade_external())
            self.step("take the short cut for the node", reason, self.rules.short_cut("node"))
            return self.choose(sp, sp.cluster, "Cluster", masquerade=True)
        if sp.local:
            return self.choose(sp, sp.local, "Local")
        self.step(
            "drop",
            "externalTrafficPolicy is Local, and no endpoint that takes connections is on this node",
            self.rules.refused(kind, self.packet.destination),
        )
        return self.end("DROP", sp)

    def choose(
        self, sp: ServicePort, endpoints: tuple[Endpoint, ...], policy: str, *, masquerade: bool = False
    ) -> Decision:
        """One of the endpoints, each with the same chance."""
        where = "on this node" if policy == "Local" else "of the cluster"
        count = len(endpoints)
        if sp.affinity_seconds:
            reason = f"ClientIP affinity: the endpoint it had, if it came within {sp.affinity_seconds} seconds"
            self.step("look where this client was sent before", reason, self.rules.affinity(policy, endpoints[0]))
        if count > 1:
            reason = f"{count} endpoints {where} take connections; each gets 1/{count} of the new ones"
        else:
            reason = f"one endpoint {where} takes connections"
        self.step(f"send it to one of {count}" if count > 1 else "send it on", reason, self.rules.balance(policy))
        hairpins = tuple(endpoint for endpoint in endpoints if self.meets_itself(endpoint))
        for endpoint in () if masquerade else hairpins:
            reason = f"if {endpoint} is chosen, client and endpoint are one: it must not answer itself directly"
            self.step("masquerade on a hairpin", reason, self.rules.hairpin(endpoint))
        return self.end("FORWARD", sp, endpoints, masquerade=masquerade, hairpins=hairpins)

    def meets_itself(self, endpoint: Endpoint) -> bool:
        """Whether the client is the endpoint, and made to see the node in its own place.

        In nftables mode only where they are on this node (the set `hairpin-connections`).
        """
        return _same(endpoint.address, self.packet.source) and (endpoint.local or self.mode == "iptables")


def _same(one: str, other: str) -> bool:
    """Whether two addresses are one; of IPv6 there are many spellings."""
    return one == other or (":" in one and _parsed(one) == _parsed(other))


@lru_cache(maxsize=1 << 16)
def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_address(address)
