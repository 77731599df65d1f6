"""The sheet of the range of node ports: a grid of cells, a legend, and who holds the numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from matplotlib.path import Path

from nodeportkit.figures.canvas import Canvas
from nodeportkit.figures.exposure.build import KINDS, Scene
from nodeportkit.figures.head import HEADING, Head
from nodeportkit.figures.text import Font, fit, width
from nodeportkit.figures.theme import MARGIN

__all__ = ["Chart"]

_WIDTH: Final = 760.0
_ACROSS: Final = 64
_LABEL: Final = 46.0  # room for the first number of a row
_STEP: Final = (_WIDTH - 2 * MARGIN - _LABEL) / _ACROSS
_CELL: Final = _STEP - 2
_EVERY: Final = 4  # each so manyeth row has its number
_NUMBER: Final = Font(8.5, mono=True)
_WORD: Final = Font(9.5)
_HELD: Final = Font(9.5, bold=True, mono=True)
_COLUMNS: Final = 2
_LINE: Final = 15.0
_NAMES: Final = {
    "node port": "node port",
    "hidden": "behind a load balancer",
    "health check": "health check",
    "host port": "host port of a pod",
    "clash": "claimed twice",
}


class Chart:
    """The places of everything on the sheet; `draw` draws it."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.head = Head(scene.title, scene.subtitle, _WIDTH)
        self.top = self.head.bottom + 14
        size = len(scene.static) + len(scene.dynamic)
        self.cells = -(-size // scene.per_cell)
        self.rows = -(-self.cells // _ACROSS)
        self.legend = self.top + self.rows * _STEP + 20
        self.list = self.legend + 32
        lines = -(-len(scene.holders) // _COLUMNS) + bool(scene.more)
        self.height = (self.list + 6 + lines * _LINE if scene.holders else self.legend) + MARGIN - 8

    @property
    def size(self) -> tuple[float, float]:
        """Width and height, in points."""
        return _WIDTH, self.height

    def draw(self, canvas: Canvas) -> None:
        """Draw everything."""
        self.head.draw(canvas)
        scene, colours = self.scene, canvas.colours
        first = (scene.static or scene.dynamic)[0]
        for row in range(0, self.rows, _EVERY):
            number = str(first + row * _ACROSS * scene.per_cell)
            canvas.text(MARGIN, self.top + row * _STEP + _CELL - 1, number, _NUMBER, colours.muted)
        static = -(-len(scene.static) // scene.per_cell)
        free = [cell for cell in range(self.cells) if cell not in scene.cells]
        canvas.shape(
            self._cells(c for c in free if c < static), colours.panel, edge=colours.node_port, above=True, name="static"
        )
        canvas.shape(
            self._cells(c for c in free if c >= static), colours.panel, edge=colours.edge, above=True, name="dynamic"
        )
        for kind in KINDS:
            self._draw(canvas, kind, self._cells(c for c, one in scene.cells.items() if one == kind))
        for cell, kind in scene.cells.items():
            self._sign(canvas, kind, *self._place(cell))
        self._legend(canvas)
        self._holders(canvas)

    def _place(self, cell: int) -> tuple[float, float]:
        return MARGIN + _LABEL + cell % _ACROSS * _STEP, self.top + cell // _ACROSS * _STEP

    def _cells(self, cells: Iterable[int]) -> Path:
        return _squares([self._place(cell) for cell in cells])

    def _draw(self, canvas: Canvas, kind: str, outline: Path) -> None:
        """Squares of a kind: told apart by how they are filled, not by colour alone."""
        colours = canvas.colours
        if kind == "clash":
            canvas.shape(outline, colours.wrong, above=True, name="cell-clash")
        elif kind == "node port":
            canvas.shape(outline, colours.node_port, edge=colours.node_port, above=True, name="cell-node-port")
        elif kind == "hidden":
            canvas.shape(
                outline, colours.node_port, opacity=0.35, edge=colours.node_port, above=True, name="cell-hidden"
            )
        elif kind == "host port":
            canvas.shape(outline, colours.muted, edge=colours.muted, above=True, name="cell-host-port")
        else:
            canvas.shape(outline, colours.good, opacity=0.25, edge=colours.good, above=True, name="cell-check")

    def _sign(self, canvas: Canvas, kind: str, x: float, y: float) -> None:
        """A cross on what is claimed twice, a stroke on a health check; nothing on the others."""
        ends = {
            "clash": [(0.2, 0.2), (0.8, 0.8), (0.2, 0.8), (0.8, 0.2)],
            "health check": [(0.15, 0.85), (0.85, 0.15)],
        }.get(kind)
        if ends is not None:
            colour = canvas.colours.on_colour if kind == "clash" else canvas.colours.good
            points = [(x + dx * _CELL, y + dy * _CELL) for dx, dy in ends]
            outline = Path(points, [Path.MOVETO, Path.LINETO] * (len(ends) // 2))
            canvas.shape(outline, colour, edge=colour, above=True, name=f"sign-{kind.replace(' ', '-')}")

    def _legend(self, canvas: Canvas) -> None:
        x, y = MARGIN + _LABEL, self.legend
        for kind in reversed(KINDS):
            if count := self.scene.counts.get(kind):
                self._draw(canvas, kind, _squares([(x, y - _CELL + 1)]))
                self._sign(canvas, kind, x, y - _CELL + 1)
                words = f"{_NAMES[kind]} ({count:,})"
                canvas.text(x + _STEP + 4, y, words, _WORD, canvas.colours.ink)
                x += _STEP + 18 + width(words, _WORD)
        colours = canvas.colours
        for words, edge in (("free", colours.edge), ("free, for fixed numbers", colours.node_port)):
            canvas.shape(_squares([(x, y - _CELL + 1)]), colours.panel, edge=edge, above=True)
            canvas.text(x + _STEP + 4, y, words, _WORD, colours.ink)
            x += _STEP + 18 + width(words, _WORD)

    def _holders(self, canvas: Canvas) -> None:
        scene, colours = self.scene, canvas.colours
        if not scene.holders:
            return
        canvas.text(MARGIN, self.list - 8, "WHO HOLDS WHICH", HEADING, colours.muted, name="heading")
        lines = -(-len(scene.holders) // _COLUMNS)
        across = (_WIDTH - 2 * MARGIN) / _COLUMNS
        for i, (number, who, clash) in enumerate(scene.holders):
            x, y = MARGIN + i // lines * across, self.list + 10 + i % lines * _LINE
            canvas.text(x, y, number, _HELD, colours.wrong if clash else colours.node_port)
            canvas.text(x + 74, y, fit(who, _WORD, across - 84), _WORD, colours.wrong if clash else colours.ink)
        if scene.more:
            canvas.text(MARGIN, self.list + 10 + lines * _LINE, f"and {scene.more:,} more", _WORD, colours.muted)


def _squares(corners: list[tuple[float, float]]) -> Path:
    """Squares with these top left corners, as one outline: thousands of them are drawn as fast as one."""
    square = np.array([(0, 0), (_CELL, 0), (_CELL, _CELL), (0, _CELL), (0, 0)])
    points = (np.array(corners).reshape(-1, 1, 2) + square).reshape(-1, 2)
    codes = np.tile([Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY], len(corners))
    return Path(points, codes.astype(np.uint8))
