"""The whole sheet of nodes: boxes or tiles, and what their signs mean."""

from __future__ import annotations

from typing import Final

from nodeportkit.figures.canvas import PILL, Canvas, Mark, pill_width
from nodeportkit.figures.head import HEADING, Head
from nodeportkit.figures.nodes.boxes import MOST_BOXES, Boxes
from nodeportkit.figures.nodes.scene import Scene
from nodeportkit.figures.nodes.tiles import Tiles
from nodeportkit.figures.text import Font, width
from nodeportkit.figures.theme import MARGIN

__all__ = ["Sheet"]

_WIDTH: Final = 820.0
_LEGEND: Final = Font(10)
_BAR: Final = "requests answered (+ the latest)"
_SIGNS: Final[dict[Mark, str]] = {
    "ready": "ready pod",
    "not-ready": "pod that is not ready",
    "unknown": "readiness not shown",
}


class Sheet:
    """The places of everything on the sheet; `draw` draws it."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.head = Head(scene.title, scene.subtitle, _WIDTH)
        kind = Boxes if len(scene.boxes) <= MOST_BOXES and not scene.folded else Tiles
        top = self.head.bottom + (30 if scene.numbers and kind is Boxes else 32)
        self.nodes: Boxes | Tiles = kind(scene, MARGIN, top, _WIDTH - 2 * MARGIN)
        marks: set[Mark] = {pod.mark for box in scene.boxes for pod in box.pods}
        self.signs = [mark for mark in _SIGNS if mark in marks]
        self.bars = any(pod.part for box in scene.boxes for pod in box.pods) and kind is Boxes
        self.closed = any(box.answers is False for box in scene.boxes)
        self.legend = bool(self.signs or scene.numbers)
        self.y_legend = self.nodes.bottom + 30
        self.height = (self.y_legend + 6 if self.legend else self.nodes.bottom) + MARGIN

    @property
    def size(self) -> tuple[float, float]:
        """Width and height, in points."""
        return _WIDTH, self.height

    def draw(self, canvas: Canvas) -> None:
        """Draw everything."""
        self.head.draw(canvas)
        heading = "NODES" if len(self.scene.boxes) > 1 else "NODE"
        if self.scene.boxes:
            canvas.text(MARGIN, self.nodes.top - 13, heading, HEADING, canvas.colours.muted, name="heading")
            self.nodes.draw(canvas)
        self._legend(canvas)

    def _legend(self, canvas: Canvas) -> None:
        colours, x, y = canvas.colours, MARGIN, self.y_legend
        for mark in self.signs:
            canvas.mark(x + 6.5, y - 4, mark, 6.5)
            canvas.text(x + 19, y, _SIGNS[mark], _LEGEND, colours.ink, name="legend")
            x += 19 + width(_SIGNS[mark], _LEGEND) + 22
        if self.bars:
            canvas.bar(x, y - 5.2, 18, 2.4, colours.target_port, name="part")
            canvas.text(x + 24, y, _BAR, _LEGEND, colours.ink, name="legend")
            x += 24 + width(_BAR, _LEGEND) + 22
        if not self.scene.numbers:
            return
        number = self.scene.numbers[0]
        tiles = isinstance(self.nodes, Tiles)
        told = [("node port" + (", on every node" if tiles else ""), False)]
        if self.closed and not tiles:
            told.append(("it reaches no pod", True))
        for words, hollow in told:
            canvas.pill(x, y - 4, number, colours.node_port, hollow=hollow, small=True, name="node-port")
            x += pill_width(number, small=True) + 6
            canvas.text(x, y, words, _LEGEND, colours.ink, name="legend")
            x += width(words, _LEGEND) + 22
        if tiles and self.closed:
            canvas.panel(x, y - 4 - PILL * 0.3, 22, PILL * 0.6, edge=colours.dashed, dashed=True, name="swatch")
            canvas.text(x + 28, y, "reaches no pod", _LEGEND, colours.ink, name="legend")
