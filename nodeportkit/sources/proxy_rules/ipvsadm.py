"""What `ipvsadm -Ln` prints, with `--stats` too, and `ipvsadm -Sn`.

Layout as in ipvsadm.c (`print_title`, `print_service_entry`, `print_largenum`). Virtual servers bear no names: which
service one stands for, and whether an address is a cluster IP or a node's, the dump does not tell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from nodeportkit.sources.proxy_rules.model import (
    Destination,
    Dump,
    PortRules,
    Target,
    family_of,
    number,
    split_socket,
)

__all__ = ["begins", "joined", "read"]

_BEGINS: Final = re.compile(r"IP Virtual Server version|Prot LocalAddress:Port|-A (?:-[tu]|--sctp-service|-f) \S+")
_TITLE: Final = re.compile(r"IP Virtual Server|Prot LocalAddress:Port|\s*-> RemoteAddress:Port")
_SERVER: Final = re.compile(r"(TCP|UDP|SCTP|FWM) +(\S+) *(.*)")
_REAL: Final = re.compile(r" *-> (\S+) +(.*)")
_SAVED: Final = re.compile(r"-([Aa]) (-[tuf]|--sctp-service) (\S+)(.*)")
_PROTOCOLS: Final = {"-t": "TCP", "-u": "UDP", "--sctp-service": "SCTP"}
_SCALE: Final = {"K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
# Schedulers that pass over servers of weight 0 and heed weights no further (Linux net/netfilter/ipvs).
_EVEN: Final = frozenset(("rr", "lc", "dh"))
_DEFAULT_AFFINITY: Final = 300


class _Server:
    """A virtual server that is being read."""

    def __init__(self, protocol: str, address: str) -> None:
        self.rules = PortRules(f"{protocol} {address}", protocol=protocol)
        self.scheduler: str | None = None
        self.weights: list[int | None] = []
        self.rules.targets[None] = []
        found = split_socket(address)
        if not found:
            raise ValueError(f"no address: {address}")
        self.destination = Destination(None, *found, "REJECT")
        self.rules.destinations[found] = self.destination
        self.rules.family = family_of([address])

    def add(self, target: Target, weight: int | None) -> None:
        if not target.address or not split_socket(target.address):
            raise ValueError(f"no address: {target.address}")
        self.rules.targets[None].append(target)
        self.weights.append(weight)

    def flags(self, text: str) -> None:
        """The scheduler, and how long a client stays with its server."""
        words = text.split()
        self.scheduler = words[0]
        self.rules.affinity = number(words[words.index("persistent") + 1]) if "persistent" in words else 0

    def done(self) -> PortRules:
        """The record, with the share of each server in new connections."""
        targets = self.rules.targets[None]
        known = [weight for weight in self.weights if weight is not None]
        if self.scheduler in _EVEN:
            known = [min(weight, 1) for weight in known]
        if self.scheduler and len(known) == len(targets) and (whole := sum(known)):
            for target, weight in zip(targets, known, strict=True):
                target.share = weight / whole
        # Without a server that takes connections the kernel answers "port unreachable".
        refuses = len(known) == len(targets) and not any(known)
        self.destination.verdict = "REJECT" if refuses else "FORWARD"
        return self.rules


def begins(line: str) -> bool:
    """Whether such a dump can begin with this line."""
    return bool(_BEGINS.match(line))


def read(lines: Sequence[str], at: int) -> Dump:
    """The dump that begins at `lines[at]`, up to other text or the title of another one."""
    dump = Dump(at, at, "ipvs", [])
    servers: dict[tuple[str, str], _Server] = {}
    server: _Server | None = None
    columns: list[str] = []
    titled = False
    for place in range(at, len(lines)):
        line = lines[place]
        if _TITLE.match(line):
            if line.startswith(("IP", "Prot")) and (servers or (titled and line.startswith("IP"))):
                break
            titled = True
            columns = line.partition(":Port")[2].split() or columns
        elif saved := _SAVED.match(line):
            _take(_saved, dump, place, servers, saved)
        elif found := _SERVER.match(line):
            server = _take(_listed, dump, place, servers, found, columns)
        elif found := _REAL.match(line):
            _take(_real, dump, place, server, found, columns)
        elif line:
            break
        else:
            continue
        dump.end = place + 1
    dump.ports = [each.done() for each in servers.values()]
    return dump


def _take(reads: object, dump: Dump, place: int, *about: object) -> _Server | None:
    """Read one line; one that is not as it should be is among those that were not read."""
    try:
        return reads(*about)  # type: ignore[operator,no-any-return]
    except (ValueError, IndexError, KeyError):
        dump.unread.append(place)
        return None


def _listed(servers: dict[tuple[str, str], _Server], found: re.Match[str], columns: list[str]) -> _Server:
    server = servers[found[1], found[2]] = _Server(found[1], found[2])
    if "Conns" in columns:
        told = _row(columns, found[3])
        server.destination.counter = told.get("InPkts", 0), told.get("InBytes", 0)
    elif "CPS" not in columns and found[3]:
        server.flags(found[3])
    return server


def _real(server: _Server | None, found: re.Match[str], columns: list[str]) -> None:
    if server is None:
        raise ValueError("no virtual server above")
    told = _row(columns, found[2])
    target = Target(found[1], None, active=told.get("ActiveConn"), inactive=told.get("InActConn"))
    if "Conns" in told:
        target.connections = told["Conns"]
        target.counter = told["InPkts"], told["InBytes"]
    server.add(target, told.get("Weight"))


def _row(columns: list[str], text: str) -> dict[str, int]:
    """The numbers of a row by their column; words, like the way of forwarding, are left out."""
    words = text.split()
    if len(words) != len(columns):
        raise ValueError("not as many words as columns")
    return {
        column: _large(word)
        for column, word in zip(columns, words, strict=True)
        if column not in ("Forward", "TunnelInfo")
    }


def _large(word: str) -> int:
    """A number as ipvsadm prints it: from 100 million on in thousands (K), millions (M), ..., cut off."""
    scale = _SCALE.get(word[-1:], 1)
    return number(number(word[:-1] if scale > 1 else word) * scale)


def _saved(servers: dict[tuple[str, str], _Server], found: re.Match[str]) -> _Server:
    key = _PROTOCOLS[found[2]], found[3]
    words = found[4].split()
    if found[1] == "A":
        server = servers[key] = _Server(*key)
        server.scheduler = words[words.index("-s") + 1]
        server.rules.affinity = 0
        if "-p" in words:
            following = words[words.index("-p") + 1 :]
            server.rules.affinity = number(following[0]) if following else _DEFAULT_AFFINITY
        return server
    weight = number(words[words.index("-w") + 1]) if "-w" in words else 1
    servers[key].add(Target(words[words.index("-r") + 1], None), weight)
    return servers[key]


def joined(dumps: Sequence[Dump]) -> list[Dump]:
    """The dumps, those of weights and those of counters that follow each other made one.

    `ipvsadm -Ln` shows schedulers and weights, `ipvsadm -Ln --stats` the counters of the same servers.
    """
    result: list[Dump] = []
    for dump in dumps:
        before = result[-1] if result and result[-1].mode == dump.mode == "ipvs" else None
        if before is not None and _complements(before, dump):
            _complete(before, dump)
            before.unread += dump.unread
            before.end = dump.end
        else:
            result.append(dump)
    return result


def _complements(one: Dump, other: Dump) -> bool:
    """Whether they show the same servers, and only one of them the counters."""
    same = [_servers(port) for port in one.ports] == [_servers(port) for port in other.ports]
    return same and _counted(one) != _counted(other)


def _servers(port: PortRules) -> tuple[str | None, list[str | None]]:
    return port.chain, [target.address for target in port.targets[None]]


def _counted(dump: Dump) -> bool:
    return any(target.connections is not None for port in dump.ports for target in port.targets[None])


def _complete(one: Dump, other: Dump) -> None:
    for port, also in zip(one.ports, other.ports, strict=True):
        if port.affinity is None:
            port.affinity = also.affinity
        for target, known in zip(port.targets[None], also.targets[None], strict=True):
            for name in ("share", "counter", "connections", "active", "inactive"):
                if getattr(target, name) is None:
                    setattr(target, name, getattr(known, name))
        for key, destination in port.destinations.items():
            destination.counter = destination.counter or also.destinations[key].counter
            if _counted(one) and destination.verdict == "FORWARD":
                destination.verdict = also.destinations[key].verdict
