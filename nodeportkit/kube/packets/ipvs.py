"""The packet's way in ipvs mode: virtual servers choose the endpoint, a handful of iptables rules mark and filter by sets.

Every service address is an address of the node (on the interface kube-ipvs0), so packets to it come in through INPUT.
kubernetes/kubernetes pkg/proxy/ipvs/proxier.go (`syncProxyRules`, `syncEndpoint`, `writeIptablesRules`) and
pkg/proxy/ipvs/README.md; Linux net/netfilter/ipvs/ip_vs_core.c (`ip_vs_leave`) for virtual servers without real ones.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, field

from nodeportkit.kube.packets.destinations import Hit, is_local
from nodeportkit.kube.packets.ipvs_book import IpvsBook
from nodeportkit.kube.packets.model import Client, Decision, Packet, Step, Verdict, within
from nodeportkit.kube.rules.ipvs import real_servers
from nodeportkit.kube.rules.node import FamilyNode
from nodeportkit.kube.service_catalog import Claims
from nodeportkit.kube.service_ports import Endpoint, ServicePort

__all__ = ["decide_ipvs"]


def decide_ipvs(
    packet: Packet, hit: Hit, claims: Claims, node: FamilyNode, client_of: Callable[[Packet, FamilyNode], Client]
) -> Decision:
    """Follow a packet that reaches a node, whose destination was found."""
    way = _Way(packet, node, claims, client_of, IpvsBook(node.family))
    return way.unclaimed(hit) if hit.service_port is None else way.claimed(hit.service_port, hit)


@dataclass(slots=True)
class _Way:
    packet: Packet
    node: FamilyNode
    claims: Claims
    client_of: Callable[[Packet, FamilyNode], Client]
    book: IpvsBook
    steps: list[Step] = field(default_factory=list)

    def step(self, decision: str, reason: str, rule: str = "") -> None:
        self.steps.append(Step(decision, reason, rule))

    def end(self, verdict: Verdict, service_port: ServicePort | None) -> Decision:
        return Decision(verdict, (), False, service_port, tuple(self.steps))

    @property
    def client(self) -> Client:
        """Who sent the packet: a service address, being on kube-ipvs0, is the node's own as well."""
        return "node" if self.packet.source in self.claims.service_ips else self.client_of(self.packet, self.node)

    def unclaimed(self, hit: Hit) -> Decision:
        """No service port has this destination."""
        self.step("no service port has this destination", hit.reason)
        if hit.verdict == "REJECT":
            reason = (
                "service addresses are on the interface kube-ipvs0; what comes to one and is for no service port is refused,"
                " so that it reaches nothing else on this node (KUBE-IPVS-IPS)"
            )
            self.step("reject", reason, self.book.other_ports())
        else:
            self.step(
                "leave it alone", "kube-proxy has no rule for it: the node answers as it would without Kubernetes"
            )
        return self.end(hit.verdict, None)

    def claimed(self, sp: ServicePort, hit: Hit) -> Decision:
        """A virtual server has this destination."""
        packet, kind = self.packet, hit.kind or "node-port"
        self.step(f"it is for {sp.name}", hit.reason, self.book.server(sp, packet.destination, packet.port))
        if sp.source_ranges and packet.destination in sp.load_balancer_ips and not self.admitted(sp):
            return self.end("DROP", sp)
        local = sp.internal_local if kind == "cluster-ip" else sp.external_local
        endpoints = real_servers(sp, local=local)
        if not endpoints:
            reason = "the virtual server has no real server: the kernel answers that the port is unreachable"
            self.step("reject", reason, self.book.server(sp, packet.destination, packet.port))
            return self.end("REJECT", sp)
        masquerade = self.masquerades(sp, kind)
        if ipaddress.ip_address(packet.source).is_loopback:
            reason = (
                "it would leave the node with a loopback address as its source, and every host throws such packets away"
            )
            self.step("drop", reason, self.book.from_loopback())
            return self.end("DROP", sp)
        if local and not sp.local:
            policy = "internalTrafficPolicy" if kind == "cluster-ip" else "externalTrafficPolicy"
            reason = f"{policy} is Local and no endpoint is on this node: the virtual server has those of other nodes"
            self.step("turn to other nodes", reason)
            if self.answers_get_lost(kind):
                reason = (
                    "the packet keeps its source, so the pod's answer does not come back through this node:"
                    " the client gets it from an address that it never called, and throws it away"
                )
                self.step("lose the answer", reason, self.book.keeps_source(kind, packet.protocol))
                return self.end("DROP", sp)
        return self.choose(sp, endpoints, masquerade=masquerade)

    def answers_get_lost(self, kind: str) -> bool:
        """Whether another node's pod would answer past this node, to a packet that keeps its source."""
        if kind == "cluster-ip":
            return False
        return self.client == "outside" or self.packet.source in self.claims.service_ips

    def admitted(self, sp: ServicePort) -> bool:
        """Whether the load balancer's source ranges admit the client."""
        packet = self.packet
        of_node = self.node.within(sp.source_ranges)
        ranges = ", ".join(sp.source_ranges)
        if packet.source == packet.destination:
            if of_node:
                reason = "the node itself is admitted, and shows the load balancer's address where it calls it"
                self.step("admit the client", reason, self.book.admits_itself())
            else:
                reason = f"the client is this node, whose address is not in loadBalancerSourceRanges ({ranges})"
                self.step("drop", reason, self.book.keeps_node_out(sp, packet.destination))
            return of_node
        if is_local(packet.source, self.node):
            reason = "source ranges are looked at where packets come in (INPUT), not where the node itself sends them"
            self.step("admit the client", reason)
            return True
        admits = next((cidr for cidr in sp.source_ranges if within(packet.source, [cidr])), None)
        if admits:
            reason = f"its address lies in loadBalancerSourceRanges ({admits})"
            self.step("admit the client", reason, self.book.admits())
            return True
        reason = f"the client's address is not in loadBalancerSourceRanges ({ranges})"
        self.step("drop", reason, self.book.keeps_out())
        return False

    def masquerades(self, sp: ServicePort, kind: str) -> bool:
        """Whether the pod sees the node's address."""
        packet = self.packet
        if ipaddress.ip_address(packet.source).is_loopback:
            return False
        if kind != "cluster-ip":
            if sp.external_local:
                return False
            reason = (
                "externalTrafficPolicy is Cluster: the pod may be on another node, and its answer must come back here"
            )
            self.step("masquerade", reason, self.book.masquerade_external(kind, packet.protocol))
            return True
        pods = self.node.pod_range
        if self.node.config.masquerade_all:
            reason = "kube-proxy masquerades everything that goes to a cluster IP (--masquerade-all)"
            self.step("masquerade", reason, self.book.masquerade_internal("dst,dst"))
        elif pods and not within(packet.source, [pods]):
            reason = (
                "the client is no pod of this cluster (not in --cluster-cidr), so the answer has to come back this way"
            )
            self.step("masquerade", reason, self.book.masquerade_internal(f"dst,dst ! -s {pods}"))
        elif not pods and self.claims.kind_of(packet.protocol, packet.port, packet.source) == "cluster-ip":
            reason = "the node calls with a cluster IP as its source, since that is on kube-ipvs0"
            self.step("masquerade", reason, self.book.masquerade_internal("src,dst"))
        else:
            return False
        return True

    def choose(self, sp: ServicePort, endpoints: tuple[Endpoint, ...], *, masquerade: bool) -> Decision:
        """One of the real servers, each in its turn."""
        packet, count = self.packet, len(endpoints)
        server = self.book.server(sp, packet.destination, packet.port)
        if sp.affinity_seconds:
            reason = (
                f"ClientIP affinity: the real server it had, if it called this address and port within"
                f" {sp.affinity_seconds} seconds"
            )
            self.step("look where this client was sent before", reason, server)
        reason = f"{count} real servers take turns (rr); each gets 1/{count} of the new connections"
        if count == 1:
            reason = "the virtual server has one real server"
        first = self.book.real_server(sp, packet.destination, packet.port, endpoints[0])
        self.step(f"send it to one of {count}" if count > 1 else "send it on", reason, first)
        source = ipaddress.ip_address(packet.source)
        hairpins = tuple(e for e in endpoints if e.local and ipaddress.ip_address(e.address) == source)
        for endpoint in () if masquerade else hairpins:
            reason = f"if {endpoint} is chosen, client and endpoint are one: it must not answer itself directly"
            self.step("masquerade on a hairpin", reason, self.book.hairpin())
        return Decision("FORWARD", endpoints, masquerade, sp, tuple(self.steps), hairpins)
