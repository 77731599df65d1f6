"""The sheet of shares: a row a pod, with bars for what was expected and what was seen, and what chance allows."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from nodeportkit.figures.canvas import Canvas
from nodeportkit.figures.fractions import percent
from nodeportkit.figures.head import HEADING, Head
from nodeportkit.figures.shares.build import Row, Scene
from nodeportkit.figures.text import Font, fit, fit_together, width
from nodeportkit.figures.theme import MARGIN, PAD
from nodeportkit.figures.verdict import Foot

__all__ = ["Sheet"]

_WIDTH: Final = 910.0
_NAME: Final = Font(10.5, bold=True)
_DETAIL: Final = Font(9.5)
_FIGURE: Final = Font(10.5, mono=True)
_NODE: Final = 118.0
_NAMES: Final = 166.0
_ROW: Final = 34.0
_GAP: Final = 8.0
_SHARE, _COUNT, _ALLOWED = 72.0, 84.0, 128.0


class Sheet:
    """The places of everything on the sheet; `draw` draws it."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.head = Head(scene.title, scene.subtitle, _WIDTH)
        self.top = self.head.bottom + 32
        self.groups = [list(rows) for _, rows in groupby(scene.rows, key=lambda row: (row.node, row.lost))]
        self.counted = scene.total is not None
        self.x_bars = MARGIN + _NODE + PAD + _NAMES
        columns = _SHARE + (_COUNT + _SHARE + _ALLOWED if self.counted else 0)
        self.across = _WIDTH - MARGIN - columns - self.x_bars - 22
        largest = max(max(row.share, row.observed or 0, row.high if self.counted else 0) for row in scene.rows)
        self.unit = self.across / (largest or 1)
        self.y_legend = self.top + sum(len(rows) * _ROW + _GAP for rows in self.groups) + 18
        self.foot = Foot(scene.foot, _WIDTH)
        self.height = self.y_legend + 4 + self.foot.height + MARGIN

    @property
    def size(self) -> tuple[float, float]:
        """Width and height, in points."""
        return _WIDTH, self.height

    def draw(self, canvas: Canvas) -> None:
        """Draw everything."""
        self.head.draw(canvas)
        self._headings(canvas)
        marked = 19 if any(row.odd or row.lost for row in self.scene.rows) else 0
        names = iter(fit_together([row.name for row in self.scene.rows], _NAME, _NAMES - 10 - marked))
        y = self.top
        for rows in self.groups:
            self._group(canvas, rows, y)
            for row in rows:
                self._row(canvas, row, next(names), y + _ROW / 2)
                y += _ROW
            y += _GAP
        self._legend(canvas)
        self.foot.draw(canvas, self.y_legend)

    def _columns(self) -> list[tuple[str, float]]:
        """The headings of the columns of figures, and their right edges."""
        right = _WIDTH - MARGIN
        if not self.counted:
            return [("expected", right)]
        return [
            ("expected", right - _ALLOWED - _SHARE - _COUNT),
            ("received", right - _ALLOWED - _SHARE),
            ("share", right - _ALLOWED),
            ("chance allows", right),
        ]

    def _headings(self, canvas: Canvas) -> None:
        muted, y = canvas.colours.muted, self.top - 13
        canvas.text(MARGIN, y, "NODE", HEADING, muted, name="heading")
        canvas.text(MARGIN + _NODE + PAD, y, "POD", HEADING, muted, name="heading")
        for words, right in self._columns():
            canvas.text(right, y, words, HEADING, muted, align="right", name="heading")

    def _group(self, canvas: Canvas, rows: list[Row], y: float) -> None:
        """The panel of a node, as high as its pods together."""
        if rows[0].lost:
            return
        colours, down = canvas.colours, len(rows) * _ROW
        canvas.panel(MARGIN, y, _NODE, down, name="node")
        words = fit(rows[0].node or "not shown", _NAME, _NODE - 20)
        ink = colours.ink if rows[0].node else colours.muted
        canvas.text(MARGIN + 10, y + down / 2 + 4, words, _NAME, ink)

    def _row(self, canvas: Canvas, row: Row, name: str, middle: float) -> None:
        colours = canvas.colours
        x = MARGIN + _NODE + PAD
        if row.odd or row.lost:
            canvas.mark(x + 6, middle, "wrong", 6)
            x += 19
        canvas.text(x, middle + 4, name, _NAME, colours.wrong if row.odd or row.lost else colours.ink)
        self._bars(canvas, row, middle)
        columns = [percent(row.share)]
        if self.counted:
            columns += [f"{row.count:,}", percent(row.observed or 0.0), _between(row.low, row.high)]
        inks = [colours.muted, colours.ink, colours.wrong if row.odd else colours.ink, colours.muted]
        for words, (_, right), ink in zip(columns, self._columns(), inks, strict=False):
            canvas.text(right, middle + 4, words, _FIGURE, ink, align="right")

    def _bars(self, canvas: Canvas, row: Row, middle: float) -> None:
        colours = canvas.colours
        if not self.counted:
            self._expected(canvas, row, middle - 7, 14)
            return
        self._expected(canvas, row, middle - 12, 9)
        down = max((row.observed or 0.0) * self.unit, 1.2)
        fill = colours.wrong if row.odd or row.lost else colours.target_port
        canvas.bar(self.x_bars, middle + 1, down, 9, fill, name="observed-bar")
        left, right = (self.x_bars + part * self.unit for part in (row.low, row.high))
        for x in (left, right):
            canvas.bar(x - 0.7, middle - 1.5, 1.4, 14, colours.ink, name="allowed")
        canvas.bar(left, middle + 4.8, right - left, 1.4, colours.ink, edge=colours.paper, name="allowed")

    def _expected(self, canvas: Canvas, row: Row, y: float, down: float) -> None:
        colours = canvas.colours
        edge = colours.wrong if row.lost else colours.target_port
        across = max(row.share * self.unit, 1.2)
        canvas.bar(self.x_bars, y, across, down, colours.paper, edge=edge, hatch="////", name="expected-bar")

    def _legend(self, canvas: Canvas) -> None:
        colours, y, x = canvas.colours, self.y_legend, MARGIN
        for words in ("expected", "received", "what chance allows")[: 3 if self.counted else 1]:
            if words == "expected":
                canvas.bar(x, y - 9, 19, 10, colours.paper, edge=colours.target_port, hatch="////", name="swatch")
            elif words == "received":
                canvas.bar(x, y - 9, 19, 10, colours.target_port, name="swatch")
            else:
                canvas.bar(x, y - 4.7, 19, 1.4, colours.ink, name="swatch")
                for edge in (x, x + 17.6):
                    canvas.bar(edge, y - 10, 1.4, 12, colours.ink, name="swatch")
            canvas.text(x + 26, y, words, _DETAIL, colours.ink, name="legend")
            x += 26 + width(words, _DETAIL) + 28


def _between(low: float, high: float) -> str:
    """A range with as many figures as tell its ends apart."""
    if low == high:
        return percent(low)
    digits = next((d for d in (1, 2, 3) if f"{100 * low:.{d}f}" != f"{100 * high:.{d}f}"), 4)
    return f"{100 * low:.{digits}f} – {100 * high:.{digits}f} %"
