"""The same sheet as a drawing for a page, written straight as SVG: in milliseconds, where matplotlib takes a hundred.

Words stay words: a person can select and copy them. Each is told how wide it is, so that it fits also where the page has
another font than the one it was measured in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from html import escape
from typing import Final, Literal, Protocol

import numpy as np
from matplotlib.path import Path

from nodeportkit.figures.canvas import BARS, LINKS, LOCK, MARKS, NUMBERS, WORDS, Canvas, Strokes, mark_line
from nodeportkit.figures.picture import Picture, sheet
from nodeportkit.figures.text import Font, shown, width
from nodeportkit.figures.theme import Palette, palette, roles
from nodeportkit.untrusted import seen

__all__ = ["Drawing", "Sheet", "Vector"]

_SANS: Final = "'DejaVu Sans',Verdana,sans-serif"
_MONO: Final = "'DejaVu Sans Mono',Menlo,Consolas,monospace"
_VARIABLES: Final = {colour: f"var(--npk-{role.replace('_', '-')},{colour})" for role, colour in roles()}
_LETTERS: Final[dict[int, str]] = {
    int(code): letter
    for code, letter in ((Path.MOVETO, "M"), (Path.LINETO, "L"), (Path.CURVE4, "C"), (Path.CLOSEPOLY, "Z"))
}


class Sheet(Protocol):
    """A sheet of a size in points that draws itself."""

    @property
    def size(self) -> tuple[float, float]:
        """Width and height, in points."""

    def draw(self, canvas: Canvas) -> None:
        """Draw everything."""


class Drawing:
    """A sheet and what it shows in words: an SVG drawing at once, a picture only where a still of it is asked for.

    Parameters
    ----------
    drawn
        What draws itself.
    words
        What it shows, in words: the first line is its title.
    """

    def __init__(self, drawn: Sheet, words: str) -> None:
        self._drawn = drawn
        self.words = words

    def svg(self, *, themed: bool = True) -> str:
        """The drawing for a page; `themed`: without paper, and in colours that a dark page may set."""
        with LOCK:
            canvas = Vector(self._drawn.size, palette(dark=False), themed=themed)
            self._drawn.draw(canvas)
            return canvas.svg(self.words)

    def picture(self) -> Picture:
        """The same, drawn by matplotlib."""
        with LOCK:
            colours = palette(dark=False)
            picture = sheet(*self._drawn.size, colours)
            picture.words = self.words
            self._drawn.draw(Canvas(picture, self._drawn.size, colours))
        return picture

    def still(self) -> tuple[dict[str, object], dict[str, object]]:
        """A PNG image of it with its words, as `Picture.still`."""
        return self.picture().still()


class Vector(Canvas):
    """A sheet of `size` points (width, height) that is written as SVG."""

    def __init__(self, size: tuple[float, float], palette: Palette, *, themed: bool = True) -> None:
        self.colours = palette
        self.scale = 1.0
        self._size = size
        self._themed = themed
        self._marks: list[tuple[float, str]] = []
        self._hatches: dict[str, tuple[str, str]] = {}

    def svg(self, words: str) -> str:
        """What was drawn so far, as an element for a page, with words for those who cannot see it."""
        body = "".join(mark for _, mark in sorted(self._marks, key=lambda mark: mark[0]))
        title, _, rest = seen(words).partition("\n")
        across, down = (f"{length:.2f}" for length in self._size)
        paper = "" if self._themed else f'<rect width="100%" height="100%" fill="{self.colours.paper}"/>'
        hatches = "".join(pattern for _, pattern in self._hatches.values())
        defs = f"<defs>{hatches}</defs>" if hatches else ""
        # A pattern is found by its name in the whole page: each drawing has names of its own.
        own = hashlib.sha256(body.encode()).hexdigest()[:10] if hatches else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across} {down}" width="{across}pt" height="{down}pt" '
            f'role="img" style="max-width:100%;height:auto;font-family:{_SANS}">'
            f"<title>{escape(title)}</title><desc>{escape(rest.strip() or title)}</desc>"
            f"{defs}{paper}{body}</svg>"
        ).replace("npk-hatch", f"npk-{own}-hatch")

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
        words = shown(words)
        if not words.strip():
            return
        across = width(words, font)
        x -= {"left": 0.0, "center": across / 2, "right": across}[align]
        # A page leaves out spaces at the start, and all but one of several.
        start = width(words[: len(words) - len(words.lstrip(" "))], font)
        words, x, across = words.strip(" ").replace("  ", "\xa0 "), x + start, across - start
        family = f";font-family:{_MONO}" if font.mono else ""
        weight = ";font-weight:700" if font.bold else ""
        self._put(
            NUMBERS if name == "number" else WORDS,
            f'<text class="npk-{name}" x="{x:.2f}" y="{y:.2f}" textLength="{across:.2f}" lengthAdjust="spacingAndGlyphs" '
            f'style="font-size:{font.size:g}px{weight}{family};fill:{self._paint(colour)}">{escape(words)}</text>',
        )

    def _rounded(
        self, place: tuple[float, float, float, float], radius: float, fill: str, edge: str, *, dashed: bool,
        layer: float, name: str,
    ) -> None:  # fmt: skip
        """A rounded rectangle."""
        x, y, across, down = place
        look = self._look(fill, edge, 1.3, (3, 2) if dashed else ())
        self._put(
            layer,
            f'<rect class="npk-{name}" x="{x:.2f}" y="{y:.2f}" width="{max(across, 0):.2f}" height="{max(down, 0):.2f}" '
            f'rx="{radius:.2f}" {look}/>',
        )

    def link(
        self, start: tuple[float, float], end: tuple[float, float], colour: str, *, dashed: bool = False,
        heavy: bool = True, lead: float = 0.0, name: str = "link",
    ) -> None:  # fmt: skip
        """A line that leaves `start` level, keeps so for `lead` points, and reaches `end` level."""
        (x0, y0), (x1, y1) = start, end
        middle = (x0 + lead + x1) / 2
        way = f"M{x0:.2f} {y0:.2f}H{x0 + lead:.2f}C{middle:.2f} {y0:.2f} {middle:.2f} {y1:.2f} {x1:.2f} {y1:.2f}"
        look = self._look(None, colour, 1.8 if heavy else 1.2, (3, 2.4) if dashed else ())
        self._put(LINKS, f'<path class="npk-{name}" d="{way}" {look}/>')

    def shape(
        self, outline: Path, fill: str, *, opacity: float = 1.0, edge: str | None = None, hatch: str = "",
        above: bool = False, name: str = "shape",
    ) -> None:  # fmt: skip
        """A filled shape of any outline, beneath panels or above them; its hatch has the colour of its edge."""
        way = _way(outline)
        look = self._look(fill, edge, 0.6, opacity=opacity)
        marks = [f'<path class="npk-{name}" d="{way}" {look}/>']
        if hatch:
            lines = self._hatch(edge or fill)
            marks.append(f'<path d="{way}" style="fill:url(#{lines})"/>')
        self._put(BARS if above else LINKS, "".join(marks))

    def _ring(self, x: float, y: float, radius: float, fill: str, edge: str, *, dashed: bool, name: str) -> None:
        """A circle."""
        look = self._look(fill, edge, mark_line(radius), (2, 1.4) if dashed else ())
        self._put(MARKS, f'<circle class="npk-{name}" cx="{x:.2f}" cy="{y:.2f}" r="{radius:.2f}" {look}/>')

    def _strokes(self, x: float, y: float, radius: float, strokes: Strokes, colour: str, *, name: str) -> None:
        """A sign in a circle."""
        way = "".join(f"M{'L'.join(f'{dx:g} {dy:g}' for dx, dy in stroke)}" for stroke in strokes)
        look = (
            f"fill:none;stroke:{self._paint(colour)};stroke-width:{mark_line(radius) * 1.15 / radius:.3f};"
            "stroke-linecap:round;stroke-linejoin:round"
        )
        place = f"translate({x:.2f} {y:.2f}) scale({radius:g})"
        self._put(MARKS, f'<path class="npk-{name}" d="{way}" transform="{place}" style="{look}"/>')

    def _put(self, layer: float, mark: str) -> None:
        self._marks.append((layer, mark))

    def _paint(self, colour: str) -> str:
        return _VARIABLES.get(colour, colour) if self._themed else colour

    def _look(
        self, fill: str | None, edge: str | None, line: float, dashes: Iterable[float] = (), opacity: float = 1.0
    ) -> str:
        style = f"fill:{self._paint(fill) if fill else 'none'}"
        if opacity < 1:
            style += f";fill-opacity:{opacity:g}"
        if edge:
            style += f";stroke:{self._paint(edge)};stroke-width:{line:.2f}"
            # As matplotlib has it: in parts of the line's width.
            dashed = " ".join(f"{dash * line:.2f}" for dash in dashes)
            style += f";stroke-dasharray:{dashed}" if dashed else ""
        return f'style="{style}"'

    def _hatch(self, colour: str) -> str:
        """The name of a pattern of lines in this colour."""
        if colour not in self._hatches:
            name, paint = f"npk-hatch-{len(self._hatches)}", self._paint(colour)
            pattern = (
                f'<pattern id="{name}" patternUnits="userSpaceOnUse" width="4.5" height="4.5" '
                f'patternTransform="rotate(45)"><path d="M0 0V4.5" style="stroke:{paint};stroke-width:1.6"/></pattern>'
            )
            self._hatches[colour] = name, pattern
        return self._hatches[colour][0]


def _way(outline: Path) -> str:
    """The outline as SVG has it: a letter before the points of a curve or a line."""
    points = np.asarray(outline.vertices)
    codes = outline.codes
    letters = (
        ["M", *"L" * (len(points) - 2), "Z"]
        if codes is None
        else [_LETTERS[code] for code in np.asarray(codes).tolist()]
    )
    parts: list[str] = []
    following = 0  # points of a curve that are still to come
    for (x, y), letter in zip(points, letters, strict=True):
        if letter == "Z":
            parts.append("Z")
        elif letter == "C" and following:
            parts.append(f" {x:.2f} {y:.2f}")
            following -= 1
        else:
            parts.append(f"{letter}{x:.2f} {y:.2f}")
            following = 2 if letter == "C" else 0
    return "".join(parts)
