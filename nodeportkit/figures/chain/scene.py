"""What the picture of a chain has to show, apart from how it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["TO_BE_CHOSEN", "NodeSeen", "PodSeen", "PortSeen", "Scene", "TermSeen"]

TO_BE_CHOSEN: Final = "to be chosen"
_MOST_PORTS: Final = 6

Break = Literal["node", "service", "selector", "pods", "target-port"]


@dataclass(frozen=True, slots=True)
class NodeSeen:
    """A node: `ready` None where that was not shown; `serves` False where its node port leads to no pod."""

    name: str
    addresses: tuple[str, ...]
    ready: bool | None = None
    serves: bool = True


@dataclass(frozen=True, slots=True)
class PortSeen:
    """A port of the service; where its `node_port` is None, `unopened` says in a word why."""

    name: str
    protocol: str
    port: int | None
    target_port: str
    node_port: int | None
    unopened: str = "none"

    @property
    def opened(self) -> bool:
        """Whether nodes listen for it, or will."""
        return self.node_port is not None or self.unopened == TO_BE_CHOSEN

    @property
    def on_nodes(self) -> str:
        """Its node port, or what is to be said in its place."""
        return self.unopened if self.node_port is None else str(self.node_port)


@dataclass(frozen=True, slots=True)
class TermSeen:
    """A term of the selector and how many pods carry it; None where the labels were not shown."""

    text: str
    pods: int | None


@dataclass(frozen=True, slots=True)
class PodSeen:
    """A pod: one that the service selects, or (`selected` False) one that is near to what it selects.

    `ports` are the ports it is sent to (None for one that it does not have); `share` is its part of the connections that
    enter at any node or, under external traffic policy Local, at its own; `reachable` is False where none gets to it.
    """

    name: str
    address: str
    node: str
    ready: bool | None
    status: str
    ports: tuple[int | None, ...] = ()
    share: float | None = None
    selected: bool = True
    note: str = ""
    reachable: bool = True


@dataclass(frozen=True, slots=True)
class Scene:
    """A service, what is before it and behind it, and how the chain stands."""

    namespace: str
    name: str
    type: str
    addresses: tuple[str, ...]
    policy: str
    external_name: str
    ports: tuple[PortSeen, ...]
    terms: tuple[TermSeen, ...] | None
    nodes: tuple[NodeSeen, ...]
    pods: tuple[PodSeen, ...]
    empty: str  # why there are no pods to show
    whole: bool | None
    broken: Break | None
    title: str
    symptom: str
    reason: str
    explanation: str
    command: str
    outside: tuple[str, ...] = ()  # its addresses outside the cluster, or that one is awaited
    before: str = ""  # a command that may have changed all this since

    @property
    def drawn_ports(self) -> tuple[PortSeen, ...]:
        """The ports that there is room for."""
        return self.ports if len(self.ports) <= _MOST_PORTS else self.ports[: _MOST_PORTS - 1]

    @property
    def exposed(self) -> bool:
        """Whether any of its ports has a node port, or will have one."""
        return any(port.opened for port in self.ports)
