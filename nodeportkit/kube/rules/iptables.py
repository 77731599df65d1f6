"""The rules that kube-proxy in iptables mode hands to `iptables-restore`.

kubernetes/kubernetes pkg/proxy/iptables/proxier.go (`syncProxyRules`, `writeServiceToEndpointRules`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from nodeportkit.kube.rules.iptables_frame import (
    FILTER,
    NAT,
    forward_rules,
    localnet_rule,
    node_ports_jump,
    postrouting,
)
from nodeportkit.kube.rules.names import check, iptables_endpoint, iptables_service
from nodeportkit.kube.rules.node import FamilyNode, has_external, has_internal, reachable
from nodeportkit.kube.service_ports import Endpoint, ServicePort

__all__ = ["iptables_rules"]

_LARGE: Final = 1000  # with more endpoints than these, kube-proxy leaves out the comments of the chains of endpoints


def iptables_rules(ports: Iterable[ServicePort], node: FamilyNode, *, endpoints: int, accounting: bool = False) -> str:
    """What kube-proxy sends to `iptables-restore` or `ip6tables-restore`, with the jumps to its chains.

    Parameters
    ----------
    ports
        Every service port of the node's family.
    node
        The node.
    endpoints
        How many endpoints all service ports have in all, ready or not.
    accounting
        Whether the kernel counts with nfacct objects.
    """
    table = _Tables(node, comments=endpoints <= _LARGE, accounting=accounting)
    for port in ports:
        check(port)
        table.add(port)
    filter_lines = [
        *FILTER,
        *localnet_rule(node),
        *table.filter_rules,
        *forward_rules(accounting=accounting),
        "COMMIT",
    ]
    nat_lines = [*NAT[0], *table.chains, *NAT[1], *postrouting(), *table.rules, *node_ports_jump(node), "COMMIT"]
    return "\n".join([*filter_lines, *nat_lines, ""])


class _Tables:
    """The lines that service ports add to the tables filter and nat."""

    def __init__(self, node: FamilyNode, *, comments: bool, accounting: bool) -> None:
        self.node = node
        self.pod_range = node.pod_range
        self.comments = comments
        self.localhost = accounting and node.family == "IPv4" and node.config.localhost_nodeports
        self.filter_rules: list[str] = []
        self.chains: list[str] = []
        self.rules: list[str] = []

    def add(self, port: ServicePort) -> None:
        suffix = iptables_service(port)
        self._destinations(port, suffix)
        self._unreachable(port, suffix)
        if has_internal(port):
            self._masquerade_internal(port, suffix)
        if port.any_endpoint and port.externally_accessible:
            self._external_chain(port, suffix)
        if _firewalled(port):
            self._firewall_chain(port, suffix)
        if not port.cluster and not port.local:
            return
        chains = {str(e): iptables_endpoint(port, e) for e in reachable(port)}
        if port.cluster:
            self._balance(port, f"KUBE-SVC-{suffix}", port.cluster, chains)
        if port.local:
            self._balance(port, f"KUBE-SVL-{suffix}", port.local, chains)
        self._endpoint_chains(port, chains)

    def _destinations(self, port: ServicePort, suffix: str) -> None:
        """The rules of table nat that catch packets to the service port."""
        protocol = port.protocol.lower()

        def catch(kind: str, address: str, chain: str) -> str:
            return (
                f'-A KUBE-SERVICES -m comment --comment "{port.name} {kind}" -m {protocol} -p {protocol} -d {address}'
                f" --dport {port.port} -j {chain}"
            )

        if has_internal(port):
            chain = f"KUBE-SV{'L' if port.internal_local else 'C'}-{suffix}"
            self.rules.append(catch("cluster IP", port.cluster_ip, chain))
        if not port.any_endpoint:
            return
        external = f"KUBE-EXT-{suffix}"
        balanced = f"KUBE-FW-{suffix}" if _firewalled(port) else external
        self.rules += [catch("external IP", ip, external) for ip in port.external_ips]
        self.rules += [catch("loadbalancer IP", ip, balanced) for ip in port.load_balancer_ips]
        if port.node_port:
            start = f"-A KUBE-NODEPORTS -m comment --comment {port.name} -m {protocol} -p {protocol}"
            if self.localhost:
                self.rules.append(
                    f"{start} -d 127.0.0.0/8 --dport {port.node_port}"
                    f" -m nfacct --nfacct-name localhost_nps_accepted_pkts -j {external}"
                )
            self.rules.append(f"{start} --dport {port.node_port} -j {external}")

    def _unreachable(self, port: ServicePort, suffix: str) -> None:
        """The rules of table filter: what is refused or dropped, and the health check node port."""
        protocol = port.protocol.lower()
        if port.any_endpoint:
            reason, target = "has no local endpoints", "DROP"
        else:
            reason, target = "has no endpoints", "REJECT"

        def refuse(chain: str, match: str, number: int) -> str:
            return f'-A {chain} -m comment --comment "{port.name} {reason}"{match} --dport {number} -j {target}'

        at = f" -m {protocol} -p {protocol} -d "
        if not has_internal(port):
            self.filter_rules.append(refuse("KUBE-SERVICES", at + port.cluster_ip, port.port))
        if not has_external(port):
            self.filter_rules += [
                refuse("KUBE-EXTERNAL-SERVICES", at + ip, port.port)
                for ip in (*port.external_ips, *port.load_balancer_ips)
            ]
            if port.node_port:
                local = f" -m addrtype --dst-type LOCAL -m {protocol} -p {protocol}"
                self.filter_rules.append(refuse("KUBE-EXTERNAL-SERVICES", local, port.node_port))
        if _firewalled(port):
            self.filter_rules += [
                f'-A KUBE-PROXY-FIREWALL -m comment --comment "{port.name} traffic not accepted by KUBE-FW-{suffix}"'
                f"{at}{ip} --dport {port.port} -j DROP"
                for ip in port.load_balancer_ips
            ]
        if port.health_check_node_port:
            self.filter_rules.append(
                f'-A KUBE-NODEPORTS -m comment --comment "{port.name} health check node port"'
                f" -m tcp -p tcp --dport {port.health_check_node_port} -j ACCEPT"
            )

    def _masquerade_internal(self, port: ServicePort, suffix: str) -> None:
        if self.node.config.masquerade_all:
            source = ""
        elif self.pod_range:
            source = f" ! -s {self.pod_range}"
        else:
            return
        protocol = port.protocol.lower()
        self.rules.append(
            f"-A KUBE-SV{'L' if port.internal_local else 'C'}-{suffix}"
            f' -m comment --comment "{port.name} cluster IP" -m {protocol} -p {protocol}'
            f" -d {port.cluster_ip} --dport {port.port}{source} -j KUBE-MARK-MASQ"
        )

    def _external_chain(self, port: ServicePort, suffix: str) -> None:
        chain = f"KUBE-EXT-{suffix}"
        self.chains.append(f":{chain} - [0:0]")

        def comment(words: str) -> str:
            return f'-A {chain} -m comment --comment "{words} {port.name} external destinations"'

        if not port.external_local:
            self.rules.append(f"{comment('masquerade traffic for')} -j KUBE-MARK-MASQ")
            self.rules.append(f"-A {chain} -j KUBE-SVC-{suffix}")
            return
        # Short cuts: pods and the node itself reach every endpoint, as if they had gone by way of a load balancer.
        if self.pod_range:
            self.rules.append(f"{comment('pod traffic for')} -s {self.pod_range} -j KUBE-SVC-{suffix}")
        local = "-m addrtype --src-type LOCAL"
        self.rules.append(f"{comment('masquerade LOCAL traffic for')} {local} -j KUBE-MARK-MASQ")
        self.rules.append(f"{comment('route LOCAL traffic for')} {local} -j KUBE-SVC-{suffix}")
        if has_external(port):
            self.rules.append(f"-A {chain} -j KUBE-SVL-{suffix}")

    def _firewall_chain(self, port: ServicePort, suffix: str) -> None:
        chain = f"KUBE-FW-{suffix}"
        self.chains.append(f":{chain} - [0:0]")
        # A node that reaches the load balancer's address on itself shows that address as the source.
        looped = port.load_balancer_ips if self.node.within(port.source_ranges) else ()
        self.rules += [
            f'-A {chain} -m comment --comment "{port.name} loadbalancer IP" -s {source} -j KUBE-EXT-{suffix}'
            for source in (*port.source_ranges, *looped)
        ]
        self.rules.append(
            f'-A {chain} -m comment --comment "other traffic to {port.name} will be dropped by KUBE-PROXY-FIREWALL"'
        )

    def _balance(self, port: ServicePort, chain: str, endpoints: tuple[Endpoint, ...], names: dict[str, str]) -> None:
        self.chains.append(f":{chain} - [0:0]")
        targets = [
            (f'-A {chain} -m comment --comment "{port.name} -> {e}"' if self.comments else f"-A {chain}", names[str(e)])
            for e in endpoints
        ]
        if port.affinity_seconds:
            self.rules += [
                f"{start} -m recent --name {name} --rcheck --seconds {port.affinity_seconds} --reap -j {name}"
                for start, name in targets
            ]
        left = len(targets)
        for start, name in targets[:-1]:
            self.rules.append(f"{start} -m statistic --mode random --probability {1 / left:.10f} -j {name}")
            left -= 1
        start, name = targets[-1]
        self.rules.append(f"{start} -j {name}")

    def _endpoint_chains(self, port: ServicePort, names: dict[str, str]) -> None:
        protocol = port.protocol.lower()
        comment = f" -m comment --comment {port.name}" if self.comments else ""
        for endpoint, name in names.items():
            address = endpoint.rpartition(":")[0].strip("[]")
            remember = f" -m recent --name {name} --set" if port.affinity_seconds else ""
            self.chains.append(f":{name} - [0:0]")
            # Hairpin: a pod that is sent to itself must see the answer come back through the node.
            self.rules.append(f"-A {name}{comment} -s {address} -j KUBE-MARK-MASQ")
            self.rules.append(
                f"-A {name}{comment}{remember} -m {protocol} -p {protocol} -j DNAT --to-destination {endpoint}"
            )


def _firewalled(port: ServicePort) -> bool:
    return bool(port.any_endpoint and port.load_balancer_ips and port.source_ranges)
