"""The whole sheet of the chain's picture: the answer, the three columns with the links between them, and the reason."""

from __future__ import annotations

import re
from typing import Final

from nodeportkit.figures.canvas import Canvas
from nodeportkit.figures.chain.nodes import Leaving, Nodes
from nodeportkit.figures.chain.pods import Link, Pods
from nodeportkit.figures.chain.scene import Scene
from nodeportkit.figures.chain.service import Service
from nodeportkit.figures.text import Font, fit, width, wrap
from nodeportkit.figures.theme import MARGIN, PAD

__all__ = ["Sheet"]

TITLE: Final = Font(17, bold=True)
SYMPTOM: Final = Font(11, mono=True)
HEADING: Final = Font(9.5, bold=True)
STATE: Final = Font(9.5)
REASON: Final = Font(12.5, bold=True)
PROSE: Final = Font(11)
COMMAND: Final = Font(10.5, mono=True)

_LEFT_LINK: Final = 48.0  # the least room for the links from node port to port
_LEAD: Final = 9.0  # how far these run level, to clear the words under the pills
_BIG: Final = 17.0  # radius of the mark on a broken link
_FAN: Final = 104.0  # and from the service to the pods
_PODS: Final = (236.0, 300.0)
_WIDTH: Final = 910.0
# A line of a command may end between its arguments only.
_ARGUMENT: Final = re.compile(r"""(?:'[^']*'|"[^"]*"|\S)+""")
_BETWEEN: Final = 22.0


class Sheet:
    """The places of everything on the sheet; `draw` draws it."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.nodes, self.service = Nodes(scene), Service(scene)
        left = _LEFT_LINK + (2 * _BIG if scene.broken in ("node", "service") else 0)
        before = self.nodes.width + self.nodes.reach + left + self.service.reach + self.service.width
        plugs = Pods(scene, _PODS[0]).reach
        spare = _WIDTH - 2 * MARGIN - before - _FAN - plugs
        self.pods = Pods(scene, min(max(spare, _PODS[0]), _PODS[1]))
        left_over = max(spare - self.pods.width, 0)
        self.x_service = MARGIN + before - self.service.width + left_over * 0.4
        self.x_pods = self.x_service + self.service.width + _FAN + plugs + left_over * 0.6
        self.width = self.x_pods + self.pods.width + MARGIN
        self._head()
        self._body()

    def _head(self) -> None:
        room = self.width - 2 * MARGIN
        self.title = wrap(self.scene.title, TITLE, room, most=3)
        self.symptom = wrap(self.scene.symptom, SYMPTOM, room, most=2)
        if self.scene.before:
            self.symptom += wrap(f"as it was before: {self.scene.before}", SYMPTOM, room, most=1)
        y = MARGIN + 15 + 23 * (len(self.title) - 1)
        self.y_symptom = y + 26
        y += 26 + 17 * (len(self.symptom) - 1) if self.symptom else 0
        self.top = y + 50

    def _body(self) -> None:
        """Nodes and pods stand about the line through the service's ports; the reason stands where it takes least room."""
        self.reason = Reason(self.scene)
        above = max(self.nodes.line, self.service.line)
        columns = max(above - self.nodes.line + self.nodes.height, above - self.service.line + self.service.height)
        narrow = self.x_service + self.service.width - MARGIN
        beside = columns + _BETWEEN + self.reason.height(narrow)
        room = self.width - 2 * MARGIN
        beneath = max(columns, self.pods.height) + _BETWEEN + self.reason.height(room)
        if not self.reason:
            # The pods may reach above and below: all three stand about one line.
            above = max(above, self.pods.height / 2)
            self.reason_width, body = 0.0, 0.0
        elif max(beside, self.pods.height) <= beneath:
            self.reason_width, body = narrow, max(beside, self.pods.height)
        else:
            self.reason_width, body = room, max(columns, self.pods.height)
        self.y_service = self.top + above - self.service.line
        self.y_nodes = self.top + above - self.nodes.line
        line = self.top + above
        self.y_pods = max(self.top, line - self.pods.height / 2)
        if body:
            self.y_pods = max(self.top, min(self.y_pods, self.top + body - self.pods.height))
        lowest = max(
            self.y_service + self.service.height, self.y_nodes + self.nodes.height,
        )  # fmt: skip
        self.y_reason = lowest + _BETWEEN
        if self.reason and self.reason_width == room:
            self.y_reason = max(lowest, self.y_pods + self.pods.height) + _BETWEEN
        ends = [lowest, self.y_pods + self.pods.height]
        if self.reason:
            ends.append(self.y_reason + self.reason.height(self.reason_width))
        self.height = max(ends) + MARGIN

    @property
    def size(self) -> tuple[float, float]:
        """Width and height, in points."""
        return self.width, self.height

    def draw(self, canvas: Canvas) -> None:
        """Draw everything."""
        colours = canvas.colours
        for i, line in enumerate(self.title):
            canvas.text(MARGIN, MARGIN + 15 + 23 * i, line, TITLE, colours.ink, name="title")
        for i, line in enumerate(self.symptom):
            canvas.text(MARGIN, self.y_symptom + 17 * i, line, SYMPTOM, colours.muted, name="symptom")
        self._headings(canvas)
        leaving = self.nodes.draw(canvas, MARGIN, self.y_nodes)
        arriving = self.service.draw(canvas, self.x_service, self.y_service)
        self._left_links(canvas, leaving, arriving)
        self._fan(canvas, self.pods.draw(canvas, self.x_pods, self.y_pods))
        if self.reason:
            self.reason.draw(canvas, MARGIN, self.y_reason, self.reason_width)

    def _headings(self, canvas: Canvas) -> None:
        colours, scene = canvas.colours, self.scene
        name, state = self.nodes.heading
        self._heading(canvas, MARGIN, self.y_nodes - 12, name, state, colours.muted, self.nodes.width)
        self._heading(canvas, self.x_service, self.y_service - 12, "SERVICE", "", colours.muted, self.service.width)
        above, room = self.y_pods - 12, self.pods.width
        if self.pods.plugged:
            words = "target ports" if len(scene.ports) > 1 else "target port"
            canvas.text(self.x_pods - 8, above, words, STATE, colours.target_port, align="right")
        if self.pods.shared:
            words = "share of its node" if scene.policy else "share"
            canvas.text(self.x_pods + room - PAD, above, words, STATE, colours.muted, align="right")
            room -= PAD + width(words, STATE) + 8
        name, state, bad = self.pods.heading
        self._heading(canvas, self.x_pods, above, name, state, colours.wrong if bad else colours.muted, room)

    @staticmethod
    def _heading(canvas: Canvas, x: float, y: float, name: str, state: str, colour: str, room: float) -> None:
        canvas.text(x, y, name, HEADING, canvas.colours.muted, name="heading")
        after = width(name, HEADING) + 8
        canvas.text(x + after, y, fit(state, STATE, room - after, tail=0), STATE, colour, name="heading")

    def _left_links(self, canvas: Canvas, leaving: list[list[Leaving]], arriving: list[tuple[float, float]]) -> None:
        colours = canvas.colours
        starts = [(start, end) for node in leaving for start, end in zip(node, arriving, strict=True)]
        widest = MARGIN + self.nodes.width + self.nodes.reach
        for (x, y, carries), end in starts:
            colour = colours.node_port if carries else colours.dashed
            canvas.link((x, y), end, colour, dashed=not carries, heavy=carries, lead=_LEAD + max(widest - x, 0))
        if self.scene.broken not in ("node", "service") or not starts or self.blocked:
            return
        if any(carries for (_, _, carries), _ in starts):
            for (x, y, carries), _ in starts:
                if not carries:
                    canvas.mark(x + 14, y, "wrong", 9)
        else:
            self._mark(canvas, (starts[0][0][0] + arriving[0][0]) / 2 + 4, sum(y for _, y in arriving) / len(arriving))

    @property
    def blocked(self) -> bool:
        """Whether the chain is broken behind the service."""
        broken, rows = self.scene.broken, self.pods.rows
        if broken == "service":
            return not self.scene.ports
        return broken is not None and (broken != "node" or (bool(rows) and not any(row.carries for row in rows)))

    def _fan(self, canvas: Canvas, ends: list[Link]) -> None:
        colours, scene = canvas.colours, self.scene
        start = (self.x_service + self.service.width, self.y_service + self.service.line)
        near = min(x for x, _, _ in ends)
        middle = (start[0] + (near - start[0]) * 0.4, start[1])
        marked = self.blocked or scene.whole is None
        parted = middle if marked and not any(carries for _, _, carries in ends) else start
        if parted is middle:
            # One line up to the mark: dashes of several that begin alike would blur.
            canvas.link(start, middle, colours.dashed, dashed=True, heavy=False)
        for x, y, carries in ends:
            colour = colours.target_port if carries else colours.dashed
            canvas.link(parted, (x, y), colour, dashed=not carries, heavy=carries)
        if marked:
            self._mark(canvas, *middle)

    def _mark(self, canvas: Canvas, x: float, y: float) -> None:
        canvas.mark(x, y, "unknown" if self.scene.whole is None else "wrong", _BIG)


