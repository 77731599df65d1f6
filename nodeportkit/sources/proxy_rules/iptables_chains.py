"""The chains of kube-proxy's iptables mode, put together to service ports.

All chains of a service port (KUBE-SVC-, KUBE-SVL-, KUBE-EXT-, KUBE-FW-; KUBE-XLB- before Kubernetes 1.24) end in the
same hash; its name stands in the comments of their rules. With more than 1000 endpoints in a cluster the comments of the
endpoints' rules are left out, those of the destinations stay.
"""

from __future__ import annotations

import re
from typing import Final

from nodeportkit.sources.proxy_rules.model import (
    Counter,
    Destination,
    PortRules,
    Target,
    family_of,
    is_address,
    is_port,
    number,
    split_name,
    split_socket,
)

__all__ = ["Chains"]

_POLICY: Final = {"KUBE-SVC-": "Cluster", "KUBE-SVL-": "Local", "KUBE-XLB-": "Local"}
_SERVICE: Final = re.compile(r"KUBE-(?:SVC|SVL|XLB|EXT|FW)-(\S+)$")
_NAMED: Final = re.compile(r"(?:^|\s)(\S+/\S+)")
_KINDS: Final = {"cluster IP": "cluster-ip", "external IP": "external-ip", "loadbalancer IP": "load-balancer"}
_KIND_OF_CHAIN: Final = {"KUBE-SVC-": "cluster-ip", "KUBE-SVL-": "cluster-ip", "KUBE-FW-": "load-balancer"}
_REFUSALS: Final = frozenset(("REJECT", "DROP"))


class _Jump:
    """The rules of a service chain that lead to one endpoint's chain."""

    __slots__ = ("comment", "counter", "share")

    def __init__(self) -> None:
        self.comment = ""
        self.counter: Counter | None = None
        self.share: float | None = None

    def count(self, counter: Counter | None) -> None:
        if counter is not None:
            before = self.counter or (0, 0)
            self.counter = before[0] + counter[0], before[1] + counter[1]


class _Balance:
    """A service chain: what is left for the endpoints that come."""

    __slots__ = ("jumps", "left")

    def __init__(self) -> None:
        self.jumps: dict[str, _Jump] = {}
        self.left = 1.0


