"""The right column of the chain's picture: the pods, one by one while they are few, else node by node."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from nodeportkit.figures.canvas import Canvas, Mark, pill_width
from nodeportkit.figures.chain.scene import PodSeen, Scene
from nodeportkit.figures.text import Font, fit, fit_together, width, wrap
from nodeportkit.figures.theme import PAD

__all__ = ["Pods"]

NAME: Final = Font(10.5, mono=True)
DETAIL: Final = Font(9.5)
COUNT: Final = Font(10.5)
WORD: Final = Font(9.5)
_MOST: Final = 8  # pods, or nodes with pods, that are drawn one by one
_ROW: Final = 40.0
_GAP: Final = 6.0
_STEP: Final = 14.0  # from mark to mark
_OVERLAP: Final = 7.0
_MOST_PORTS: Final = 3


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    detail: str
    side: str
    under: str = ""
    mark: Mark | None = None
    marks: tuple[Mark, ...] = ()
    numbers: tuple[str, ...] = ()
    carries: bool = True
    wrong: bool = False
    solid: bool = True
    plain: bool = field(default=False)


class Pods:
    """Pods below each other, each with a pill for each target port; grouped by node and counted when they are many."""

    def __init__(self, scene: Scene, across: float) -> None:
        self.scene = scene
        self.width = across
        self.rows = list(_rows(scene))
        self.message = wrap(scene.empty, Font(10.5), across - 2 * PAD) if not self.rows else []
        self.reach = max((self._plug(row) for row in self.rows), default=0) - _OVERLAP * bool(self.rows)
        self.height = len(self.rows) * (_ROW + _GAP) - _GAP if self.rows else 32 + 15.5 * (len(self.message) - 1) + 8

    @staticmethod
    def _plug(row: _Row) -> float:
        return sum(pill_width(number, small=True) + 3 for number in row.numbers) - 3 * bool(row.numbers)

    @property
    def heading(self) -> tuple[str, str, bool]:
        """What stands above the column, how they stand, and whether that is bad."""
        pods = [pod for pod in self.scene.pods if pod.selected]
        if self.scene.pods and not pods:
            unknown = self.scene.whole is None
            return "PODS", "selected or not: unknown" if unknown else "none selected", not unknown
        known = [pod.ready for pod in pods if pod.ready is not None]
        if not pods or len(known) < len(pods):
            return "PODS", f"{len(pods)}" if len(pods) > 1 else "", False
        return ("POD" if len(pods) == 1 else "PODS"), f"{sum(known)} of {len(pods)} ready", not all(known)

    def draw(self, canvas: Canvas, x: float, y: float) -> list[tuple[float, float, bool]]:
        """Draw the column; for each row where the link arrives, and whether packets take it."""
        colours = canvas.colours
        if not self.rows:
            canvas.panel(x, y, self.width, self.height, dashed=True, fill=colours.paper, name="no-pods")
            for i, line in enumerate(self.message):
                canvas.text(x + PAD, y + 23 + 15.5 * i, line, Font(10.5), colours.muted)
            return [(x, y + self.height / 2, False)]
        room = self.width - 2 * PAD - 18
        names = iter(
            fit_together([row.name for row in self.rows if row.mark], NAME, room - max(self._sides(), default=0))
        )
        anchors = []
        for row in self.rows:
            canvas.panel(
                x, y, self.width, _ROW, dashed=not row.solid, edge=colours.wrong if row.wrong else None,
                fill=None if row.solid else colours.paper, name="pod",
            )  # fmt: skip
            self._words(canvas, row, next(names) if row.mark else row.name, x, y)
            left = self._plugs(canvas, row, x, y + _ROW / 2)
            anchors.append((left, y + _ROW / 2, row.carries))
            y += _ROW + _GAP
        return anchors

    def _sides(self) -> Iterator[float]:
        return (min(width(row.side, DETAIL), self.width * 0.5) + 10 for row in self.rows if row.mark and row.side)

    def _words(self, canvas: Canvas, row: _Row, name: str, x: float, y: float) -> None:
        colours = canvas.colours
        left, right = x + PAD + (18 if row.mark else 0), x + self.width - PAD
        if row.mark:
            canvas.mark(x + PAD + 5, y + _ROW / 2, row.mark, 6)
        side = fit(row.side, DETAIL, self.width * 0.5)
        name = fit(name, NAME, right - left - (width(side, DETAIL) + 10 if side else 0))
        canvas.text(
            left,
            y + 17,
            name,
            NAME if row.mark or row.marks else COUNT,
            colours.ink if row.solid or row.mark else colours.muted,
        )
        canvas.text(
            right, y + 17, side, DETAIL, colours.wrong if row.marks and row.wrong else colours.muted, align="right"
        )
        under = fit(row.under, DETAIL, (right - left) * 0.5)
        room = right - left - (width(under, DETAIL) + 10 if under else 0)
        if row.marks:
            self._dots(canvas, row.marks, left, y + 28, room)
        else:
            canvas.text(left, y + 31, fit(row.detail, DETAIL, room), DETAIL, colours.muted)
        canvas.text(right, y + 31, under, DETAIL, colours.wrong if row.wrong else colours.muted, align="right")

    @staticmethod
    def _dots(canvas: Canvas, marks: Sequence[Mark], x: float, y: float, room: float) -> None:
        most = int(room // _STEP)
        drawn = marks if len(marks) <= most else marks[: int((room - 34) // _STEP)]
        for i, mark in enumerate(drawn):
            canvas.mark(x + 5 + i * _STEP, y, mark, 5)
        if len(drawn) < len(marks):
            words = f"+ {len(marks) - len(drawn):,}"
            canvas.text(x + len(drawn) * _STEP + 2, y + 3.5, words, DETAIL, canvas.colours.muted)

    def _plugs(self, canvas: Canvas, row: _Row, x: float, middle: float) -> float:
        left = x + _OVERLAP - self._plug(row)
        start = left
        wrong = self.scene.broken == "target-port"
        for number in row.numbers:
            colour = canvas.colours.wrong if wrong else canvas.colours.target_port
            canvas.pill(start, middle, number, colour, small=True, hollow=not row.carries, name="target-port")
            start += pill_width(number, small=True) + 3
        return left if row.numbers else x


def _rows(scene: Scene) -> Iterator[_Row]:
    pods = (
        sorted(scene.pods, key=lambda pod: (_order(pod.node), _order(pod.name)))
        if len(scene.pods) > _MOST
        else list(scene.pods)
    )
    selected = [pod for pod in pods if pod.selected]
    if len(selected) <= _MOST and len(pods) <= _MOST:
        yield from (_pod(scene, pod) for pod in pods)
    elif selected:
        yield from _groups(scene, selected)
    else:
        yield from (_pod(scene, pod) for pod in pods[: _MOST - 1])
        yield _Row(f"+ {len(pods) - _MOST + 1:,} more pods", "not selected either", "", solid=False, carries=False)


def _order(name: str) -> list[tuple[bool, int, str]]:
    """By this, node-2 stands before node-10."""
    return [(not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in re.split(r"(\d+)", name) if part]


def _carries(scene: Scene, pod: PodSeen) -> bool:
    return pod.selected and pod.ready is not False and scene.broken in (None, "node") and scene.whole is not None


def _mark(pod: PodSeen) -> Mark:
    return "unknown" if pod.ready is None else "ready" if pod.ready else "not-ready"


def _pod(scene: Scene, pod: PodSeen) -> _Row:
    place = " on ".join(part for part in (pod.address, pod.node) if part)
    state = (
        pod.status if pod.ready is False and pod.status else {True: "ready", False: "not ready", None: ""}[pod.ready]
    )
    return _Row(
        pod.name or pod.address, pod.note or place, _percent(pod.share), state, _mark(pod), (), _numbers(pod),
        _carries(scene, pod), wrong=pod.ready is False, solid=pod.selected,
    )  # fmt: skip


def _percent(share: float | None) -> str:
    if share is None or share == 0:
        return ""
    return f"{share:.0%}" if share >= 0.1 or share == round(share, 2) else f"{share:.1%}"


def _numbers(pod: PodSeen) -> tuple[str, ...]:
    numbers = ["?" if port is None else str(port) for port in pod.ports]
    unique = list(dict.fromkeys(numbers))
    return tuple(
        unique if len(unique) <= _MOST_PORTS else [*unique[: _MOST_PORTS - 1], f"+{len(unique) - _MOST_PORTS + 1}"]
    )


def _groups(scene: Scene, pods: list[PodSeen]) -> Iterator[_Row]:
    """A row for each node, those with pods that are not ready first; the rest counted."""
    groups = [list(group) for _, group in groupby(pods, key=lambda pod: pod.node)]
    most = _MOST if len(groups) <= _MOST else _MOST - 1
    ranked = sorted(range(len(groups)), key=lambda i: (all(pod.ready is not False for pod in groups[i]), i))
    for i in sorted(ranked[:most]):
        yield _group(scene, groups[i])
    if rest := [pod for i in sorted(ranked[most:]) for pod in groups[i]]:
        name = f"+ {len(groups) - most:,} more nodes"
        yield _Row(
            name,
            f"{len(rest):,} pods, {_ready(rest)}",
            "",
            solid=False,
            carries=_some(scene, rest),
            numbers=_numbers(rest[0]),
        )


def _some(scene: Scene, pods: list[PodSeen]) -> bool:
    return any(_carries(scene, pod) for pod in pods)


def _ready(pods: list[PodSeen]) -> str:
    if any(pod.ready is None for pod in pods):
        return "readiness not shown"
    ready = sum(bool(pod.ready) for pod in pods)
    return "all ready" if ready == len(pods) else "none ready" if not ready else f"{ready} of {len(pods)} ready"


def _group(scene: Scene, pods: list[PodSeen]) -> _Row:
    marks = tuple(sorted((_mark(pod) for pod in pods), key=lambda mark: mark == "ready"))
    wrong = "not-ready" in marks
    count = f"{len(pods)} pod{'' if len(pods) == 1 else 's'}, {_ready(pods)}"
    name = pods[0].node or "node not shown"
    return _Row(name, "", count, marks=marks, numbers=_numbers(pods[0]), carries=_some(scene, pods), wrong=wrong)
