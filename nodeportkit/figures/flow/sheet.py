"""The whole sheet of a flow: entry nodes on the left, pods on the right, and ribbons as wide as what they carry."""

from __future__ import annotations

from typing import Final

from matplotlib.path import Path

from nodeportkit.figures.canvas import Canvas, pill_width
from nodeportkit.figures.flow.scene import EntrySeen, Ribbon, Scene
from nodeportkit.figures.fractions import percent
from nodeportkit.figures.head import HEADING, Head
from nodeportkit.figures.text import Font, fit, fit_together, width
from nodeportkit.figures.theme import MARGIN, PAD
from nodeportkit.figures.verdict import Foot

__all__ = ["Sheet"]

_WIDTH: Final = 910.0
_NAME: Final = Font(11, bold=True)
_DETAIL: Final = Font(9.5)
_ADDRESS: Final = Font(9.5, mono=True)
_FIGURE: Final = Font(10.5, mono=True)
_LEGEND: Final = Font(10.5)

_PANEL: Final = (96.0, 190.0)  # width of an entry node
_NODE: Final = 43.0  # the least height of an entry node, with a line more where connections are lost
_LINE: Final = 14.0
_POD: Final = 33.0
_GAP: Final = 7.0
_BAR: Final = 9.0
_NAMES: Final = 150.0  # of pods
_COUNT, _SHARE = 82.0, 66.0  # columns of figures
_FLOW: Final = (250.0, 460.0)  # the height of all connections
_STUB: Final = 44.0


