"""The tables of kube-proxy's nftables mode, put together to service ports; the same for text and JSON.

Names of chains, sets and maps as in kubernetes/kubernetes pkg/proxy/nftables/proxier.go. `service-` and `local-` chains
of Kubernetes 1.36 translate the address themselves; those of older versions, and of services with session affinity,
send the packet on to a chain of the endpoint.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from nodeportkit.sources.proxy_rules.model import (
    Counter,
    Destination,
    PortRules,
    Target,
    family_of,
    is_address,
    is_port,
    split_name,
    split_socket,
)

__all__ = ["Element", "Rule", "Table", "socket"]

_CHAIN: Final = re.compile(r"(service|local|external|firewall|endpoint)-([A-Z2-7]{8}-(.+))$")
_PORT: Final = re.compile(r"([^/]+)/([^/]+)/([a-z]+)/([^/]*)$")
_ENDPOINT: Final = re.compile(r"__([0-9a-f.]+)/(\d{1,5})$", re.ASCII)
_POLICY: Final = {"service": "Cluster", "local": "Local"}
_PROTOCOLS: Final = {"6": "TCP", "17": "UDP", "132": "SCTP", "tcp": "TCP", "udp": "UDP", "sctp": "SCTP"}
_MAPS: Final = {
    "service-ips": 3,
    "service-nodeports": 2,
    "no-endpoint-services": 3,
    "no-endpoint-nodeports": 2,
    "firewall-ips": 3,
}
_FAMILIES: Final = {"ip": "IPv4", "ip6": "IPv6"}


@dataclass(slots=True)
class Element:
    """An element of a set or a map: its key, the comment, and in a map what becomes of the packet (`drop` or a chain)."""

    key: tuple[str, ...]
    verdict: str | None = None
    comment: str = ""
    counter: Counter | None = None


@dataclass(slots=True)
class Rule:
    """What counts of a rule.

    Attributes
    ----------
    always
        Whether it matches every packet that comes to it.
    goto
        The chain that it sends the packet to.
    affinity
        The set of clients that it is for.
    balance
        The endpoints among which it chooses, as (share, chain or `ip:port`).
    to
        The address that it translates to.
    admitted
        The sources that it does not drop.
    """

    always: bool = False
    goto: str | None = None
    affinity: str | None = None
    balance: list[tuple[float, str]] = field(default_factory=list)
    to: str | None = None
    admitted: list[str] = field(default_factory=list)
    counter: Counter | None = None


def socket(address: str, port: str | int) -> str:
    """`ip:port`, IPv6 in brackets.

    Raises
    ------
    ValueError
        If it is no address or no port.

    Examples
    --------
    >>> socket("fd00::1", "80"), socket("10.0.0.1", 80)
    ('[fd00::1]:80', '10.0.0.1:80')
    """
    number = is_port(port)
    is_address(address)
    return f"[{address}]:{number}" if ":" in address else f"{address}:{number}"


@dataclass(slots=True)
class Table:
    """A table `kube-proxy` of one family (`ip`, `ip6`)."""

    family: str
    elements: dict[str, list[Element]] = field(default_factory=dict)
    timeouts: dict[str, int] = field(default_factory=dict)
    chains: dict[str, list[Rule]] = field(default_factory=dict)

    def add(self, name: str, elements: list[Element]) -> None:
        """Put elements into a set or a map.

        Raises
        ------
        ValueError
            If they are no elements of kube-proxy's map of this name, which go by address, protocol and port.
        """
        if parts := _MAPS.get(name):
            for element in elements:
                if len(element.key) != parts or element.verdict is None:
                    raise ValueError(f"no element of {name}: {element.key}")
                is_port(element.key[-1])
                if parts == 3:
                    is_address(element.key[0])
        self.elements.setdefault(name, []).extend(elements)

    def ports(self) -> list[PortRules]:
        """What the rules say of each service port."""
        return list(_Ports(self).read())


class _Ports:
    def __init__(self, table: Table) -> None:
        self.table = table
        self.found: dict[str, PortRules] = {}
        self.cluster_ips = {element.key[0] for element in table.elements.get("cluster-ips", ()) if element.key}
        self.firewalled = {element.key for element in table.elements.get("firewall-ips", ())}

    def read(self) -> Iterator[PortRules]:
        self.destinations()
        ways = self.ways_to_endpoints()
        for name in self.table.chains:
            self.chain(name, ways)
        self.refusals()
        for port in self.found.values():
            if port.targets or port.destinations:
                told = [target.address for targets in port.targets.values() for target in targets]
                port.family = _FAMILIES.get(self.table.family) or family_of(told)
                yield port

    def port(self, base: str) -> PortRules:
        """The service port whose chains end in `base`."""
        port = self.found.get(base)
        if port is None:
            port = self.found[base] = PortRules(base)
            name = _PORT.match(base[9:])
            if name and not base.endswith("..."):  # a name that was too long for a chain ends so
                port.namespace, port.service, port.port_name = name[1], name[2], name[4]
                port.protocol = _PROTOCOLS.get(name[3], name[3].upper())
        return port

    def destinations(self) -> None:
        for element in self.table.elements.get("service-ips", ()):
            found = _CHAIN.match(element.verdict or "")
            if found:
                port = self.port(found[2])
                address, _, number = element.key
                kind = "cluster-ip"
                if found[1] == "external" or found[1] == "firewall":
                    # External IPs and load balancer IPs look the same, but only the latter have source ranges.
                    kind = "load-balancer" if element.key in self.firewalled else ""
                else:
                    port.internal_policy = _POLICY.get(found[1])
                self.add(port, Destination(kind or None, address, int(number), "FORWARD", element.counter))
        for element in self.table.elements.get("service-nodeports", ()):
            found = _CHAIN.match(element.verdict or "")
            if found:
                forward = Destination("node-port", None, int(element.key[1]), "FORWARD", element.counter)
                self.add(self.port(found[2]), forward)

    @staticmethod
    def add(port: PortRules, destination: Destination) -> None:
        port.destinations[destination.address, destination.port] = destination

    def ways_to_endpoints(self) -> dict[str, int]:
        """How many chains lead to the chain of an endpoint."""
        ways: dict[str, int] = {}
        for rules in self.table.chains.values():
            for name in {name for rule in rules for _, name in rule.balance}:
                ways[name] = ways.get(name, 0) + 1
        return ways

    def chain(self, name: str, ways: dict[str, int]) -> None:
        found = _CHAIN.match(name)
        rules = self.table.chains[name]
        if not found or not rules or found[1] == "endpoint":
            return
        port = self.port(found[2])
        if found[1] in _POLICY:
            targets: dict[str, Target] = {}
            for rule in rules:
                for share, to in rule.balance:
                    self.target(targets, to, share, ways)
                if rule.to:
                    targets.setdefault(rule.to, Target(rule.to, 1.0, rule.counter))
                if rule.affinity:
                    port.affinity = self.table.timeouts.get(rule.affinity)
            if not any(rule.affinity for rule in rules):
                port.affinity = port.affinity or 0
            if targets:
                port.targets[_POLICY[found[1]]] = list(targets.values())
                port.whole = port.whole and abs(sum(target.share or 0 for target in targets.values()) - 1) < 1e-9
        elif found[1] == "external":
            straight = any(rule.always and (rule.goto or "").startswith("service-") for rule in rules)
            port.external_policy = "Cluster" if straight else "Local"
        else:
            own = {address for address, _ in port.destinations if address}
            port.source_ranges += [source for rule in rules for source in rule.admitted if source not in own]

    def target(self, targets: dict[str, Target], to: str, share: float, ways: dict[str, int]) -> None:
        there = targets.get(to)
        if there is not None:
            there.share = (there.share or 0) + share
            return
        found = _CHAIN.match(to)
        if not found:
            targets[to] = Target(to if split_socket(to) else None, share)
            return
        final = next((rule for rule in self.table.chains.get(to, ()) if rule.to), None)
        count = final.counter if final else None
        # What comes over two chains was counted together.
        known = count if count is None or ways[to] == 1 or not any(count) else None
        targets[to] = Target(final.to if final else self.named_address(to), share, known)

    def named_address(self, chain: str) -> str | None:
        """The address in the name of an endpoint's chain, where colons became dots."""
        found = _ENDPOINT.search(chain)
        if not found:
            return None
        address = f"[{found[1].replace('.', ':')}]" if self.table.family == "ip6" else found[1]
        return f"{address}:{found[2]}" if split_socket(f"{address}:{found[2]}") else None

    def refusals(self) -> None:
        named = {port.name: port for port in self.found.values() if port.service is not None}
        for name in ("no-endpoint-services", "no-endpoint-nodeports"):
            for element in self.table.elements.get(name, ()):
                owner = split_name(element.comment)
                protocol = element.key[-2]
                refused = PortRules(None, *(owner or ()))
                refused.protocol = _PROTOCOLS.get(protocol, protocol.upper() or None)
                port = named.get(refused.name)
                if port is None:
                    port = self.found[f"{name} {element.key}"] = refused
                    if owner:
                        named[refused.name] = refused
                address = element.key[0] if len(element.key) == 3 else None
                kind = "node-port" if address is None else "cluster-ip" if address in self.cluster_ips else None
                verdict = "DROP" if element.verdict == "drop" else "REJECT"
                port.refuse(Destination(kind, address, int(element.key[-1]), verdict, element.counter))
