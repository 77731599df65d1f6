"""The rule that stands for a decision: looked up in the rules that kube-proxy would write for the service port."""

from __future__ import annotations

from functools import cached_property
from typing import Final

from nodeportkit.kube.rules.iptables import iptables_rules
from nodeportkit.kube.rules.names import iptables_endpoint, iptables_service, nftables_endpoint, nftables_service
from nodeportkit.kube.rules.nftables import nftables_rules
from nodeportkit.kube.rules.nftables_frame import frame
from nodeportkit.kube.rules.node import FamilyNode
from nodeportkit.kube.service_ports import Endpoint, ServicePort

__all__ = ["RuleBook", "cluster_ips_check"]

_MANY: Final = 1000  # kube-proxy leaves out comments with more endpoints; a book about one service keeps them


def cluster_ips_check(node: FamilyNode, verdict: str) -> str:
    """What rejects or drops packets to addresses of the service range that no service port claims, in nftables mode."""
    return next(line for line in frame(node) if " cluster-ips-check " in line and f" {verdict.lower()} " in line)


class RuleBook:
    """The rules of one service port on one node.

    Each method gives the rule that makes one decision, as kube-proxy writes it in the mode; "" if the mode has none.
    In iptables mode they have the comments that kube-proxy leaves out where all services together have more than 1000
    endpoints. Without `written` there are no rules.
    """

    def __init__(self, port: ServicePort, node: FamilyNode, mode: str, *, written: bool = True) -> None:
        self._written = written
        self._port = port
        self._node = node
        self._mode = mode

    @cached_property
    def _lines(self) -> list[str]:
        if not self._written:
            return []
        if self._mode == "nftables":
            return nftables_rules([self._port], self._node).splitlines()
        return iptables_rules([self._port], self._node, endpoints=min(_MANY, len(self._port.cluster))).splitlines()

    def _find(self, *parts: str) -> str:
        return next((line for line in self._lines if all(part in line for part in parts)), "")

    @property
    def _nft(self) -> bool:
        return self._mode == "nftables"

    @property
    def _external(self) -> str:
        """The chain that packets to an outside destination go through."""
        if self._nft:
            return f" external-{nftables_service(self._port)} "
        return f"-A KUBE-EXT-{iptables_service(self._port)} "

    def claim(self, kind: str, destination: str) -> str:
        """What takes the packet for the service port."""
        protocol, port = self._port.protocol.lower(), self._port
        if kind == "node-port":
            if self._nft:
                return self._find(f" service-nodeports {{ {protocol} . {port.node_port} :")
            return self._find("-A KUBE-NODEPORTS ", f"-p {protocol}", f"--dport {port.node_port} ", "KUBE-EXT-")
        if self._nft:
            return self._find(f" service-ips {{ {destination} . {protocol} . {port.port} :")
        return self._find("-A KUBE-SERVICES ", f"-d {destination} ", f"--dport {port.port} ", "-j KUBE-")

    def refused(self, kind: str, destination: str) -> str:
        """What rejects or drops a packet that finds no endpoint."""
        protocol, port = self._port.protocol.lower(), self._port
        if kind == "node-port":
            if self._nft:
                return self._find(f" no-endpoint-nodeports {{ {protocol} . {port.node_port} ")
            return self._find("-A KUBE-EXTERNAL-SERVICES ", "--dst-type LOCAL", f"--dport {port.node_port} ")
        if self._nft:
            return self._find(f" no-endpoint-services {{ {destination} . {protocol} . {port.port} ")
        chain = "-A KUBE-SERVICES " if kind == "cluster-ip" else "-A KUBE-EXTERNAL-SERVICES "
        target = "DROP" if port.any_endpoint else "REJECT"
        return self._find(chain, f"-d {destination} ", f"--dport {port.port} ", f"-j {target}")

    def firewall(self, destination: str, *, admits: str | None) -> str:
        """What admits the clients of a range to a load balancer's address, or without one keeps the others out."""
        if self._nft:
            return self._find(f" firewall-{nftables_service(self._port)} ", "saddr !=")
        if admits:
            return self._find(f"-A KUBE-FW-{iptables_service(self._port)} ", f" -s {admits} ", "-j KUBE-EXT-")
        return self._find("-A KUBE-PROXY-FIREWALL ", f"-d {destination} ", "-j DROP")

    def masquerade_internal(self) -> str:
        """What makes the pod see the node's address, of packets to the cluster IP."""
        if self._nft:
            return self._find(" services ", "@cluster-ips", "masquerade clusterIP")
        return self._find(f"-d {self._port.cluster_ip} ", "-j KUBE-MARK-MASQ")

    def masquerade_external(self) -> str:
        """The same of packets to an outside destination: of all, or under the Local policy of the node's own."""
        return self._find(self._external, "masquerade")

    def short_cut(self, client: str) -> str:
        """What sends pods, or the node itself, to every endpoint in spite of the Local policy."""
        if self._nft:
            return self._find(self._external, "pod traffic" if client == "pod" else "short-circuit local")
        return self._find(self._external, "pod traffic" if client == "pod" else "route LOCAL")

    def affinity(self, policy: str, endpoint: Endpoint) -> str:
        """What sends a client to the endpoint it had before."""
        if self._nft:
            return self._find(f" {self._chain(policy)} ", f"@affinity-{nftables_endpoint(self._port, endpoint)} ")
        return self._find(f"-A {self._chain(policy)} ", "--rcheck", iptables_endpoint(self._port, endpoint))

    def balance(self, policy: str) -> str:
        """What chooses among the endpoints: the first of the rules that do."""
        if self._nft:
            return self._find(f" {self._chain(policy)} ", "numgen random")
        chain = f"-A {self._chain(policy)} "
        return self._find(chain, "--probability") or self._find(chain, "-j KUBE-SEP-")

    def hairpin(self, endpoint: Endpoint) -> str:
        """What masquerades a pod that is sent to itself."""
        if self._nft:
            return self._find("hairpin-connections {", f"{endpoint.address} . {endpoint.address} ")
        return self._find(f"-A {iptables_endpoint(self._port, endpoint)} ", "-j KUBE-MARK-MASQ")

    def _chain(self, policy: str) -> str:
        if self._nft:
            return f"{'service' if policy == 'Cluster' else 'local'}-{nftables_service(self._port)}"
        return f"KUBE-SV{'C' if policy == 'Cluster' else 'L'}-{iptables_service(self._port)}"
