"""What the picture of a packet on its way shows."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["EndSeen", "Scene"]


@dataclass(frozen=True, slots=True)
class EndSeen:
    """An endpoint that the packet may be sent to: its address, its pod, and the chance, in words."""

    address: str
    pod: str
    chance: str


@dataclass(frozen=True, slots=True)
class Scene:
    """A packet on its way.

    Attributes
    ----------
    client, source
        Who sent it, in words, and its address.
    node, dialled, port
        The node whose kube-proxy decides; the address and the port that were dialled.
    on_node_port
        Whether it is a node port that was dialled.
    decisions, at
        How many decisions there are, and how many of them were shown.
    verdict, outcome
        What becomes of it: the verdict of `trace`, and in words.
    ends
        The endpoints it may be sent to.
    """

    title: str
    subtitle: str
    client: str
    source: str
    node: str
    dialled: str
    port: str
    on_node_port: bool
    decisions: int
    at: int
    verdict: str
    outcome: str
    ends: tuple[EndSeen, ...]

    @property
    def done(self) -> bool:
        """Whether the packet is at the end of its way."""
        return self.at >= self.decisions
