"""The right column of the chain's picture: the pods, one by one while they are few, else node by node."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from nodeportkit.figures.canvas import Canvas, Mark, pill_width
from nodeportkit.figures.chain.pod_rows import MOST, Row, pod_rows
from nodeportkit.figures.chain.scene import Scene
from nodeportkit.figures.text import Font, fit, fit_together, width, wrap
from nodeportkit.figures.theme import PAD

__all__ = ["Link", "Pods"]

NAME: Final = Font(10.5, mono=True)
PLAIN: Final = Font(10.5)
DETAIL: Final = Font(9.5)
_ROW: Final = 40.0
_GAP: Final = 6.0
_MARK: Final = 18.0  # what a mark before a name takes
_STEP: Final = 14.0  # from dot to dot
_OVERLAP: Final = 7.0
_LINE: Final = 15.5

Link = tuple[float, float, bool]  # where a link ends, and whether packets take it


class Pods:
    """Pods below each other, each with a pill for each target port; grouped by node and counted when they are many."""

    def __init__(self, scene: Scene, across: float) -> None:
        self.scene = scene
        self.width = across
        self.rows = pod_rows(scene)
        self.message = wrap(scene.empty, PLAIN, across - 2 * PAD) if not self.rows else []
        self.reach = max((_plug(row) for row in self.rows), default=0) - _OVERLAP if self.plugged else 0.0
        per_line = int((across - 2 * PAD) // _STEP)
        # A few nodes with many pods get more lines of dots.
        most = max(1, MOST // max(len(self.rows), 1))
        self.lines = [min(math.ceil(len(row.dots) / per_line), most) for row in self.rows]
        self.heights = [_ROW + _STEP * max(lines - 1, 0) for lines in self.lines]
        below = _LINE * (len(self.message) - 1)
        self.height = sum(self.heights) + _GAP * (len(self.rows) - 1) if self.rows else 38 + below

    @property
    def plugged(self) -> bool:
        """Whether any pod has a target port to show."""
        return any(row.numbers for row in self.rows)

    @property
    def shared(self) -> bool:
        """Whether any row says which share of the connections it gets."""
        return any(row.pod and row.side for row in self.rows)

    @property
    def heading(self) -> tuple[str, str, bool]:
        """What stands above the column, how the pods stand, and whether that is bad."""
        pods = [pod for pod in self.scene.pods if pod.selected]
        if self.scene.pods and not pods:
            unknown = self.scene.whole is None
            return "PODS", "selected or not: unknown" if unknown else "none selected", not unknown
        known = [pod.ready for pod in pods if pod.ready is not None]
        if not pods or len(known) < len(pods):
            return "PODS", f"{len(pods):,}" if len(pods) > 1 else "", False
        return ("POD" if len(pods) == 1 else "PODS"), f"{sum(known):,} of {len(pods):,} ready", not all(known)

    def draw(self, canvas: Canvas, x: float, y: float) -> list[Link]:
        """Draw the column; for each row where its link arrives."""
        if not self.rows:
            canvas.panel(x, y, self.width, self.height, dashed=True, fill=canvas.colours.paper, name="no-pods")
            for i, line in enumerate(self.message):
                canvas.text(x + PAD, y + 23 + _LINE * i, line, PLAIN, canvas.colours.muted)
            return [(x, y + self.height / 2, False)]
        sides = [width(row.side, DETAIL) + 10 for row in self.rows if row.pod and row.side]
        room = self.width - 2 * PAD - _MARK - max(sides, default=0)
        names = iter(fit_together([row.name for row in self.rows if row.pod], NAME, room))
        links = []
        for row, lines, height in zip(self.rows, self.lines, self.heights, strict=True):
            self._panel(canvas, row, next(names) if row.pod else row.name, x, y, height, lines)
            links.append((self._plugs(canvas, row, x, y + height / 2), y + height / 2, row.carries))
            y += height + _GAP
        return links

    def _panel(self, canvas: Canvas, row: Row, name: str, x: float, y: float, height: float, lines: int) -> None:
        colours = canvas.colours
        edge, fill = colours.wrong if row.wrong else None, None if row.solid else colours.paper
        canvas.panel(x, y, self.width, height, dashed=not row.solid, edge=edge, fill=fill, name="pod")
        left, right = x + PAD + (_MARK if row.pod else 0), x + self.width - PAD
        alarm = colours.wrong if row.wrong else colours.muted
        if row.mark:
            canvas.mark(x + PAD + 5, y + height / 2, row.mark, 6)
        side = fit(row.side, DETAIL, (right - left) * 0.6)
        font = NAME if row.pod or row.dots else PLAIN
        name = fit(name, font, right - left - width(side, DETAIL) - 10 * bool(side))
        canvas.text(left, y + 17, name, font, colours.ink if row.pod or row.solid else colours.muted)
        canvas.text(right, y + 17, side, DETAIL, colours.muted if row.pod else alarm, align="right")
        if row.dots:
            self._dots(canvas, row.dots, left, y + 28, right - left, lines)
            return
        state = fit(row.state, DETAIL, (right - left) * 0.62)
        room = right - left - width(state, DETAIL) - 10 * bool(state)
        canvas.text(left, y + 31, _placed(row, room), DETAIL, colours.muted)
        canvas.text(right, y + 31, state, DETAIL, alarm, align="right")

    @staticmethod
    def _dots(canvas: Canvas, marks: Sequence[Mark], x: float, y: float, room: float, lines: int) -> None:
        per_line = int(room // _STEP)
        # The last line keeps room for the words that count the rest.
        most = len(marks) if len(marks) <= per_line * lines else per_line * (lines - 1) + int((room - 48) // _STEP)
        for i, mark in enumerate(marks[:most]):
            canvas.mark(x + 5 + i % per_line * _STEP, y + i // per_line * _STEP, mark, 5)
        if most < len(marks):
            left = x + most % per_line * _STEP + 3
            words = f"+ {len(marks) - most:,}"
            canvas.text(left, y + (lines - 1) * _STEP + 3.5, words, DETAIL, canvas.colours.muted)

    def _plugs(self, canvas: Canvas, row: Row, x: float, middle: float) -> float:
        """The pills of the target ports, into the panel's left edge; where the first begins."""
        if not row.numbers:
            return x
        colours = canvas.colours
        start = left = x + _OVERLAP - _plug(row)
        for number in row.numbers:
            colour = colours.wrong if self.scene.broken == "target-port" else colours.target_port
            canvas.pill(start, middle, number, colour, small=True, hollow=not row.carries, name="target-port")
            start += pill_width(number, small=True) + 3
        return left


def _plug(row: Row) -> float:
    return sum(pill_width(number, small=True) + 3 for number in row.numbers) - 3 * bool(row.numbers)


def _placed(row: Row, room: float) -> str:
    """Address and node in the room there is: the node's name gives way first."""
    words = f"{row.detail} on " if row.detail else "on "
    if not row.node or width(words, DETAIL) + 40 > room:
        return fit(row.detail, DETAIL, room)
    return words + fit(row.node, DETAIL, room - width(words, DETAIL))
