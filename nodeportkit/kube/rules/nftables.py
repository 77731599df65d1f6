"""The transaction that kube-proxy in nftables mode hands to `nft -f`.

kubernetes/kubernetes pkg/proxy/nftables/proxier.go (`syncProxyRules`, `writeServiceToEndpointRules`). Up to 1.35 there
was a chain for every endpoint, and a chain `mark-for-masquerade`; since then endpoints stand in the service's rule, but
for services with session affinity.
"""

from __future__ import annotations

from collections.abc import Iterable

from nodeportkit.kube.rules.names import check, nftables_endpoint, nftables_service
from nodeportkit.kube.rules.nftables_frame import MASQUERADE, frame, syntax
from nodeportkit.kube.rules.node import FamilyNode, has_external, has_internal, reachable
from nodeportkit.kube.service_ports import Endpoint, ServicePort

__all__ = ["nftables_rules"]


def nftables_rules(ports: Iterable[ServicePort], node: FamilyNode) -> str:
    """What kube-proxy sends to `nft -f -`: its table of the node's family.

    Parameters
    ----------
    ports
        Every service port of the node's family.
    node
        The node.
    """
    transaction = _Transaction(node)
    for port in ports:
        check(port)
        transaction.add(port)
    return "\n".join([*frame(node), *transaction.lines, ""])


class _Transaction:
    """The lines that service ports add."""

    def __init__(self, node: FamilyNode) -> None:
        self.node = node
        self.pod_range = node.pod_range
        self.ip, self.kind = syntax(node)
        self.table = f"{self.ip} kube-proxy"
        self.lines: list[str] = []
        self.known: set[tuple[str, str]] = set()

    def add(self, port: ServicePort) -> None:
        base = nftables_service(port)
        # A chain must be there before a rule or an element leads to it.
        if port.cluster:
            self._chain(f"service-{base}")
        if port.local:
            self._chain(f"local-{base}")
        external = port.any_endpoint and port.externally_accessible
        if external:
            self._chain(f"external-{base}")
        self._destinations(port, base)
        if port.source_ranges and port.load_balancer_ips:
            self._firewall(port, base)
        if external:
            self._external_chain(port, base)
        endpoints = reachable(port)
        for endpoint in endpoints:
            if endpoint.local:
                address = f"{endpoint.address} . {endpoint.address}"
                self._element("hairpin-connections", f"{address} . {port.protocol.lower()} . {endpoint.port}")
        names = {str(e): nftables_endpoint(port, e) for e in endpoints} if port.affinity_seconds else {}
        self._endpoint_chains(port, endpoints, names)
        if port.cluster:
            self._balance(port, f"service-{base}", port.cluster, names)
        if port.local:
            self._balance(port, f"local-{base}", port.local, names)

    def _chain(self, name: str) -> None:
        self.lines += [f"add chain {self.table} {name}", f"flush chain {self.table} {name}"]

    def _rule(self, chain: str, rule: str) -> None:
        self.lines.append(f"add rule {self.table} {chain} {rule}")

    def _element(self, container: str, key: str, value: str = "") -> None:
        """Add an element; of two services that claim one destination, the first has it."""
        if (container, key) not in self.known:
            self.known.add((container, key))
            self.lines.append(f"add element {self.table} {container} {{ {key}{value} }}")

    def _destinations(self, port: ServicePort, base: str) -> None:
        protocol = port.protocol.lower()
        at = f" . {protocol} . {port.port}"
        node_port = f"{protocol} . {port.node_port}"
        refused = f' comment "{port.name}" : {"drop" if port.any_endpoint else "goto reject-chain"}'
        outside = (*port.external_ips, *port.load_balancer_ips)
        self._element("cluster-ips", port.cluster_ip)
        if has_internal(port):
            chain = "local" if port.internal_local else "service"
            self._element("service-ips", port.cluster_ip + at, f" : goto {chain}-{base}")
        else:
            self._element("no-endpoint-services", port.cluster_ip + at, refused)
        if port.any_endpoint:
            for address in outside:
                self._element("service-ips", address + at, f" : goto external-{base}")
            if port.node_port:
                self._element("service-nodeports", node_port, f" : goto external-{base}")
        # What the short cuts of the external chain did not take comes here.
        if not has_external(port):
            for address in outside:
                self._element("no-endpoint-services", address + at, refused)
            if port.node_port:
                self._element("no-endpoint-nodeports", node_port, refused)

    def _firewall(self, port: ServicePort, base: str) -> None:
        self._chain(f"firewall-{base}")
        # A node that reaches the load balancer's address on itself shows that address as the source.
        looped = port.load_balancer_ips if self.node.within(port.source_ranges) else ()
        sources = ", ".join((*port.source_ranges, *looped))
        self._rule(f"firewall-{base}", f"{self.ip} saddr != {{ {sources} }} drop")
        for address in port.load_balancer_ips:
            key = f"{address} . {port.protocol.lower()} . {port.port}"
            self._element("firewall-ips", key, f" : goto firewall-{base}")

    def _external_chain(self, port: ServicePort, base: str) -> None:
        chain = f"external-{base}"
        if not port.external_local:
            self._rule(chain, f'{MASQUERADE} comment "masquerade"')
            self._rule(chain, f"goto service-{base}")
            return
        if self.pod_range:
            short_cut = f"{self.ip} saddr {self.pod_range} goto service-{base}"
            self._rule(chain, f'{short_cut} comment "short-circuit pod traffic"')
        self._rule(chain, f'fib saddr type local {MASQUERADE} comment "masquerade local traffic"')
        self._rule(chain, f'fib saddr type local goto service-{base} comment "short-circuit local traffic"')
        if has_external(port):
            self._rule(chain, f"goto local-{base}")

    def _endpoint_chains(self, port: ServicePort, endpoints: tuple[Endpoint, ...], names: dict[str, str]) -> None:
        """Session affinity: a chain that notes the client before it sends it on, and a set for the notes."""
        for endpoint in endpoints if names else ():
            name = names[str(endpoint)]
            self._chain(f"endpoint-{name}")
            self.lines.append(
                f"add set {self.table} affinity-{name} {{ type {self.kind} ; flags dynamic,timeout ;"
                f" timeout {port.affinity_seconds}s ; }}"
            )
            self._rule(f"endpoint-{name}", f"update @affinity-{name} {{ {self.ip} saddr }}")
            self._rule(f"endpoint-{name}", f"meta l4proto {port.protocol.lower()} dnat to {endpoint}")

    def _balance(self, port: ServicePort, chain: str, endpoints: tuple[Endpoint, ...], names: dict[str, str]) -> None:
        if not names:
            targets = ", ".join(f"{i} : {e.address} . {e.port}" for i, e in enumerate(endpoints))
            choice = f"{self.ip} to numgen random mod {len(endpoints)} map {{ {targets} }}"
            self._rule(chain, f"meta l4proto {port.protocol.lower()} dnat {choice}")
            return
        chosen = [names[str(endpoint)] for endpoint in endpoints]
        for name in chosen:
            self._rule(chain, f"{self.ip} saddr @affinity-{name} goto endpoint-{name}")
        targets = ", ".join(f"{i} : goto endpoint-{name}" for i, name in enumerate(chosen))
        self._rule(chain, f"numgen random mod {len(chosen)} vmap {{ {targets} }}")
