"""The sheet of a packet on its way: client, node with a bead for each decision, endpoints; and the packet where it is."""

from __future__ import annotations

from typing import Final

from matplotlib.path import Path

from nodeportkit.figures.canvas import Canvas, pill_width
from nodeportkit.figures.head import HEADING, Head
from nodeportkit.figures.journey.scene import Scene
from nodeportkit.figures.text import Font, fit, fit_together
from nodeportkit.figures.theme import MARGIN, PAD

__all__ = ["Sheet"]

_WIDTH: Final = 860.0
_CLIENT, _NODE, _END = 150.0, 290.0, 210.0  # widths
_NAME: Final = Font(11, bold=True)
_ADDRESS: Final = Font(9.5, mono=True)
_BEAD: Final = Font(10, bold=True)
_NOTE: Final = Font(9.5)
_RADIUS: Final = 10.0
_LEAST: Final = 112.0  # height of the node
_ROW: Final = 34.0
_MOST: Final = 6


class Sheet:
    """The places of everything on the sheet; `draw` draws it."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.head = Head(scene.title, scene.subtitle, _WIDTH)
        self.shown = scene.ends if len(scene.ends) <= _MOST else scene.ends[: _MOST - 1]
        rows = len(self.shown) + (len(self.shown) < len(scene.ends))
        self.tall = max(_LEAST, rows * _ROW - 6)
        self.top = self.head.bottom + 32
        self.middle = self.top + self.tall / 2
        self.height = self.top + self.tall + MARGIN
        self.pill = pill_width(scene.port)
        self.x_node = (_WIDTH - 2 * MARGIN - _CLIENT - _NODE - _END) / 2 + MARGIN + _CLIENT + self.pill / 2 - 6
        self.x_end = _WIDTH - MARGIN - _END
        self.y_node = self.middle - _LEAST / 2
        # Beads stand at even distances, whatever their number.
        self.step = min(38.0, (_NODE - 2 * PAD - 2 * _RADIUS) / max(scene.decisions - 1, 1))
        across = self.step * (scene.decisions - 1)
        self.x_bead = self.x_node + (_NODE - across) / 2 + 4
        self.y_bead = self.y_node + 78

    @property
    def size(self) -> tuple[float, float]:
        """Width and height, in points."""
        return _WIDTH, self.height

    def draw(self, canvas: Canvas) -> None:
        """Draw everything."""
        self.head.draw(canvas)
        self._client(canvas)
        self._node(canvas)
        self._beads(canvas)
        self._ends(canvas)
        self._packet(canvas)

    def _client(self, canvas: Canvas) -> None:
        scene, colours, y = self.scene, canvas.colours, self.middle - 26
        canvas.text(MARGIN, self.top - 13, "CLIENT", HEADING, colours.muted, name="heading")
        canvas.panel(MARGIN, y, _CLIENT, 52, name="node")
        room = _CLIENT - 2 * PAD
        canvas.text(MARGIN + PAD, y + 23, fit(scene.client, _NAME, room), _NAME, colours.ink)
        canvas.text(MARGIN + PAD, y + 39, fit(scene.source, _ADDRESS, room), _ADDRESS, colours.muted)
        colour = self._port(canvas)
        canvas.link((MARGIN + _CLIENT, self.middle), (self.x_node - self.pill / 2, self.middle), colour)

    def _port(self, canvas: Canvas) -> str:
        return canvas.colours.node_port if self.scene.on_node_port else canvas.colours.port

    def _node(self, canvas: Canvas) -> None:
        scene, colours = self.scene, canvas.colours
        canvas.text(self.x_node, self.top - 13, "KUBE-PROXY'S RULES", HEADING, colours.muted, name="heading")
        canvas.panel(self.x_node, self.y_node, _NODE, _LEAST, name="service")
        left, room = self.x_node + PAD + self.pill / 2, _NODE - 2 * PAD - self.pill / 2
        canvas.text(left, self.y_node + 23, fit(scene.node, _NAME, room), _NAME, colours.ink)
        canvas.text(left, self.y_node + 39, fit(scene.dialled, _ADDRESS, room), _ADDRESS, colours.muted)
        canvas.pill(self.x_node - self.pill / 2, self.middle, scene.port, self._port(canvas), name="port")

    def _beads(self, canvas: Canvas) -> None:
        """The decisions: those that were made are filled, the last one is marked if the way ends there."""
        scene, colours = self.scene, canvas.colours
        for i in range(scene.decisions):
            x, made = self.x_bead + i * self.step, i < scene.at
            if i:
                fill = colours.muted if made else colours.edge
                canvas.bar(x - self.step + _RADIUS, self.y_bead - 0.9, self.step - 2 * _RADIUS, 1.8, fill, name="way")
            if made and i == scene.decisions - 1 and scene.verdict in ("DROP", "REJECT"):
                canvas.mark(x, self.y_bead, "wrong", _RADIUS)
                continue
            fill = colours.ink if i == scene.at - 1 else colours.muted if made else colours.paper
            canvas.shape(Path.circle((x, self.y_bead), _RADIUS), fill, edge=colours.muted, above=True, name="mark-bead")
            ink = colours.paper if made else colours.muted
            canvas.text(x, self.y_bead + 3.6, f"{i + 1}", _BEAD, ink, align="center", name="number")

    def _ends(self, canvas: Canvas) -> None:
        scene, colours = self.scene, canvas.colours
        heading = "ENDPOINTS" if len(scene.ends) > 1 else "ENDPOINT"
        if scene.done and scene.ends:
            canvas.text(self.x_end, self.top - 13, heading, HEADING, colours.muted, name="heading")
        else:
            self._open(canvas)
            return
        rest = len(scene.ends) - len(self.shown)
        y = self.middle - (_ROW * (len(self.shown) + bool(rest)) - 6) / 2
        names = fit_together([end.pod or end.address for end in self.shown], _NAME, _END - 2 * PAD - 76)
        for end, name in zip(self.shown, names, strict=True):
            canvas.panel(self.x_end, y, _END, _ROW - 5, name="pod")
            start = (self.x_node + _NODE, self.middle)
            canvas.link(start, (self.x_end, y + (_ROW - 5) / 2), colours.target_port)
            canvas.text(self.x_end + PAD, y + 19, name, _NAME, colours.ink)
            canvas.text(self.x_end + _END - PAD, y + 19, end.chance, _ADDRESS, colours.target_port, align="right")
            y += _ROW
        if rest:
            words = f"+ {rest:,} more, {scene.ends[-1].chance} each"
            canvas.text(self.x_end + PAD, y + 18, words, _NOTE, colours.muted)

    def _open(self, canvas: Canvas) -> None:
        """Where the way goes on is not decided yet, or it does not go on."""
        scene, colours = self.scene, canvas.colours
        y = self.middle - 20
        wrong = scene.done and scene.verdict in ("DROP", "REJECT")
        edge, fill = (colours.wrong, colours.wrong_panel) if wrong else (None, None)
        canvas.panel(self.x_end, y, _END, 40, edge=edge, fill=fill, dashed=not wrong, name="pod")
        ink = colours.wrong if wrong else colours.muted
        words = scene.outcome if scene.done else "not decided yet"
        canvas.text(self.x_end + PAD, y + 24, fit(words, _NOTE, _END - 2 * PAD, tail=0), _NOTE, ink)
        start, end = (self.x_node + _NODE, self.middle), (self.x_end, self.middle)
        if not wrong:
            canvas.link(start, end, colours.dashed, dashed=True, heavy=False)

    def _packet(self, canvas: Canvas) -> None:
        """The packet, as an envelope."""
        scene, colours = self.scene, canvas.colours
        if not scene.at:
            left = MARGIN + _CLIENT
            x, y = (left + self.x_node - self.pill / 2) / 2, self.middle
        elif scene.done and scene.ends:
            x, y = (self.x_node + _NODE + self.x_end) / 2, self.middle
        else:
            x, y = self.x_bead + (scene.at - 1) * self.step, self.y_bead + _RADIUS + 12
        across, down = 20.0, 13.0
        canvas.bar(x - across / 2, y - down / 2, across, down, colours.on_colour, edge=colours.ink, name="packet")
        flap = [(x - across / 2, y - down / 2), (x, y + 1.5), (x + across / 2, y - down / 2)]
        outline = Path([*flap, flap[0]], closed=True)
        canvas.shape(outline, colours.paper, edge=colours.ink, above=True, name="packet-flap")
