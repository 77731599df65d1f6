"""Loopback addresses that stand for those of a cluster, and back.

All of 127.0.0.0/8 may be bound and dialled without root on Linux; where there is 127.0.0.1 alone, `doors` finds other places.
The rules of kube-proxy treat that range in their own way, so decisions are made with the addresses that a real cluster would
have. Several playgrounds on one machine each have a block of their own: the second part of their addresses tells them apart.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from functools import cache
from typing import Final

from nodeportkit.errors import NodePortKitError
from nodeportkit.playground.network.doors import HOST

__all__ = ["BLOCKS", "CLUSTER_CIDR", "MOST_NODES", "SERVICE_CIDR", "Addresses", "Claim", "claim"]

BLOCKS: Final = 10
MOST_NODES: Final = 1023
CLUSTER_CIDR: Final = "10.244.0.0/14"
SERVICE_CIDR: Final = "10.96.0.0/16"
_PODS: Final = 4  # second parts of addresses that the pods of a block take: 256 nodes fit into each
_ROW: Final = 250  # nodes that share the third part of their addresses
_OUTSIDE: Final = "203.0.113.1"  # any client that is none of the cluster's (RFC 5737)
_CLAIMED: Final = 26_430  # whoever has a block holds this port and as many on as the block's number


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of one playground.

    Parameters
    ----------
    block
        Which block of them, from 0 on.

    Examples
    --------
    >>> Addresses().node(1), Addresses(1).node(1), Addresses(1).services
    ('127.168.1.2', '127.169.1.2', '127.97.0.0/16')
    >>> Addresses().pods(1), Addresses().pods(1000), Addresses(1).pods(1)
    ('127.244.1.0/24', '127.247.232.0/24', '127.240.1.0/24')
    >>> Addresses().as_real("127.168.1.2"), Addresses().as_real("127.0.0.1")
    ('192.168.1.2', '203.0.113.1')
    >>> Addresses().as_loopback("10.244.1.2"), Addresses(1).as_loopback("10.247.1.2")
    ('127.244.1.2', '127.243.1.2')
    """

    block: int = 0

    @property
    def services(self) -> str:
        """The range of cluster IPs."""
        return f"127.{96 + self.block}.0.0/16"

    @property
    def kubernetes(self) -> str:
        """The cluster IP of the API server's own service."""
        return f"127.{96 + self.block}.0.1"

    def node(self, number: int) -> str:
        """The address of a node, counted from 1."""
        row, place = divmod(number - 1, _ROW)
        return f"127.{168 + self.block}.{row + 1}.{place + 2}"

    def pods(self, number: int) -> str:
        """The range of the pods on a node."""
        row, place = divmod(number, 256)
        return f"127.{self._first + row}.{place}.0/24"

    def as_real(self, address: str) -> str:
        """The address of a cluster that a loopback address stands for; a client of no cluster for any other."""
        for prefix, real in _prefixes(self.block):
            if address.startswith(prefix):
                return real + address.removeprefix(prefix)
        return _OUTSIDE

    def as_loopback(self, address: str) -> str:
        """The loopback address that stands for one of a cluster; others come back as they are."""
        for prefix, real in _prefixes(self.block):
            if address.startswith(real):
                return prefix + address.removeprefix(real)
        return address

    def has(self, address: str) -> bool:
        """Whether it is one of them."""
        return address.startswith(_beginnings(self.block))

    @property
    def all_pods(self) -> str:
        """The range of all pods."""
        return f"127.{self._first}.0.0/14"

    @property
    def _first(self) -> int:
        """The first second part of the pods' addresses: those of a block are one range."""
        return 244 - _PODS * self.block


@cache
def _prefixes(block: int) -> tuple[tuple[str, str], ...]:
    """How the addresses of a block begin, and those that they stand for."""
    return (
        (f"127.{168 + block}.", "192.168."),
        (f"127.{96 + block}.", "10.96."),
        *((f"127.{244 - _PODS * block + row}.", f"10.{244 + row}.") for row in range(_PODS)),
    )


@cache
def _beginnings(block: int) -> tuple[str, ...]:
    return tuple(prefix for prefix, _ in _prefixes(block))


class Claim:
    """A block that nobody else takes while this is held; it ends with the process at the latest."""

    def __init__(self, addresses: Addresses, holding: socket.socket) -> None:
        self.addresses = addresses
        self._holding = holding

    def close(self) -> None:
        """Let go of the block."""
        self._holding.close()


def claim() -> Claim:
    """The first block of addresses that no playground on this machine has.

    Raises
    ------
    NodePortKitError
        If all of them are taken.
    """
    for block in range(BLOCKS):
        holding = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            holding.bind((HOST, _CLAIMED + block))
        except OSError:
            holding.close()
            continue
        return Claim(Addresses(block), holding)
    raise NodePortKitError(
        f"{BLOCKS} playgrounds run on this machine: there are no addresses for another",
        hint="End one: nodeportkit playground down.",
    )
