"""What is known of the machine that nodes run on, where a cluster runs on one machine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

__all__ = ["Host"]

_MAPPING: Final = re.compile(r"(?P<at>.+)->(?P<first>\d+)(?:-(?P<last>\d+))?/(?P<protocol>\w+)")


@dataclass(frozen=True, slots=True)
class Host:
    """The machine below the nodes: a laptop that runs kind or minikube, or any node's kernel.

    Attributes
    ----------
    driver
        What minikube runs its node with: `docker`, `kvm2`, `virtualbox`, ...; None if no source said.
    system
        The machine's operating system: `linux`, `darwin`, `windows`, `wsl`; None if no source said.
    ephemeral_ports
        The kernel's `net.ipv4.ip_local_port_range`, as `"32768-60999"`; None if no source said. That is its default.
    port_mappings
        Ports of the machine that lead to ports of a kind node, as docker shows them: `0.0.0.0:8080->30080/tcp`; () for
        none, None if no source said.

    Examples
    --------
    >>> Host(port_mappings=("127.0.0.1:8080->30080/tcp",)).mapped(30080)
    ('127.0.0.1:8080',)
    """

    driver: str | None = None
    system: str | None = None
    ephemeral_ports: str | None = None
    port_mappings: tuple[str, ...] | None = None

    @property
    def single_ports(self) -> tuple[str, ...]:
        """The addresses and ports of the machine that lead to one port of a node, whichever that is.

        Examples
        --------
        >>> Host(port_mappings=("0.0.0.0:8080->80/tcp", "127.0.0.1:41637->6443/tcp")).single_ports
        ('0.0.0.0:8080', '127.0.0.1:41637')
        """
        told = (_MAPPING.fullmatch(mapping) for mapping in self.port_mappings or ())
        return tuple(each["at"] for each in told if each and each["at"].rpartition(":")[2].isdecimal())

    def mapped(self, node_port: int, protocol: str = "TCP") -> tuple[str, ...]:
        """The addresses and ports of the machine that lead to a node port.

        Parameters
        ----------
        node_port
            The port on the node.
        protocol
            TCP, UDP or SCTP.

        Examples
        --------
        >>> Host(port_mappings=("0.0.0.0:30000-30002->30000-30002/tcp",)).mapped(30001)
        ('0.0.0.0:30001',)
        """
        found = []
        for mapping in self.port_mappings or ():
            told = _MAPPING.fullmatch(mapping)
            if not told or told["protocol"].upper() != protocol.upper():
                continue
            first, last = int(told["first"]), int(told["last"] or told["first"])
            address, _, port = told["at"].rpartition(":")
            if first <= node_port <= last:
                start = int(port.partition("-")[0]) if port.partition("-")[0].isdecimal() else 0
                found.append(f"{address}:{start + node_port - first}")
        return tuple(found)
