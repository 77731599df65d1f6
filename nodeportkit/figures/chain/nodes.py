"""The left column of the chain's picture: the nodes, and the node port that each of them opens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from nodeportkit.figures.canvas import PILL, Canvas, pill_width
from nodeportkit.figures.chain.scene import NodeSeen, Scene
from nodeportkit.figures.text import Font, fit, fit_together, width
from nodeportkit.figures.theme import GAP, PAD

__all__ = ["Nodes"]

NAME: Final = Font(12, bold=True)
DETAIL: Final = Font(10.5, mono=True)
STATE: Final = Font(10)
WORD: Final = Font(9.5)
_MOST: Final = 4  # nodes that are drawn one by one
_LINE: Final = 15.5
_STACK: Final = PILL + 5
_UNDER: Final = 12.0  # room for the word under a pill
_OVERLAP: Final = 9.0  # of a pill and the panel it is plugged into


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    details: tuple[str, ...]
    state: str = ""
    wrong: bool = False
    known: bool = True
    serves: bool = True


class Nodes:
    """Nodes below each other, each with a pill for each node port."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.numbers = [str(port.node_port) if port.node_port is not None else "none" for port in scene.ports]
        self.rows = list(_rows(scene))
        words = max((width(row.name, NAME) for row in self.rows), default=0)
        details = max((width(text, DETAIL) for row in self.rows for text in row.details), default=0)
        states = max((width(row.state, STATE) + 16 for row in self.rows), default=0)
        self.width = min(max(words + 2 * PAD, details + 2 * PAD + 4, states + 2 * PAD, 128), 190)
        # The pills stick out of the panels, to the right.
        self.reach = max((pill_width(number) for number in self.numbers), default=0) - _OVERLAP
        self.heights = [self._height(row) for row in self.rows]
        self.height = sum(self.heights) + GAP * (len(self.rows) - 1)
        # The pills stand a little above the middle of their panel, to leave room for the word under them.
        self.line = self.height / 2 - _UNDER / 2

    @property
    def heading(self) -> tuple[str, str]:
        """What stands above the column, and how many are ready."""
        nodes = self.scene.nodes
        if not nodes:
            return "NODES", ""
        known = [node.ready for node in nodes if node.ready is not None]
        state = f"{sum(known)} of {len(nodes)} ready" if len(known) == len(nodes) and len(nodes) > 1 else ""
        return ("NODE" if len(nodes) == 1 else "NODES"), state

    def _height(self, row: _Row) -> float:
        words = 21 + _LINE * (len(row.details) + bool(row.state)) + 11
        stack = _STACK * len(self.numbers) - 5 + 14
        return max(words, stack + 14 if len(self.numbers) > 1 else stack + 6)

    def draw(self, canvas: Canvas, x: float, y: float) -> list[list[tuple[float, float, bool]]]:
        """Draw the column; for each node and port where a link leaves, and whether one does."""
        names = fit_together([row.name for row in self.rows], NAME, self.width - 2 * PAD)
        anchors = []
        for row, name, height in zip(self.rows, names, self.heights, strict=True):
            self._panel(canvas, row, name, x, y, height)
            anchors.append(self._pills(canvas, row, x + self.width - _OVERLAP, y + height / 2))
            y += height + GAP
        return anchors

    def _panel(self, canvas: Canvas, row: _Row, name: str, x: float, y: float, height: float) -> None:
        colours, room = canvas.colours, self.width - 2 * PAD
        canvas.panel(
            x, y, self.width, height, dashed=not row.known, edge=colours.wrong if row.wrong else None,
            fill=None if row.known else colours.paper, name="node",
        )  # fmt: skip
        line = y + (height - 32 - _LINE * (len(row.details) + bool(row.state))) / 2 + 21
        canvas.text(x + PAD, line, name, NAME, colours.ink if row.known else colours.muted)
        for detail in row.details:
            line += _LINE
            # A line beside the first pill has to stop before it.
            canvas.text(x + PAD, line, fit(detail, DETAIL, room + 4), DETAIL, colours.muted)
        if row.state:
            line += _LINE
            indent = 15 if row.wrong else 0
            if row.wrong:
                canvas.mark(x + PAD + 5, line - 3.5, "not-ready", 5)
            colour = colours.wrong if row.wrong else colours.muted
            canvas.text(x + PAD + indent, line, fit(row.state, STATE, room - indent), STATE, colour)

    def _pills(self, canvas: Canvas, row: _Row, x: float, middle: float) -> list[tuple[float, float, bool]]:
        colours = canvas.colours
        anchors = []
        top = middle - (_STACK * len(self.numbers) - 5 + _UNDER) / 2
        for number, port in zip(self.numbers, self.scene.ports, strict=True):
            there = port.node_port is not None
            colour = colours.node_port if there else colours.muted
            canvas.pill(x, top + PILL / 2, number, colour, hollow=not there or not row.serves, name="node-port")
            anchors.append((x + pill_width(number), top + PILL / 2, there and row.serves))
            top += _STACK
        if self.numbers:
            across = max(pill_width(number) for number in self.numbers)
            words = "node ports" if len(self.numbers) > 1 else "node port"
            # To the right of the panel's edge, so that no line runs through the words.
            left = max(x + _OVERLAP + 3, x + (across - width(words, WORD)) / 2)
            canvas.text(left, top + 6, words, WORD, colours.node_port if self.scene.exposed else colours.muted)
        return anchors


def _rows(scene: Scene) -> Iterator[_Row]:
    if not scene.nodes:
        yield _Row("any node", ("not shown; paste",), "kubectl get nodes -o wide", known=False)
        return
    # What is wrong stays in sight; the order is kept.
    ranked = sorted(
        range(len(scene.nodes)), key=lambda i: (scene.nodes[i].ready is not False, scene.nodes[i].serves, i)
    )
    most = _MOST if len(scene.nodes) <= _MOST else _MOST - 1
    shown = sorted(ranked[:most])
    folded = [scene.nodes[i] for i in sorted(ranked[most:])]
    for i in shown:
        yield _node(scene.nodes[i])
    if folded:
        yield _folded(folded)


def _node(node: NodeSeen) -> _Row:
    details = node.addresses[:2] or ("address not shown",)
    if len(node.addresses) > 2:
        details = (node.addresses[0], f"+ {len(node.addresses) - 1} addresses")
    if node.ready is False:
        return _Row(node.name, details, "NotReady", wrong=True, serves=False)
    if not node.serves:
        return _Row(node.name, details, "no ready pod here", wrong=True, serves=False)
    return _Row(node.name, details)


def _folded(nodes: list[NodeSeen]) -> _Row:
    notready = sum(node.ready is False for node in nodes)
    idle = sum(not node.serves for node in nodes)
    state = ", ".join(f"{n} {what}" for n, what in ((notready, "NotReady"), (idle, "without a pod")) if n)
    words = "the same node port" if not state else ""
    name = f"+ {len(nodes)} more nodes"
    return _Row(name, (words,) if words else (), state, wrong=bool(state), known=False, serves=idle < len(nodes))
