"""Many nodes: small boxes with a sign for each pod."""

from __future__ import annotations

from typing import Final

from nodeportkit.figures.canvas import Canvas, Mark
from nodeportkit.figures.nodes.scene import BoxSeen, Scene
from nodeportkit.figures.text import Font, fit, fit_together, width

__all__ = ["Tiles"]

_NAME: Final = Font(8.5, bold=True)
_NOTE: Final = Font(8.5)
_COUNT: Final = Font(9.5, bold=True)
_PAD, _GAP = 8.0, 7.0
_HEIGHT, _LINE = 43.0, 13.0
_RADIUS, _STEP = 5.2, 13.0
_KINDS: Final[tuple[Mark, ...]] = ("ready", "not-ready", "unknown")


class Tiles:
    """Small boxes in rows, from `left` and `top`, as wide as `across`."""

    def __init__(self, scene: Scene, left: float, top: float, across: float) -> None:
        count = len(scene.boxes)
        # Boxes that stand for several nodes have more to say.
        self.columns = 6 if scene.folded else 8 if count <= 48 else 10
        self.scene = scene
        self.left, self.top = left, top
        self.width = (across - _GAP * (self.columns - 1)) / self.columns
        self.lines = int(scene.folded) + any(box.state for box in scene.boxes)
        self.height = _HEIGHT + _LINE * self.lines
        rows = -(-count // self.columns)
        self.bottom = top + rows * (self.height + _GAP) - _GAP

    def draw(self, canvas: Canvas) -> None:
        """Draw all tiles."""
        names = fit_together([box.name for box in self.scene.boxes], _NAME, self.width - 2 * _PAD)
        for i, (box, name) in enumerate(zip(self.scene.boxes, names, strict=True)):
            row, column = divmod(i, self.columns)
            self._tile(
                canvas,
                box,
                name,
                self.left + column * (self.width + _GAP),
                self.top + row * (self.height + _GAP),
            )

    def _tile(self, canvas: Canvas, box: BoxSeen, name: str, x: float, y: float) -> None:
        colours = canvas.colours
        wrong = box.wrong
        edge = colours.wrong if wrong else colours.dashed if box.answers is False else None
        canvas.panel(x, y, self.width, self.height, edge=edge, dashed=box.answers is False or not box.node, name="node")
        line = y + 16
        canvas.text(x + _PAD, line, name, _NAME, colours.ink if box.node else colours.muted)
        notes = [(box.state, colours.wrong if wrong else colours.muted)] if box.state else []
        if self.scene.folded:
            notes.insert(0, (box.detail, colours.muted))
        for note, ink in notes[: self.lines]:
            line += _LINE
            canvas.text(x + _PAD, line, fit(note, _NOTE, self.width - 2 * _PAD, tail=0), _NOTE, ink)
        self._pods(canvas, box, x + _PAD, y + self.height - 14)

    def _pods(self, canvas: Canvas, box: BoxSeen, x: float, y: float) -> None:
        """A sign for each pod, or where they are too many, their numbers before the signs."""
        room = self.width - 2 * _PAD - (width("each", _NOTE) + 5 if box.nodes > 1 else 0)
        if box.nodes > 1:
            canvas.text(x, y + 3.5, "each", _NOTE, canvas.colours.muted)
            x += width("each", _NOTE) + 5
        if not box.pods:
            words = "none" if box.nodes > 1 else "no pod"
            canvas.text(x, y + 3.5, words, _NOTE, canvas.colours.muted)
        elif len(box.pods) * _STEP <= room:
            for i, pod in enumerate(sorted(box.pods, key=lambda pod: _KINDS.index(pod.mark))):
                canvas.mark(x + _RADIUS + i * _STEP, y, pod.mark, _RADIUS)
        else:
            marks = box.marks
            for kind in _KINDS:
                if marks[kind]:
                    number = f"{marks[kind]:,}"
                    canvas.text(x, y + 3.7, number, _COUNT, canvas.colours.ink)
                    x += width(number, _COUNT) + 3 + _RADIUS
                    canvas.mark(x, y, kind, _RADIUS)
                    x += _RADIUS + 5
