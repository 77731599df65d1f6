"""What the picture of a flow shows: entry nodes, pods, and the ribbons between them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["EndSeen", "EntrySeen", "Ribbon", "Scene", "Totals"]


@dataclass(frozen=True, slots=True)
class EntrySeen:
    """An entry node, or several folded into one.

    Attributes
    ----------
    name, detail
        Its name and its address; of several nodes, how many.
    share
        The part of the connections that enters here.
    lost
        What becomes of connections that go no further, in words; "" if none are lost.
    """

    name: str
    detail: str
    share: float
    lost: str = ""


@dataclass(frozen=True, slots=True)
class EndSeen:
    """A pod, or several folded into one."""

    name: str
    detail: str
    share: float
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Ribbon:
    """Connections from an entry to an end, as places in the lists of these; `end` is None where they are lost."""

    entry: int
    end: int | None
    share: float
    crosses: bool | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """Which part of the connections stays on its entry node, which crosses to another, which goes to pods of unknown nodes, and which is lost."""

    stays: float
    crosses: float
    unknown: float
    lost: float

    @property
    def parts(self) -> tuple[float, float, float, float]:
        """All of them in this order; together 1."""
        return self.stays, self.crosses, self.unknown, self.lost


@dataclass(frozen=True, slots=True)
class Scene:
    """A flow.

    Attributes
    ----------
    number, on_node_port
        The port that clients dial, and whether it is a node port.
    lost, lost_at
        What becomes of connections that reach no pod, and the entry nodes at which that happens, in words.
    counted
        How many connections were counted; None if the shares are predicted.
    expected
        The totals as predicted, where connections were counted.
    foot
        Whether chance explains the counts of the pods, and the figures behind that.
    """

    title: str
    subtitle: str
    number: str
    on_node_port: bool
    entries: tuple[EntrySeen, ...]
    ends: tuple[EndSeen, ...]
    ribbons: tuple[Ribbon, ...]
    totals: Totals
    lost: str = "lost"
    lost_at: str = ""
    counted: int | None = None
    expected: Totals | None = None
    foot: str = ""
