"""Very many nodes in few boxes: those that hold alike are counted together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from nodeportkit.figures.nodes.scene import BoxSeen, PodSeen

__all__ = ["MOST_TILES", "fold"]

MOST_TILES: Final = 108  # up to which every node has one of its own
_MOST_KINDS: Final = 24


def fold(boxes: Sequence[BoxSeen]) -> list[BoxSeen]:
    """Every box, or where they are too many, one for each kind: what is wrong first, then the most nodes."""
    if len(boxes) <= MOST_TILES:
        return list(boxes)
    kinds: dict[Any, list[BoxSeen]] = {}
    for box in boxes:
        kinds.setdefault((box.node, box.state, box.answers, tuple(sorted(box.marks.items()))), []).append(box)
    ranked = sorted(kinds.values(), key=lambda alike: (not _wrong(alike[0]), -len(alike)))
    shown = [_counted(alike) for alike in ranked[:_MOST_KINDS]]
    rest = [box for alike in ranked[_MOST_KINDS:] for box in alike]
    return [*shown, _others(rest)] if rest else shown


def _wrong(box: BoxSeen) -> bool:
    return bool(box.state or box.marks["not-ready"] or not box.node)


def _counted(alike: list[BoxSeen]) -> BoxSeen:
    first = alike[0]
    if len(alike) == 1:
        return first
    return replace(first, name=f"{len(alike):,} nodes", detail=f"{first.name} …", nodes=len(alike))


def _others(boxes: list[BoxSeen]) -> BoxSeen:
    pods: tuple[PodSeen, ...] = tuple(pod for box in boxes for pod in box.pods)
    return BoxSeen(f"{len(boxes):,} more nodes", "all pods of these", pods, nodes=1)
