"""What a dump of proxy rules says, whatever tool printed it: one record a service port and IP family."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

__all__ = [
    "Counter",
    "Destination",
    "Dump",
    "PortRules",
    "Target",
    "counter",
    "family_of",
    "is_address",
    "is_port",
    "number",
    "split_name",
    "split_socket",
]

Counter = tuple[int, int]
"""Packets and bytes."""

_ADDRESS: Final = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}$|(?=.{2,45}$)[0-9a-fA-F]*:[0-9a-fA-F:.]*$", re.ASCII)
_SOCKET: Final = re.compile(r"(?:(\d{1,3}(?:\.\d{1,3}){3})|\[([0-9a-fA-F:.]{2,45})\]):(\d{1,5})$", re.ASCII)
_LARGEST: Final = 10**18  # fits into 64 bits


@dataclass(slots=True)
class Target:
    """An endpoint among which a chain, or a virtual server, balances."""

    address: str | None
    share: float | None
    counter: Counter | None = None
    connections: int | None = None
    active: int | None = None
    inactive: int | None = None


@dataclass(slots=True)
class Destination:
    """An address and port that the rules of a service port match; `address` None: the node ports' own."""

    kind: str | None
    address: str | None
    port: int
    verdict: str
    counter: Counter | None = None


@dataclass(slots=True)
class PortRules:
    """What the rules of one IP family say of one service port.

    Attributes
    ----------
    chain
        What holds its rules together: the suffix of its chains, or its virtual server.
    namespace, service, port_name, protocol, family
        None where the dump does not tell.
    targets
        Its endpoints by traffic policy (`Cluster`, `Local`; None where the dump does not tell).
    destinations
        By address and port.
    affinity
        Seconds that a client stays with its endpoint; 0 for none; None where the dump does not tell.
    whole
        Whether all its endpoints are there: False where the dump was cut off in the middle of them.
    """

    chain: str | None
    namespace: str | None = None
    service: str | None = None
    port_name: str | None = None
    protocol: str | None = None
    family: str | None = None
    targets: dict[str | None, list[Target]] = field(default_factory=dict)
    destinations: dict[tuple[str | None, int], Destination] = field(default_factory=dict)
    affinity: int | None = None
    internal_policy: str | None = None
    external_policy: str | None = None
    source_ranges: list[str] = field(default_factory=list)
    health_check_port: int | None = None
    whole: bool = True

    @property
    def name(self) -> tuple[str | None, str | None, str | None, str | None]:
        """The columns by which frames name a service port."""
        return self.namespace, self.service, self.port_name, self.protocol

    def refuse(self, destination: Destination) -> None:
        """Take note of a destination that is refused: for outside clients, where others have a way in."""
        there = self.destinations.setdefault((destination.address, destination.port), destination)
        there.verdict = destination.verdict
        if destination.verdict == "DROP":
            # Only policy Local drops: there are endpoints, but none on this node.
            if there.kind == "cluster-ip":
                self.internal_policy = "Local"
            else:
                self.external_policy = "Local"


@dataclass(slots=True)
class Dump:
    """What one tool printed at one time: the lines from `start` up to, not including, `end` (positions from 0).

    Attributes
    ----------
    mode
        `iptables`, `nftables` or `ipvs`.
    ports
        What it says of each service port.
    unread
        Positions of lines that were not understood.
    whole
        Whether it reaches its end: False for one that was cut off, or is a part.
    """

    start: int
    end: int
    mode: str
    ports: list[PortRules]
    unread: list[int] = field(default_factory=list)
    whole: bool = True


def split_name(text: str) -> tuple[str, str, str] | None:
    """Namespace, service and port name of a comment that begins with `namespace/service:port`.

    Examples
    --------
    >>> split_name("shop/web:http cluster IP"), split_name("shop/old")
    (('shop', 'web', 'http'), ('shop', 'old', ''))
    """
    word = text.partition(" ")[0]
    namespace, slash, rest = word.partition("/")
    service, _, port_name = rest.partition(":")
    if not slash or not namespace or not service or "/" in rest or ":" in port_name or ":" in namespace:
        return None
    return namespace, service, port_name


def number(text: str | int) -> int:
    """A count as a number.

    Raises
    ------
    ValueError
        If it is none, or no counter could hold it.
    """
    value = int(text[:40]) if isinstance(text, str) else int(text)
    if not 0 <= value < _LARGEST:
        raise ValueError(f"no count: {value}")
    return value


def counter(packets: str | int, octets: str | int) -> Counter:
    """Packets and bytes as numbers.

    Raises
    ------
    ValueError
        If they are none, or no counter could hold them.
    """
    return number(packets), number(octets)


def is_port(port: str | int) -> int:
    """A port as a number.

    Raises
    ------
    ValueError
        If it is not.
    """
    if not 0 < (value := number(port)) < 65536:
        raise ValueError(f"no port: {value}")
    return value


def is_address(text: str) -> str:
    """The text, if it is an IP address.

    Raises
    ------
    ValueError
        If it is not.
    """
    if not _ADDRESS.match(text):
        raise ValueError(f"no address: {text[:60]}")
    return text


def split_socket(text: str) -> tuple[str, int] | None:
    """The address and the port of `ip:port`, IPv6 in brackets; None if it is none.

    Examples
    --------
    >>> split_socket("[fd00::1]:80"), split_socket("10.0.0.1:80"), split_socket("web:http")
    (('fd00::1', 80), ('10.0.0.1', 80), None)
    """
    found = _SOCKET.match(text)
    if not found or not 0 < (port := int(found[3])) < 65536:
        return None
    return found[1] or found[2], port


def family_of(addresses: Iterable[str | None]) -> str | None:
    """The IP family of the first address that is known.

    Examples
    --------
    >>> family_of([None, "[fd00::1]:80"]), family_of(["10.0.0.1:80"]), family_of([])
    ('IPv6', 'IPv4', None)
    """
    for address in addresses:
        if address:
            return "IPv6" if address[0] == "[" or address.count(":") > 1 else "IPv4"
    return None