class Sheet:
    """The places of everything on the sheet; `draw` draws it."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.head = Head(scene.title, scene.subtitle, _WIDTH)
        self.top = self.head.bottom + 32
        words = [*(width(entry.name, _NAME) for entry in scene.entries)]
        words += [width(entry.detail, _ADDRESS) for entry in scene.entries]
        words += [width(entry.lost, _DETAIL) for entry in scene.entries]
        self.across = min(max(max(words) + 2 * PAD, _PANEL[0]), _PANEL[1])
        self.pill = pill_width(scene.number)
        self.x_bar = MARGIN + self.across + self.pill - 6
        self.x_share = _WIDTH - MARGIN
        self.x_count = self.x_share - _SHARE
        columns = _SHARE + (_COUNT if scene.counted is not None else 0)
        self.x_ends = self.x_share - columns - _NAMES - _BAR - 10
        rows = max(len(scene.entries) * _NODE, len(scene.ends) * _POD)
        self.unit = min(max(rows * 0.8, _FLOW[0]), _FLOW[1])
        self.left = [max(entry.share * self.unit, _NODE + _LINE * bool(entry.lost)) for entry in scene.entries]
        self.right = [max(end.share * self.unit, _POD) for end in scene.ends]
        if scene.totals.lost > 0:
            self.right.append(_POD)
        both = [sum(column) + _GAP * (len(column) - 1) for column in (self.left, self.right)]
        self.y_left, self.y_right = (self.top + (max(both) - one) / 2 for one in both)
        self.y_legend = self.top + max(both) + 30
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
        starts = self._entries(canvas)
        ends = self._ends(canvas)
        self._ribbons(canvas, starts, ends)
        self._legend(canvas)
        self.foot.draw(canvas, self.y_legend)

    def _headings(self, canvas: Canvas) -> None:
        muted, y = canvas.colours.muted, self.top - 13
        heading = "ENTRY NODES" if len(self.scene.entries) > 1 else "ENTRY NODE"
        canvas.text(MARGIN, y, heading, HEADING, muted, name="heading")
        words = "node port" if self.scene.on_node_port else "port"
        canvas.text(self.x_bar + _BAR, y, words, _DETAIL, self._port(canvas), align="right")
        canvas.text(self.x_ends + _BAR + 10, y, "PODS", HEADING, muted, name="heading")
        if self.scene.counted is not None:
            canvas.text(self.x_count, y, "received", HEADING, muted, align="right", name="heading")
        canvas.text(self.x_share, y, "share", HEADING, muted, align="right", name="heading")

    def _port(self, canvas: Canvas) -> str:
        return canvas.colours.node_port if self.scene.on_node_port else canvas.colours.port

    def _entries(self, canvas: Canvas) -> list[float]:
        """Draw the entry nodes; where the ribbons of each begin."""
        colours, room = canvas.colours, self.across - 2 * PAD
        names = fit_together([entry.name for entry in self.scene.entries], _NAME, room)
        starts, y = [], self.y_left
        for entry, name, height in zip(self.scene.entries, names, self.left, strict=True):
            wrong = colours.wrong if entry.lost else None
            canvas.panel(MARGIN, y, self.across, height, edge=wrong, name="node")
            self._entry(canvas, entry, name, y + height / 2)
            start = y + (height - entry.share * self.unit) / 2
            canvas.bar(self.x_bar, start, _BAR, entry.share * self.unit, self._port(canvas), name="entry-bar")
            canvas.pill(MARGIN + self.across - 6, y + height / 2, self.scene.number, self._port(canvas))
            starts.append(start)
            y += height + _GAP
        return starts

    def _entry(self, canvas: Canvas, entry: EntrySeen, name: str, middle: float) -> None:
        colours, room = canvas.colours, self.across - 2 * PAD
        lines = [(name, _NAME, colours.ink)]
        if entry.detail:
            lines.append((fit(entry.detail, _ADDRESS, room), _ADDRESS, colours.muted))
        if entry.lost:
            lines.append((fit(entry.lost, _DETAIL, room, tail=0), _DETAIL, colours.wrong))
        y = middle - _LINE * len(lines) / 2 + 11
        for i, (words, font, colour) in enumerate(lines):
            canvas.text(MARGIN + PAD, y + _LINE * i, words, font, colour)

    def _ends(self, canvas: Canvas) -> list[float]:
        """Draw the pods; where the ribbons of each arrive."""
        scene, colours = self.scene, canvas.colours
        left = self.x_ends + _BAR + 10
        names = fit_together([end.name for end in scene.ends], _NAME, _NAMES - 8)
        ends, y = [], self.y_right
        for end, name, height in zip(scene.ends, names, self.right, strict=False):
            start = y + (height - end.share * self.unit) / 2
            # A pod that gets nothing has a bar all the same, too thin to be mistaken for a share.
            down = max(end.share * self.unit, 1.2)
            canvas.bar(self.x_ends, start, _BAR, down, colours.target_port, name="pod-bar")
            ink = colours.ink if end.share else colours.muted
            canvas.text(left, y + height / 2 - 2, name, _NAME, ink)
            canvas.text(left, y + height / 2 + 12, fit(end.detail, _DETAIL, _NAMES - 8), _DETAIL, colours.muted)
            self._figures(canvas, y + height / 2, end.count, end.share, ink)
            ends.append(start)
            y += height + _GAP
        if scene.totals.lost > 0:
            middle = y + _POD / 2
            canvas.mark(self.x_ends + _BAR / 2, middle, "wrong", 7)
            canvas.text(left, middle - 2, scene.lost, _NAME, colours.wrong)
            words = fit(f"at {scene.lost_at}", _DETAIL, _NAMES - 8)
            canvas.text(left, middle + 12, words, _DETAIL, colours.muted)
            count = None if scene.counted is None else round(scene.counted * scene.totals.lost)
            self._figures(canvas, middle, count, scene.totals.lost, colours.wrong)
        return ends

    def _figures(self, canvas: Canvas, middle: float, count: int | None, share: float, colour: str) -> None:
        if count is not None:
            canvas.text(self.x_count, middle + 4, f"{count:,}", _FIGURE, colour, align="right")
        canvas.text(self.x_share, middle + 4, percent(share), _FIGURE, colour, align="right")

    def _ribbons(self, canvas: Canvas, starts: list[float], ends: list[float]) -> None:
        """Ribbons leave a node in the order of the pods and reach a pod in the order of the nodes: the fewest crossings."""
        left, right = list(starts), list(ends)
        drawn = []
        for ribbon in sorted(self.scene.ribbons, key=lambda one: (one.entry, -1 if one.end is None else one.end)):
            down = ribbon.share * self.unit
            y0, y1 = left[ribbon.entry], 0.0
            left[ribbon.entry] += down
            if ribbon.end is not None:
                y1 = right[ribbon.end]
                right[ribbon.end] += down
            drawn.append((ribbon, y0, y1, down))
        # What stays lies above what crosses.
        for ribbon, y0, y1, down in sorted(drawn, key=lambda one: one[0].crosses is False):
            if ribbon.end is None:
                self._stub(canvas, y0, down)
            else:
                self._ribbon(canvas, ribbon, y0, y1, down)

    def _ribbon(self, canvas: Canvas, ribbon: Ribbon, y0: float, y1: float, down: float) -> None:
        x0, x1 = self.x_bar + _BAR, self.x_ends
        middle = (x0 + x1) / 2
        points = [
            (x0, y0), (middle, y0), (middle, y1), (x1, y1),
            (x1, y1 + down), (middle, y1 + down), (middle, y0 + down), (x0, y0 + down), (x0, y0),
        ]  # fmt: skip
        codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
        fill, opacity, name = _look(canvas, ribbon.crosses)
        canvas.shape(Path(points, codes), fill, opacity=opacity, name=name)

    def _stub(self, canvas: Canvas, y: float, down: float) -> None:
        colours, x = canvas.colours, self.x_bar + _BAR
        canvas.bar(x, y, _STUB, down, colours.wrong_panel, edge=colours.wrong, hatch="////", name="ribbon-lost")
        canvas.mark(x + _STUB, y + down / 2, "wrong", 9)

    def _legend(self, canvas: Canvas) -> None:
        words = ("stays on the node", "crosses to another node", "node not known", self.scene.lost)
        found, expected = self.scene.totals.parts, self.scene.expected and self.scene.expected.parts
        x = MARGIN
        for i, (what, share) in enumerate(zip(words, found, strict=True)):
            if not share and not (expected and expected[i]):
                continue
            self._swatch(canvas, what, x)
            told = f"{what}: {percent(share)}" + (f" (expected {percent(expected[i])})" if expected else "")
            canvas.text(x + 26, self.y_legend, told, _LEGEND, canvas.colours.ink, name="legend")
            x += 26 + width(told, _LEGEND) + 30

    def _swatch(self, canvas: Canvas, words: str, x: float) -> None:
        y = self.y_legend - 10.5
        if words == self.scene.lost:
            fill, edge = canvas.colours.wrong_panel, canvas.colours.wrong
            canvas.bar(x, y, 19, 13, fill, edge=edge, hatch="////", name="swatch")
            return
        crosses = {"stays on the node": False, "crosses to another node": True}.get(words)
        fill, opacity, _ = _look(canvas, crosses)
        canvas.bar(x, y, 19, 13, fill, opacity=opacity, name="swatch")


def _look(canvas: Canvas, crosses: bool | None) -> tuple[str, float, str]:
    """Colour, opacity and name of a ribbon: dark for what stays, pale for what crosses."""
    colours = canvas.colours
    if crosses is None:
        return colours.dashed, 0.5, "ribbon-unknown"
    return (colours.edge, 0.65, "ribbon-crosses") if crosses else (colours.good, 0.65, "ribbon-stays")
