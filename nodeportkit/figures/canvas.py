"""A sheet to draw on, in points, from the top left corner; and the one lock under which all drawing is done.

Widgets call back in threads, and matplotlib's fonts are shared by all figures: whoever draws, measures or saves holds
`LOCK`. pyplot is not used at all: its current figure is global too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import RLock
from typing import Any, Final, Literal, TypeAlias

import matplotlib
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.patches import Circle, FancyBboxPatch, PathPatch
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from nodeportkit.figures.text import Font, shown, width
from nodeportkit.figures.theme import RADIUS, Palette

__all__ = [
    "BARS", "LINKS", "LOCK", "MARKS", "NUMBERS", "PANELS", "PILL", "WORDS", "Canvas", "Mark", "Strokes", "mark_line",
    "pill_width",
]  # fmt: skip

LOCK: Final = RLock()

Mark = Literal["ready", "not-ready", "unknown", "wrong"]

PILL: Final = 21.0  # height of a port's pill
_NUMBER: Final = Font(11, bold=True, mono=True)
_CAP: Final = 0.73  # height of a capital letter or a figure in DejaVu, in parts of the font's size
LINKS, PANELS, BARS, WORDS, MARKS, NUMBERS = 1.0, 2.0, 2.5, 3.0, 4.0, 5.0  # what lies above what
Strokes: TypeAlias = Sequence[Sequence[tuple[float, float]]]
# In parts of the radius of the ring around them.
_TICK: Final[Strokes] = [[(-0.45, 0.05), (-0.1, 0.4), (0.48, -0.32)]]
_CROSS: Final[Strokes] = [[(-0.4, -0.4), (0.4, 0.4)], [(-0.4, 0.4), (0.4, -0.4)]]


def pill_width(number: str, *, small: bool = False) -> float:
    """How wide the pill around a port number is."""
    return width(number, _NUMBER) * (0.85 if small else 1.0) + (14 if small else 20)


class _Words(Text):
    """Text that is as wide in every picture as it was measured: hinting rounds each letter to whole dots."""

    def draw(self, renderer: Any) -> None:
        with _unhinted():
            super().draw(renderer)

    def get_window_extent(self, renderer: Any = None, dpi: float | None = None) -> Bbox:
        with _unhinted():
            return super().get_window_extent(renderer, dpi)


@contextmanager
def _unhinted() -> Iterator[None]:
    """Without hinting; `matplotlib.rc_context` would copy all settings for each word."""
    before = matplotlib.rcParams["text.hinting"]
    matplotlib.rcParams["text.hinting"] = "none"
    try:
        yield
    finally:
        matplotlib.rcParams["text.hinting"] = before


class Canvas:
    """A sheet of `size` points (width, height) on `axes`, as large as it fits, in the colours of `palette`."""

    def __init__(self, axes: Axes, size: tuple[float, float], palette: Palette) -> None:
        self.axes = axes
        self.colours = palette
        # Without axes but on paper: the page or the style of somebody else's figure may be of any colour.
        axes.xaxis.set_visible(False)
        axes.yaxis.set_visible(False)
        axes.spines[:].set_visible(False)
        axes.patch.set_facecolor(palette.paper)
        across, down = box(axes)
        # Words and lines are scaled with everything else, so that what fits on the sheet fits in any box.
        self.scale = min(across / size[0], down / size[1])
        spare_x, spare_y = across / self.scale - size[0], down / self.scale - size[1]
        axes.set_xlim(-spare_x / 2, size[0] + spare_x / 2)
        axes.set_ylim(size[1] + spare_y / 2, -spare_y / 2)

    def _add(self, artist: Any, name: str) -> None:
        artist.set_clip_on(False)
        artist.set_gid(name)
        self.axes.add_patch(artist)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        font: Font,
        colour: str,
        *,
        align: Literal["left", "center", "right"] = "left",
        name: str = "text",
    ) -> None:
        """Words whose base line is at `y`."""
        if not words:
            return
        written = _Words(
            x, y, shown(words), color=colour, ha=align, va="baseline", fontproperties=font.properties(self.scale),
            parse_math=False, usetex=False, zorder=NUMBERS if name == "number" else WORDS, gid=name,
        )  # fmt: skip
        self.axes.add_artist(written)
        written.set_clip_on(False)

    def panel(
        self, x: float, y: float, across: float, down: float, *, fill: str | None = None, edge: str | None = None,
        dashed: bool = False, name: str = "panel",
    ) -> None:  # fmt: skip
        """A rounded rectangle."""
        fill, edge = fill or self.colours.panel, edge or self.colours.edge
        self._rounded((x, y, across, down), RADIUS, fill, edge, dashed=dashed, layer=PANELS, name=name)

    def pill(
        self, x: float, y: float, number: str, colour: str, *, small: bool = False, hollow: bool = False,
        name: str = "port",
    ) -> None:  # fmt: skip
        """A port's number in its colour, its left edge at `x` and its middle at `y`; hollow where no packet gets to it."""
        across, down = pill_width(number, small=small), PILL * (0.8 if small else 1.0)
        fill, ink = (self.colours.paper, colour) if hollow else (colour, self.colours.on_colour)
        place = (x, y - down / 2, across, down)
        self._rounded(place, down * 0.45, fill, colour, dashed=hollow, layer=MARKS, name=name)
        self._number(
            x + across / 2, y, number, Font(_NUMBER.size * (0.85 if small else 1.0), bold=True, mono=True), ink
        )

    def _number(self, x: float, y: float, number: str, font: Font, colour: str) -> None:
        """Figures whose middle is at x, y."""
        self.text(x, y + font.size * _CAP / 2, number, font, colour, align="center", name="number")

    def _rounded(
        self, place: tuple[float, float, float, float], radius: float, fill: str, edge: str, *, dashed: bool,
        layer: float, name: str,
    ) -> None:  # fmt: skip
        """A rounded rectangle: its left and upper edge, its width and height."""
        x, y, across, down = place
        self._add(
            FancyBboxPatch(
                (x, y), across, down, boxstyle=f"round,pad=0,rounding_size={radius}", facecolor=fill, edgecolor=edge,
                linewidth=1.3 * self.scale, linestyle=(0, (3, 2)) if dashed else "solid", zorder=layer,
            ),
            name,
        )  # fmt: skip

    def link(
        self, start: tuple[float, float], end: tuple[float, float], colour: str, *, dashed: bool = False,
        heavy: bool = True, lead: float = 0.0, name: str = "link",
    ) -> None:  # fmt: skip
        """A line that leaves `start` level, keeps so for `lead` points, and reaches `end` level."""
        (x0, y0), (x1, y1) = start, end
        middle = (x0 + lead + x1) / 2
        points = [(x0, y0), (x0 + lead, y0), (middle, y0), (middle, y1), (x1, y1)]
        path = Path(points, [Path.MOVETO, Path.LINETO, *[Path.CURVE4] * 3])
        self._add(
            PathPatch(
                path, facecolor="none", edgecolor=colour, linewidth=(1.8 if heavy else 1.2) * self.scale,
                linestyle=(0, (3, 2.4)) if dashed else "solid", capstyle="butt", zorder=LINKS,
            ),
            name,
        )  # fmt: skip

    def shape(
        self, outline: Path, fill: str, *, opacity: float = 1.0, edge: str | None = None, hatch: str = "",
        above: bool = False, name: str = "shape",
    ) -> None:  # fmt: skip
        """A filled shape of any outline, beneath panels or above them; its hatch has the colour of its edge."""
        self._add(
            PathPatch(
                outline, facecolor=to_rgba(fill, opacity), edgecolor=edge or "none", hatch=hatch or None,
                linewidth=0.6 * self.scale, zorder=BARS if above else LINKS,
            ),
            name,
        )  # fmt: skip

    def bar(
        self, x: float, y: float, across: float, down: float, fill: str, *, opacity: float = 1.0,
        edge: str | None = None, hatch: str = "", name: str = "bar",
    ) -> None:  # fmt: skip
        """A rectangle with its top left corner at x, y."""
        corners = [(x, y), (x + across, y), (x + across, y + down), (x, y + down), (x, y)]
        outline = Path(corners, closed=True)
        self.shape(outline, fill, opacity=opacity, edge=edge, hatch=hatch, above=True, name=name)

    def mark(self, x: float, y: float, kind: Mark, radius: float, *, colour: str | None = None) -> None:
        """A sign that is told by its shape alone: a filled disc with a tick, a ring with a cross, a dashed ring with `?`."""
        colours = self.colours
        colour = colour or {"ready": colours.good, "unknown": colours.muted}.get(kind, colours.wrong)
        filled = kind == "ready"
        fill = colour if filled else colours.paper
        self._ring(x, y, radius, fill, colour, dashed=kind == "unknown", name=f"mark-{kind}")
        if kind == "unknown":
            self._number(x, y, "?", Font(radius * 1.35, bold=True), colour)
        else:
            strokes = _TICK if filled else _CROSS
            self._strokes(x, y, radius, strokes, colours.on_colour if filled else colour, name=f"sign-{kind}")

    def _ring(self, x: float, y: float, radius: float, fill: str, edge: str, *, dashed: bool, name: str) -> None:
        """A circle."""
        self._add(
            Circle(
                (x, y), radius, facecolor=fill, edgecolor=edge, linewidth=mark_line(radius) * self.scale,
                linestyle=(0, (2, 1.4)) if dashed else "solid", zorder=MARKS,
            ),
            name,
        )  # fmt: skip

    def _strokes(self, x: float, y: float, radius: float, strokes: Strokes, colour: str, *, name: str) -> None:
        """A sign in a circle."""
        points = [(x + dx * radius, y + dy * radius) for stroke in strokes for dx, dy in stroke]
        codes = [Path.MOVETO if i == 0 else Path.LINETO for stroke in strokes for i in range(len(stroke))]
        self._add(
            PathPatch(
                Path(points, codes), facecolor="none", edgecolor=colour, linewidth=mark_line(radius) * 1.15 * self.scale,
                capstyle="round", joinstyle="round", zorder=MARKS,
            ),
            name,
        )  # fmt: skip


def mark_line(radius: float) -> float:
    """How thick the line of a sign of that radius is."""
    return max(radius / 6, 1.1)


def box(axes: Axes) -> tuple[float, float]:
    """The width and height of an Axes, in points, once its figure is laid out."""
    figure: Any = axes.figure.canvas.figure
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
    extent, dots = axes.get_window_extent(), figure.dpi
    return math.fabs(extent.width) * 72 / dots, math.fabs(extent.height) * 72 / dots