class Chains:
    """The rules of one dump, gathered by chain."""

    def __init__(self) -> None:
        self.family: str | None = None
        self._ports: dict[str, PortRules] = {}
        self._balances: dict[str, _Balance] = {}
        self._endpoints: dict[str, str] = {}
        self._protocols: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._refused: list[tuple[str, str | None, Destination]] = []
        self._health: list[tuple[str, int]] = []

    def add(self, chain: str, words: list[str], comment: str, counter: Counter | None) -> None:
        """Take a rule of one of kube-proxy's chains.

        Raises
        ------
        ValueError, IndexError
            If it is not complete.
        """
        target = _after(words, "-j") or _after(words, "-g") or ""
        prefix = chain[:9]
        if prefix == "KUBE-SEP-":
            self._endpoint(chain, words, comment, target)
        elif prefix in _POLICY:
            self._service(chain, words, comment, counter, target)
        elif prefix == "KUBE-EXT-":
            self._external(chain, words, comment, target)
        elif prefix[:8] == "KUBE-FW-":
            self._firewall(chain, words, comment, target)
        elif chain in ("KUBE-SERVICES", "KUBE-EXTERNAL-SERVICES", "KUBE-NODEPORTS"):
            self._destination(chain, words, comment, counter, target)

    def _port(self, chain: str) -> PortRules:
        found = _SERVICE.match(chain)
        if not found:
            raise ValueError(f"no chain of a service port: {chain}")
        suffix = found[1]
        port = self._ports.get(suffix)
        if port is None:
            port = self._ports[suffix] = PortRules(suffix)
        return port

    def _endpoint(self, chain: str, words: list[str], comment: str, target: str) -> None:
        if target == "DNAT":
            to = _after(words, "--to-destination") or ""
            if not split_socket(to):
                raise ValueError(f"no address: {to}")
            self._endpoints[chain] = to
            if protocol := _after(words, "-p"):
                self._protocols[chain] = protocol
        elif not target:
            raise ValueError("no target")
        if comment:
            self._names[chain] = comment

    def _service(self, chain: str, words: list[str], comment: str, counter: Counter | None, target: str) -> None:
        port = self._port(chain)
        self._call(port, comment)
        if target[:9] != "KUBE-SEP-":
            if not target:
                raise ValueError("no target")
            return
        balance = self._balances.get(chain)
        if balance is None:
            balance = self._balances[chain] = _Balance()
        jump = balance.jumps.get(target)
        if jump is None:
            jump = balance.jumps[target] = _Jump()
        jump.comment = jump.comment or comment
        if "--rcheck" in words:
            port.affinity = number(_after(words, "--seconds") or "")
        elif (probability := _after(words, "--probability")) is not None:
            chance = float(probability)
            if not 0 <= chance <= 1:
                raise ValueError(f"no probability: {probability}")
            jump.share = balance.left * chance
            balance.left *= 1 - chance
        elif "statistic" in words:
            raise ValueError("no probability")
        else:
            jump.share = balance.left
            balance.left = 0.0
        jump.count(counter)

    def _external(self, chain: str, words: list[str], comment: str, target: str) -> None:
        port = self._port(chain)
        self._call(port, comment)
        if target[:9] in _POLICY:
            always = not {"-s", "--src-type"}.intersection(words)
            port.external_policy = "Cluster" if always and target[:9] == "KUBE-SVC-" else "Local"
        elif not target:
            raise ValueError("no target")

    def _firewall(self, chain: str, words: list[str], comment: str, target: str) -> None:
        port = self._port(chain)
        self._call(port, comment)
        source = _after(words, "-s")
        if source and _SERVICE.match(target) and source not in port.source_ranges:
            port.source_ranges.append(source)

    def _destination(self, chain: str, words: list[str], comment: str, counter: Counter | None, target: str) -> None:
        dport = _after(words, "--dport")
        if dport is None:
            if not target:
                raise ValueError("no target")
            return
        port = is_port(dport)
        protocol = _after(words, "-p")
        address = (_after(words, "-d") or "").partition("/")[0] or None
        if address:
            is_address(address)
        if target in _REFUSALS:
            kind = "cluster-ip" if chain == "KUBE-SERVICES" else None if address else "node-port"
            self._refused.append((comment, protocol, Destination(kind, address, port, target, counter)))
        elif target == "ACCEPT" and chain == "KUBE-NODEPORTS":
            self._health.append((comment, port))
        elif _SERVICE.match(target):
            self._forward(chain, comment, protocol, target, Destination(None, address, port, "FORWARD", counter))
        elif not target:
            raise ValueError("no target")

    def _forward(self, chain: str, comment: str, protocol: str | None, target: str, destination: Destination) -> None:
        port = self._port(target)
        self._call(port, comment)
        port.protocol = port.protocol or (protocol.upper() if protocol else None)
        prefix = target[:9]
        if chain == "KUBE-NODEPORTS":
            destination.kind, destination.address = "node-port", None
        else:
            said = comment.partition(" ")[2]
            kind = _KINDS.get(said) or _KIND_OF_CHAIN.get(prefix) or _KIND_OF_CHAIN.get(prefix[:8])
            destination.kind = kind
            if kind == "cluster-ip":
                port.internal_policy = _POLICY.get(prefix)
        there = port.destinations.setdefault((destination.address, destination.port), destination)
        if there is not destination and there.counter and destination.counter:
            # Node ports have a rule of their own for 127.0.0.0/8.
            there.counter = there.counter[0] + destination.counter[0], there.counter[1] + destination.counter[1]

    @staticmethod
    def _call(port: PortRules, comment: str) -> None:
        """Give the port the name that a comment tells."""
        if comment and port.service is None:
            found = _NAMED.search(comment)
            name = split_name(found[1]) if found else None
            if name:
                port.namespace, port.service, port.port_name = name

    def ports(self) -> list[PortRules]:
        """What the rules say of each service port."""
        for chain, balance in self._balances.items():
            port = self._port(chain)
            targets = port.targets.setdefault(_POLICY[chain[:9]], [])
            for name, jump in balance.jumps.items():
                targets.append(Target(self._endpoints.get(name) or _arrow(jump.comment), jump.share, jump.counter))
                self._call(port, self._names.get(name, ""))
                if port.protocol is None and name in self._protocols:
                    port.protocol = self._protocols[name].upper()
            port.whole = port.whole and balance.left == 0
            port.affinity = port.affinity or 0
        named = {port.name: port for port in self._ports.values() if port.service is not None}
        ports = list(self._ports.values())
        for comment, protocol, destination in self._refused:
            refused = PortRules(None, protocol=protocol.upper() if protocol else None)
            self._call(refused, comment)
            known = named.get(refused.name)
            if known is None:
                ports.append(refused)
                if refused.service is not None:
                    named[refused.name] = refused
            (known or refused).refuse(destination)
        health: dict[tuple[str | None, ...] | None, int] = {
            split_name(comment): check for comment, check in self._health
        }
        for port in ports:
            port.health_check_port = health.get(port.name[:3])
        for port in ports:
            self._finish(port)
        family = next((port.family for port in ports if port.family), None)
        for port in ports:
            port.family = port.family or family  # a dump of iptables is of one family
        return [port for port in ports if port.targets or port.destinations]

    def _finish(self, port: PortRules) -> None:
        told = [target.address for targets in port.targets.values() for target in targets]
        told += [destination.address for destination in port.destinations.values()]
        port.family = family_of(told) or self.family
        # With the node among the ranges, each load balancer address is let in as a source too.
        own = {address for address, _ in port.destinations if address}
        single = ("32", "128", "")
        port.source_ranges = [
            source
            for source in port.source_ranges
            if source.partition("/")[0] not in own or source.partition("/")[2] not in single
        ]


def _after(words: list[str], option: str) -> str | None:
    """The word behind an option that is not negated; None without it.

    Raises
    ------
    IndexError
        If nothing stands behind it.
    """
    if option not in words:
        return None
    place = words.index(option)
    return None if place and words[place - 1] == "!" else words[place + 1]


def _arrow(comment: str) -> str | None:
    """The address in a comment like `shop/web:http -> 10.244.1.10:8080`."""
    address = comment.rpartition(" -> ")[2]
    return address if " -> " in comment and split_socket(address) else None
