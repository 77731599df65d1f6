"""A picture that was not drawn into somebody's Axes: it shows itself in a notebook, and says in words what it shows."""

from __future__ import annotations

import io
import re
from html import escape
from typing import Any, Final

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nodeportkit.figures.canvas import LOCK
from nodeportkit.figures.theme import Palette, counterparts

__all__ = ["Picture", "sheet", "svg"]

_DPI: Final = 144  # sharp on screens of twice the usual resolution
# Paths, so that words look the same where the fonts are missing; and nothing that differs from run to run.
_SETTINGS: Final[Any] = {
    "svg.fonttype": "path",
    "svg.hashsalt": "nodeportkit",
    "savefig.bbox": None,
    "path.sketch": None,
}


class Picture(Axes):
    """An Axes on a sheet of its own. As the last line of a notebook's cell it shows itself."""

    words = ""

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {"image/svg+xml": svg(self), "image/png": png(self), "text/plain": self.words}


def sheet(width: float, height: float, palette: Palette) -> Picture:
    """An empty sheet of this size in points."""
    figure = Figure(figsize=(width / 72, height / 72), facecolor=palette.paper)
    picture = Picture(figure, (0, 0, 1, 1))
    figure.add_axes(picture)
    return picture


def png(axes: Axes) -> bytes:
    """The figure of `axes` as a PNG image."""
    return _saved(axes, "png", dpi=_DPI)


def svg(axes: Axes, *, themed: bool = False) -> str:
    """The figure of `axes` as an SVG drawing for a page, with its words as title and description for screen readers.

    Parameters
    ----------
    themed
        Draw without paper, and with colours that a dark page may set: `var(--npk-ink, #1b1f24)`. For light drawings.
    """
    text = _saved(axes, "svg", metadata={"Date": None, "Creator": None}, transparent=themed).decode("utf-8")
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    words = str(getattr(axes, "words", ""))
    title, _, rest = words.partition("\n")
    attributes = 'role="img" style="max-width:100%;height:auto"'
    described = f"<title>{escape(title)}</title><desc>{escape(rest or title)}</desc>"
    text = re.sub(r"<svg([^>]*)>", lambda match: f"<svg{match[1]} {attributes}>{described}", text, count=1)
    if not themed:
        return text
    names = {
        colour: f"var(--npk-{role.replace('_', '-')}, {colour})" for colour, (role, _, _) in counterparts().items()
    }
    return re.sub("|".join(names), lambda match: names[match[0]], text)


def _saved(axes: Axes, kind: str, **options: Any) -> bytes:
    figure: Any = axes.figure
    stream = io.BytesIO()
    with LOCK, matplotlib.rc_context(_SETTINGS):
        figure.savefig(stream, format=kind, **options)
    return stream.getvalue()
