"""The rule that stands for a decision in ipvs mode: a virtual server, or an iptables rule over a set of addresses.

kubernetes/kubernetes pkg/proxy/ipvs/proxier.go (`ipsetWithIptablesChain`, `writeIptablesRules`) and pkg/proxy/ipvs/ipset.go.
"""

from __future__ import annotations

from typing import Final

from nodeportkit.kube.rules.ipvs import virtual_server
from nodeportkit.kube.service_ports import Endpoint, Family, ServicePort

__all__ = ["IpvsBook"]

_LONGEST: Final = 31  # the name of a set
_COMMENTS: Final = {
    "KUBE-LOOP-BACK": "Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose",
    "KUBE-CLUSTER-IP": "Kubernetes service cluster ip + port for masquerade purpose",
    "KUBE-EXTERNAL-IP": "Kubernetes service external ip + port for masquerade and filter purpose",
    "KUBE-EXTERNAL-IP-LOCAL": "Kubernetes service external ip + port with externalTrafficPolicy=local",
    "KUBE-LOAD-BALANCER": "Kubernetes service lb portal",
    "KUBE-LOAD-BALANCER-LOCAL": "Kubernetes service load balancer ip + port with externalTrafficPolicy=local",
    "KUBE-LOAD-BALANCER-FW": "Kubernetes service load balancer ip + port for load balancer with sourceRange",
    "KUBE-LOAD-BALANCER-SOURCE-IP": (
        "Kubernetes service load balancer ip + port + source IP for packet filter purpose"
    ),
    "KUBE-LOAD-BALANCER-SOURCE-CIDR": (
        "Kubernetes service load balancer ip + port + source cidr for packet filter purpose"
    ),
    "KUBE-NODE-PORT-TCP": "Kubernetes nodeport TCP port for masquerade purpose",
    "KUBE-NODE-PORT-LOCAL-TCP": "Kubernetes nodeport TCP port with externalTrafficPolicy=local",
    "KUBE-NODE-PORT-UDP": "Kubernetes nodeport UDP port for masquerade purpose",
    "KUBE-NODE-PORT-LOCAL-UDP": "Kubernetes nodeport UDP port with externalTrafficPolicy=local",
    "KUBE-NODE-PORT-SCTP-HASH": "Kubernetes nodeport SCTP port for masquerade purpose with type 'hash ip:port'",
    "KUBE-NODE-PORT-LOCAL-SCTP-HASH": (
        "Kubernetes nodeport SCTP port with externalTrafficPolicy=local with type 'hash ip:port'"
    ),
}


class IpvsBook:
    """The rules of one IP family. Sets of IPv6 addresses have names of their own: KUBE-6- in place of KUBE-."""

    def __init__(self, family: Family) -> None:
        self._family = family

    def server(self, port: ServicePort, address: str, number: int) -> str:
        """The virtual server that takes the packet, and remembers its client."""
        return virtual_server(port, address, number)

    def real_server(self, port: ServicePort, address: str, number: int, endpoint: Endpoint) -> str:
        """The first of the real servers that take turns."""
        at = virtual_server(port, address, number).removeprefix("-A ").partition(" -s ")[0]
        return f"-a {at} -r {endpoint} -m -w 1"

    def other_ports(self) -> str:
        """What refuses packets to service addresses that are for no service port."""
        found = f"--match-set {self._set('KUBE-IPVS-IPS')} dst"
        return f"-A KUBE-IPVS-FILTER -m conntrack --ctstate NEW -m set {found} -j REJECT"

    def from_loopback(self) -> str:
        """What keeps packets from loopback addresses from being masqueraded."""
        return f"-A KUBE-SERVICES -s {'127.0.0.0/8' if self._family == 'IPv4' else '::1/128'} -j RETURN"

    def masquerade_internal(self, match: str) -> str:
        """What masquerades packets to a cluster IP."""
        return self._rule("KUBE-SERVICES", "KUBE-CLUSTER-IP", match, "KUBE-MARK-MASQ")

    def masquerade_external(self, kind: str, protocol: str) -> str:
        """What masquerades packets to an outside destination."""
        if kind == "node-port":
            return self._node_port(f"KUBE-NODE-PORT-{protocol}", protocol, "KUBE-MARK-MASQ")
        if kind == "load-balancer":
            return self._rule("KUBE-SERVICES", "KUBE-LOAD-BALANCER", "dst,dst", "KUBE-LOAD-BALANCER")
        return self._rule("KUBE-SERVICES", "KUBE-EXTERNAL-IP", "dst,dst", "KUBE-MARK-MASQ")

    def keeps_source(self, kind: str, protocol: str) -> str:
        """What keeps packets to an outside destination from being masqueraded, under policy Local."""
        if kind == "node-port":
            return self._node_port(f"KUBE-NODE-PORT-LOCAL-{protocol}", protocol, "RETURN")
        if kind == "load-balancer":
            return self._rule("KUBE-LOAD-BALANCER", "KUBE-LOAD-BALANCER-LOCAL", "dst,dst", "RETURN")
        return self._rule("KUBE-SERVICES", "KUBE-EXTERNAL-IP-LOCAL", "dst,dst -m addrtype --dst-type LOCAL", "ACCEPT")

    def admits(self) -> str:
        """What admits the clients of a range to a load balancer's address."""
        return self._rule("KUBE-SOURCE-RANGES-FIREWALL", "KUBE-LOAD-BALANCER-SOURCE-CIDR", "dst,dst,src", "RETURN")

    def admits_itself(self) -> str:
        """What admits a load balancer's address to itself."""
        return self._rule("KUBE-SOURCE-RANGES-FIREWALL", "KUBE-LOAD-BALANCER-SOURCE-IP", "dst,dst,src", "RETURN")

    def keeps_out(self) -> str:
        """What keeps everyone else out."""
        return "-A KUBE-SOURCE-RANGES-FIREWALL -j DROP"

    def keeps_node_out(self, port: ServicePort, address: str) -> str:
        """What keeps the node itself out."""
        server = f"-m ipvs --vaddr {address} --vproto {port.protocol.lower()} --vport {port.port}"
        return f"-A KUBE-IPVS-OUT-FILTER -s {address} {server} -j DROP"

    def hairpin(self) -> str:
        """What masquerades a pod that is sent to itself."""
        return self._rule("KUBE-POSTROUTING", "KUBE-LOOP-BACK", "dst,dst,src", "MASQUERADE")

    def _node_port(self, name: str, protocol: str, target: str) -> str:
        hashed = protocol == "SCTP"  # the others are told apart by port alone
        return self._rule(
            f"KUBE-NODE-PORT -p {protocol.lower()}",
            f"{name}-HASH" if hashed else name,
            "dst,dst" if hashed else "dst",
            target,
        )

    def _rule(self, chain: str, name: str, match: str, target: str) -> str:
        comment = f'-m comment --comment "{_COMMENTS[name]}"'
        return f"-A {chain} {comment} -m set --match-set {self._set(name)} {match} -j {target}"

    def _set(self, name: str) -> str:
        return name if self._family == "IPv4" else name.replace("KUBE-", "KUBE-6-", 1)[:_LONGEST]
