"""The left column of the chain's picture: the nodes, and the node port that each of them opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from nodeportkit.figures.canvas import PILL, Canvas, pill_width
from nodeportkit.figures.chain.scene import NodeSeen, Scene
from nodeportkit.figures.text import Font, fit, fit_together, width
from nodeportkit.figures.theme import GAP, PAD

__all__ = ["Leaving", "Nodes"]

NAME: Final = Font(12, bold=True)
DETAIL: Final = Font(10.5, mono=True)
STATE: Final = Font(10)
WORD: Final = Font(9.5)
_WIDTH: Final = (128.0, 206.0)
_LINE: Final = 15.5
_STACK: Final = PILL + 5  # from pill to pill
_LANE: Final = 33.0  # the same where they can stand level with the ports of the service
_UNDER: Final = 12.0  # room for the word under a pill
_OVERLAP: Final = 9.0  # of a pill and the panel it is plugged into
_SHORT: Final = "none"  # a pill with less in it leaves no less room
_MOST: Final = {0: 4, 1: 4, 2: 3, 3: 2}  # nodes that are drawn one by one, by the number of ports

Leaving = tuple[float, float, bool]  # where a link starts, and whether packets come out there


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    details: tuple[str, ...] = ()
    state: str = ""
    wrong: bool = False
    known: bool = True
    serves: bool = True
    ports: bool = True


class Nodes:
    """Nodes below each other, each with a pill for each node port."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.ports = scene.drawn_ports
        self.numbers = [port.on_nodes for port in self.ports]
        self.rows = _rows(scene)
        names = max(width(row.name, NAME) for row in self.rows)
        details = max((width(text, DETAIL) for row in self.rows for text in row.details), default=0)
        states = max(width(row.state, STATE) + 15 * row.wrong for row in self.rows)
        self.width = min(max(max(names, details, states) + 2 * PAD + 2, _WIDTH[0]), _WIDTH[1])
        # The pills stick out of the panels, to the right.
        widest = max((pill_width(number) for number in self.numbers), default=0)
        self.reach = max(widest, pill_width(_SHORT) if self.numbers else 0) - _OVERLAP
        self.step = _LANE if sum(row.ports for row in self.rows) == 1 else _STACK
        self.stack = PILL + self.step * (len(self.numbers) - 1) + _UNDER
        self.heights = [self._height(row) for row in self.rows]
        self.height = sum(self.heights) + GAP * (len(self.rows) - 1)
        # The pills stand a little above the middle of their panel, to leave room for the word under them.
        open_ = sum(height + GAP for row, height in zip(self.rows, self.heights, strict=True) if row.ports) - GAP
        self.line = open_ / 2 - (_UNDER / 2 if self.numbers else 0)

    @property
    def heading(self) -> tuple[str, str]:
        """What stands above the column, and how many nodes are ready."""
        nodes = self.scene.nodes
        known = [node.ready for node in nodes if node.ready is not None]
        state = f"{sum(known):,} of {len(nodes):,} ready" if len(known) == len(nodes) > 1 else ""
        return ("NODE" if len(nodes) == 1 else "NODES"), state

    def _height(self, row: _Row) -> float:
        words = 32 + _LINE * (len(row.details) + bool(row.state))
        return max(words, (self.stack if row.ports and self.numbers else 0) + (16 if len(self.numbers) > 1 else 8))

    def draw(self, canvas: Canvas, x: float, y: float) -> list[list[Leaving]]:
        """Draw the column; for each node, where the link of each port starts."""
        names = fit_together([row.name for row in self.rows], NAME, self.width - 2 * PAD)
        leaving = []
        for row, name, height in zip(self.rows, names, self.heights, strict=True):
            self._panel(canvas, row, name, x, y, height)
            if row.ports:
                leaving.append(self._pills(canvas, row, x + self.width - _OVERLAP, y + height / 2))
            y += height + GAP
        return leaving

    def _panel(self, canvas: Canvas, row: _Row, name: str, x: float, y: float, height: float) -> None:
        colours, room = canvas.colours, self.width - 2 * PAD
        edge, fill = colours.wrong if row.wrong else None, None if row.known else colours.paper
        canvas.panel(x, y, self.width, height, dashed=not row.known, edge=edge, fill=fill, name="node")
        line = y + (height - 32 - _LINE * (len(row.details) + bool(row.state))) / 2 + 21
        canvas.text(x + PAD, line, name, NAME, colours.ink if row.known else colours.muted)
        for detail in row.details:
            line += _LINE
            canvas.text(x + PAD, line, fit(detail, DETAIL, room + 2), DETAIL, colours.muted)
        if not row.state:
            return
        line += _LINE
        indent = 15 if row.wrong else 0
        if row.wrong:
            canvas.mark(x + PAD + 5, line - 3.5, "not-ready", 5)
        colour = colours.wrong if row.wrong else colours.muted
        canvas.text(x + PAD + indent, line, fit(row.state, STATE, room - indent), STATE, colour)

    def _pills(self, canvas: Canvas, row: _Row, x: float, middle: float) -> list[Leaving]:
        colours = canvas.colours
        leaving = []
        top = middle - self.stack / 2
        for number, port in zip(self.numbers, self.ports, strict=True):
            colour = colours.node_port if port.opened else colours.muted
            open_now = port.node_port is not None and row.serves
            canvas.pill(x, top + PILL / 2, number, colour, hollow=not open_now, name="node-port")
            leaving.append((x + pill_width(number), top + PILL / 2, port.opened and row.serves))
            top += self.step
        if self.numbers:
            words = "node ports" if len(self.numbers) > 1 else "node port"
            # To the right of the panel's edge, so that no line runs through the words.
            left = max(x + _OVERLAP + 4, x + (pill_width(self.numbers[-1]) - width(words, WORD)) / 2)
            canvas.text(
                left,
                top - self.step + PILL + 11,
                words,
                WORD,
                colours.node_port if self.scene.exposed else colours.muted,
            )
        return leaving