class Reason:
    """The panel that says why, and what to do: empty where the chain is whole."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    def __bool__(self) -> bool:
        return self.scene.whole is not True and bool(self.scene.reason)

    def _lines(self, across: float) -> tuple[list[str], list[str], list[str]]:
        room = across - 2 * PAD
        scene = self.scene
        return (
            wrap(scene.reason, REASON, room - 24, most=3),
            wrap(scene.explanation, PROSE, room, most=5),
            wrap(_ARGUMENT.findall(scene.command), COMMAND, room, most=6, indent="    ", broken=" \\"),
        )

    def height(self, across: float) -> float:
        """How high the panel is at this width."""
        if not self:
            return 0.0
        reason, prose, command = self._lines(across)
        return (
            27 + 18 * (len(reason) - 1) + 18 * len(prose) + 4 * bool(prose) + 17 * len(command) + 4 * bool(command) + 12
        )

    def draw(self, canvas: Canvas, x: float, y: float, across: float) -> None:
        """Draw the panel with its top left corner at x, y."""
        colours = canvas.colours
        unknown = self.scene.whole is None
        colour = colours.muted if unknown else colours.wrong
        fill = colours.panel if unknown else colours.wrong_panel
        canvas.panel(x, y, across, self.height(across), edge=colour, fill=fill, name="reason")
        reason, prose, command = self._lines(across)
        line = y + 25
        canvas.mark(x + PAD + 7.5, line - 4.5, "unknown" if unknown else "wrong", 7.5)
        for text in reason:
            canvas.text(x + PAD + 24, line, text, REASON, colours.ink if unknown else colours.wrong, name="reason")
            line += 18
        line += 4
        for text in prose:
            canvas.text(x + PAD, line, text, PROSE, colours.ink, name="explanation")
            line += 18
        line += 4 * bool(prose)
        for text in command:
            canvas.text(x + PAD, line, text, COMMAND, colours.ink, name="command")
            line += 17
