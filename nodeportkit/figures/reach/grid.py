"""The sheet of reach: a row for each entry node, a column for each kind of client, a mark and a word in each cell."""

from __future__ import annotations

from typing import Final

from nodeportkit.figures.canvas import Canvas, Mark, pill_width
from nodeportkit.figures.head import HEADING, Head
from nodeportkit.figures.reach.build import CLIENTS, WORDS, Answer, Scene
from nodeportkit.figures.text import Font, fit, fit_together
from nodeportkit.figures.theme import MARGIN, PAD

__all__ = ["Grid"]

_WIDTH: Final = 760.0
_NODE: Final = 190.0
_HEIGHT, _GAP = 44.0, 8.0
_NAME: Final = Font(11, bold=True)
_ADDRESS: Final = Font(9.5, mono=True)
_DETAIL: Final = Font(9.5)
_MARKS: Final[dict[str, Mark]] = {"FORWARD": "ready", "REJECT": "wrong", "DROP": "wrong"}
_CAUSES: Final = {
    "REJECT": "at once: no pod takes it",
    "DROP": "dropped: no answer",
    "UNHANDLED": "no rule of kube-proxy",
    "": "too little was shown",
}


class Grid:
    """The places of everything on the sheet; `draw` draws it."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.head = Head(scene.title, scene.subtitle, _WIDTH)
        self.top = self.head.bottom + 32
        self.first = MARGIN + _NODE + pill_width(scene.number) + 8
        self.step = (_WIDTH - MARGIN + _GAP - self.first) / len(CLIENTS)
        self.height = self.top + len(scene.rows) * (_HEIGHT + _GAP) - _GAP + MARGIN

    @property
    def size(self) -> tuple[float, float]:
        """Width and height, in points."""
        return _WIDTH, self.height

    def draw(self, canvas: Canvas) -> None:
        """Draw everything."""
        colours = canvas.colours
        self.head.draw(canvas)
        canvas.text(MARGIN, self.top - 13, "ENTRY NODE", HEADING, colours.muted, name="heading")
        for i, client in enumerate(CLIENTS):
            canvas.text(self.first + i * self.step, self.top - 13, client, HEADING, colours.muted, name="heading")
        names = fit_together([row.name for row in self.scene.rows], _NAME, _NODE - 2 * PAD)
        for i, (row, name) in enumerate(zip(self.scene.rows, names, strict=True)):
            y = self.top + i * (_HEIGHT + _GAP)
            canvas.panel(MARGIN, y, _NODE, _HEIGHT, name="node")
            canvas.text(MARGIN + PAD, y + 19, name, _NAME, colours.ink)
            canvas.text(MARGIN + PAD, y + 33, fit(row.detail, _ADDRESS, _NODE - 2 * PAD), _ADDRESS, colours.muted)
            canvas.pill(MARGIN + _NODE - 6, y + _HEIGHT / 2, self.scene.number, colours.node_port)
            for j, answer in enumerate(row.answers):
                self._cell(canvas, answer, self.first + j * self.step, y)

    def _cell(self, canvas: Canvas, answer: Answer, x: float, y: float) -> None:
        colours, across = canvas.colours, self.step - _GAP
        wrong = answer.verdict in ("REJECT", "DROP")
        known = wrong or answer.verdict == "FORWARD"
        edge, fill = (colours.wrong, colours.wrong_panel) if wrong else (None, None)
        canvas.panel(x, y, across, _HEIGHT, edge=edge, fill=fill, dashed=not known, name="pod")
        canvas.mark(x + 17, y + _HEIGHT / 2, _MARKS.get(answer.verdict, "unknown"), 8)
        ink = colours.wrong if wrong else colours.ink if known else colours.muted
        canvas.text(x + 33, y + 19, WORDS[answer.verdict], _NAME, ink)
        pods = f"{answer.endpoints:,} pod{'' if answer.endpoints == 1 else 's'}"
        canvas.text(
            x + 33, y + 33, fit(_CAUSES.get(answer.verdict, pods), _DETAIL, across - 40, tail=0), _DETAIL, colours.muted
        )