def _rows(scene: Scene) -> list[_Row]:
    nodes = scene.nodes
    if not nodes:
        return [_Row("any node", ("not shown; paste",), "kubectl get nodes -o wide", known=False)]
    # What is wrong stays in sight; the order is kept.
    ranked = sorted(range(len(nodes)), key=lambda i: (nodes[i].ready is not False, nodes[i].serves, i))
    most = _MOST.get(len(scene.drawn_ports), 1)
    most = most if len(nodes) <= most else max(most - 1, 1)
    rows = [_node(nodes[i]) for i in sorted(ranked[:most])]
    folded = [nodes[i] for i in sorted(ranked[most:])]
    return [*rows, _counted(folded, len(scene.drawn_ports), exposed=scene.exposed)] if folded else rows


def _node(node: NodeSeen) -> _Row:
    addresses = node.addresses or ("address not shown",)
    if len(addresses) > 2:
        addresses = (addresses[0], f"+ {len(addresses) - 1} addresses")
    if node.ready is False:
        return _Row(node.name, addresses, "NotReady", wrong=True, serves=False)
    if not node.serves:
        return _Row(node.name, addresses, "no ready pod here", wrong=True, serves=False)
    return _Row(node.name, addresses)


def _counted(nodes: list[NodeSeen], ports: int, *, exposed: bool) -> _Row:
    notready = sum(node.ready is False for node in nodes)
    idle = sum(node.ready is not False and not node.serves for node in nodes)
    state = ", ".join(f"{n:,} {what}" for n, what in ((notready, "NotReady"), (idle, "without a pod")) if n)
    name = f"+ {len(nodes):,} more node{'' if len(nodes) == 1 else 's'}"
    same = (f"same node port{'s' * (ports > 1)}",) if exposed else ()
    serves = notready + idle < len(nodes)
    return _Row(name, same, state, wrong=bool(state), known=False, serves=serves, ports=ports <= 1)
