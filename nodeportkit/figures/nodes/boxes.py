"""Few nodes: boxes that name every pod."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from nodeportkit.figures.canvas import PILL, Canvas, pill_width
from nodeportkit.figures.nodes.scene import BoxSeen, PodSeen, Scene
from nodeportkit.figures.text import Font, fit, fit_together, width
from nodeportkit.figures.theme import PAD

__all__ = ["MOST_BOXES", "Boxes"]

MOST_BOXES: Final = 12
_NAME: Final = Font(11.5, bold=True)
_ADDRESS: Final = Font(9.5, mono=True)
_POD: Final = Font(10)
_NOTE: Final = Font(9.5)
_COUNT: Final = Font(9.5, bold=True)
_GAP: Final = 16.0
_LINE, _STATUS, _BAR = 22.0, 13.0, 5.0
_COLUMN: Final = 200.0  # the least width of a column of pods
_MOST_ROWS: Final = 9
_MOST_PILLS: Final = 2


@dataclass(frozen=True, slots=True)
class _Row:
    """Pods beside each other in a box, and how high they are."""

    pods: tuple[PodSeen, ...]
    height: float


class Boxes:
    """Boxes in rows, from `left` and `top`, as wide as `across`."""

    def __init__(self, scene: Scene, left: float, top: float, across: float) -> None:
        count = max(len(scene.boxes), 1)
        columns = count if count <= 3 else 2 if count == 4 else 3
        self.scene = scene
        self.left, self.top = left, top
        most = max((len(box.pods) for box in scene.boxes), default=0)
        # One box alone is as wide as its pods need: far apart, they would be hard to read.
        widest = max(1, min(-(-most // 3), 3)) * (_COLUMN + 40) + 2 * PAD
        self.width = min((across - _GAP * (columns - 1)) / columns, widest)
        self.across = max(1, int((self.width - 2 * PAD) // _COLUMN))
        self.door = PILL / 2 if scene.numbers else 0.0
        self.grid = [scene.boxes[i : i + columns] for i in range(0, len(scene.boxes), columns)]
        self.contents = [[self._rows(box) for box in row] for row in self.grid]
        self.heights = [
            max(self._height(box, rows) for box, rows in zip(boxes, contents, strict=True))
            for boxes, contents in zip(self.grid, self.contents, strict=True)
        ]
        self.bottom = top + sum(height + _GAP + self.door for height in self.heights) - _GAP

    def draw(self, canvas: Canvas) -> None:
        """Draw all boxes."""
        told = [width(pod.note, _COUNT) + 8 for box in self.scene.boxes for pod in box.pods if pod.note]
        room = (self.width - 2 * PAD) / self.across - 26 - max(told, default=0)
        shown = [pod.name for contents in self.contents for rows in contents for row in rows for pod in row.pods]
        names = dict(zip(shown, fit_together(shown, _POD, room), strict=True))
        beside = max((width(box.note, _NOTE) + 8 for box in self.scene.boxes if box.note), default=0)
        titles = iter(fit_together([box.name for box in self.scene.boxes], _NAME, self.width - 2 * PAD - beside))
        y = self.top + self.door
        for boxes, contents, height in zip(self.grid, self.contents, self.heights, strict=True):
            for i, (box, rows) in enumerate(zip(boxes, contents, strict=True)):
                self._box(canvas, box, rows, next(titles), names, (self.left + i * (self.width + _GAP), y), height)
            y += height + _GAP + self.door

    def _rows(self, box: BoxSeen) -> list[_Row]:
        most = _MOST_ROWS * self.across
        pods = box.pods if len(box.pods) <= most else box.pods[: most - self.across]
        rows = [pods[i : i + self.across] for i in range(0, len(pods), self.across)]
        return [
            _Row(row, _LINE + _STATUS * any(pod.status for pod in row) + _BAR * any(pod.part for pod in row))
            for row in rows
        ]

    def _height(self, box: BoxSeen, rows: list[_Row]) -> float:
        shown = sum(len(row.pods) for row in rows)
        notes = (shown < len(box.pods)) + bool(box.others) + (not box.pods)
        head = 24 + self.door + 15 * bool(box.detail or box.state)
        return head + sum(row.height for row in rows) + 17 * notes + 12

    def _box(
        self, canvas: Canvas, box: BoxSeen, rows: list[_Row], title: str, names: dict[str, str],
        corner: tuple[float, float], height: float,
    ) -> None:  # fmt: skip
        colours, (x, y) = canvas.colours, corner
        wrong = box.wrong
        canvas.panel(x, y, self.width, height, edge=colours.wrong if wrong else None, dashed=not box.node, name="node")
        if box.node:
            self._doors(canvas, box, x + PAD, y)
        left, line = x + PAD, y + 19 + self.door
        canvas.text(left, line, title, _NAME, colours.ink if box.node else colours.muted)
        if box.note:
            ink = colours.wrong if box.bad else colours.muted
            canvas.text(x + self.width - PAD, line, box.note, _NOTE, ink, align="right", name="note")
        if box.detail or box.state:
            line += 15
            room = self.width - 2 * PAD - (width(box.state, _NOTE) + 8 if box.state else 0)
            canvas.text(left, line, fit(box.detail, _ADDRESS, room), _ADDRESS, colours.muted)
            if box.state:
                ink = colours.wrong if wrong else colours.muted
                canvas.text(x + self.width - PAD, line, box.state, _NOTE, ink, align="right")
        line += 5
        step = (self.width - 2 * PAD) / self.across
        for row in rows:
            for i, pod in enumerate(row.pods):
                self._pod(canvas, pod, names[pod.name], left + i * step, line, step - 26)
            line += row.height
        self._notes(canvas, box, rows, left, line)

    def _pod(self, canvas: Canvas, pod: PodSeen, name: str, x: float, line: float, room: float) -> None:
        colours = canvas.colours
        canvas.mark(x + 7, line + 12, pod.mark, 6.5)
        canvas.text(x + 20, line + 16, name, _POD, colours.muted if pod.apart else colours.ink)
        if pod.note:
            canvas.text(x + 20 + room, line + 16, pod.note, _COUNT, colours.ink, align="right", name="note")
        if pod.part:
            canvas.bar(x + 20, line + 21, max(room * pod.part, 1), 2.4, colours.target_port, name="part")
        if pod.status:
            ink = colours.wrong if pod.mark == "not-ready" else colours.muted
            below = line + 16 + _STATUS + (_BAR if pod.part else 0)
            canvas.text(x + 20, below, fit(pod.status, _NOTE, room, tail=0), _NOTE, ink)

    def _notes(self, canvas: Canvas, box: BoxSeen, rows: list[_Row], left: float, line: float) -> None:
        """What is not shown one by one."""
        hidden = box.pods[sum(len(row.pods) for row in rows) :]
        notes = []
        if hidden:
            ready = sum(pod.mark == "ready" for pod in hidden)
            notes.append(f"+ {len(hidden):,} more, {'all' if ready == len(hidden) else f'{ready:,}'} ready")
        if not box.pods:
            asked = fit(self.scene.asked, _NOTE, 90)
            notes.append(f"no pod of {asked} here" if asked else "no pod shown")
        if box.others:
            notes.append(f"{box.others:,} other pod{'' if box.others == 1 else 's'}")
        for note in notes:
            line += 17
            canvas.text(left, line - 2, note, _NOTE, canvas.colours.muted)

    def _doors(self, canvas: Canvas, box: BoxSeen, x: float, y: float) -> None:
        """The node ports, in the upper edge; hollow where connections reach no pod."""
        for number in self.scene.numbers[:_MOST_PILLS]:
            canvas.pill(x, y, number, canvas.colours.node_port, hollow=box.answers is False, name="node-port")
            x += pill_width(number) + 5
