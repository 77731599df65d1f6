"""A packet, and what the kube-proxy of a node decides about it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from nodeportkit.kube.service_ports import Endpoint, ServicePort

__all__ = ["Client", "Decision", "Packet", "Step", "Verdict", "within"]

Verdict = Literal["FORWARD", "DROP", "REJECT", "UNHANDLED"]
Client = Literal["pod", "node", "outside"]


@dataclass(frozen=True, slots=True)
class Packet:
    """The first packet of a connection: kube-proxy decides once a connection, not once a request."""

    source: str
    destination: str
    port: int
    protocol: str = "TCP"


@dataclass(frozen=True, slots=True)
class Step:
    """One decision on the packet's way.

    Attributes
    ----------
    decision
        What was decided, in a few words.
    reason
        Why, in a sentence.
    rule
        The rule that stands for it, as kube-proxy writes it for this mode; "" where there is none.
    """

    decision: str
    reason: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a packet.

    Attributes
    ----------
    verdict
        `FORWARD` to one of `endpoints`, `DROP` (the client waits), `REJECT` (the client is refused at once), or `UNHANDLED`:
        kube-proxy has no rule for it.
    endpoints
        Where it may be sent to, each with the same chance.
    masquerade
        Whether the pod sees the node's address in place of the client's, whichever endpoint is chosen.
    service_port
        What it was meant for.
    steps
        Each decision, in the order in which it was made.
    hairpins
        The endpoints that are the client itself: sent there, the packet shows the node's address all the same.
    """

    verdict: Verdict
    endpoints: tuple[Endpoint, ...] = ()
    masquerade: bool = False
    service_port: ServicePort | None = None
    steps: tuple[Step, ...] = ()
    hairpins: tuple[Endpoint, ...] = ()


def within(address: str, ranges: Iterable[str]) -> bool:
    """Tell whether an address lies in one of the ranges of its family.

    Examples
    --------
    >>> within("10.244.1.9", ["10.244.0.0/16", "fd00:244::/48"])
    True
    """
    ip = ipaddress.ip_address(address)
    networks = (ipaddress.ip_network(text, strict=False) for text in ranges)
    return any(ip in network for network in networks if network.version == ip.version)
