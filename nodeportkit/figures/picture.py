"""A picture on a sheet of its own: it shows itself in a notebook, and says in words what it shows."""

from __future__ import annotations

import io
import re
from html import escape
from typing import Any, Final

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nodeportkit.figures.canvas import LOCK
from nodeportkit.figures.theme import Palette, roles
from nodeportkit.untrusted import seen

__all__ = ["Picture", "sheet"]

_DPI: Final = 120
# Paths, so that words look the same where the fonts are missing; and nothing that differs from run to run.
_SETTINGS: Final[Any] = {
    "path.sketch": None,
    "savefig.bbox": None,
    "savefig.transparent": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "nodeportkit",
}
_NUMBER: Final = re.compile(r"scale\([^)]*\)|-?\d+\.\d{3,}")


class Picture(Axes):
    """An Axes on a sheet of its own. As the last line of a notebook's cell it shows itself.

    Attributes
    ----------
    words
        What it shows, in words: the first line is its title.
    """

    words: str = ""

    def png(self) -> bytes:
        """The picture as a PNG image."""
        return self._saved("png", dpi=_DPI)

    def svg(self, *, themed: bool = False) -> str:
        """The picture as an SVG drawing for a page, with its words as title and description for screen readers.

        Parameters
        ----------
        themed
            Draw without paper, and with colours that a dark page may set: `var(--npk-ink, #1b1f24)`. For light drawings.
        """
        options: dict[str, Any] = {"transparent": True, "facecolor": "none"} if themed else {}
        drawn = self._saved("svg", metadata={"Date": None, "Creator": None}, **options).decode("utf-8")
        drawn = _for_pages(drawn, self.words)
        if not themed:
            return drawn
        variables = {colour: f"var(--npk-{role.replace('_', '-')}, {colour})" for role, colour in roles()}
        return re.sub("|".join(variables), lambda match: variables[match[0]], drawn)

    def _saved(self, kind: str, **options: Any) -> bytes:
        figure: Any = self.figure
        stream = io.BytesIO()
        with LOCK, matplotlib.rc_context(_SETTINGS):
            figure.savefig(stream, format=kind, **options)
        return stream.getvalue()

    def still(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The picture as a PNG image and in words, and how a page shows it: not wider than it is, with words beside it."""
        figure: Any = self.figure
        told = {"width": round(figure.get_figwidth() * 96), "alt": self.words}
        return {"image/png": self.png(), "text/plain": self.words}, {"image/png": told}

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        # No SVG beside it: JupyterLab would prefer it, and let it run out of the page.
        return self.still()


def sheet(width: float, height: float, palette: Palette) -> Picture:
    """An empty sheet of this size in points."""
    figure = Figure(figsize=(width / 72, height / 72), facecolor=palette.paper)
    picture = Picture(figure, (0, 0, 1, 1))
    figure.add_axes(picture)
    return picture


def _for_pages(drawn: str, words: str) -> str:
    """An SVG file as a part of a page: smaller, with words for those who cannot see it, and nothing that reaches beyond it.

    matplotlib writes a style for `*`, which on a page would hold for everything, ids that other drawings have too, and
    each text a second time as a comment.
    """
    drawn = drawn[drawn.index("<svg") :]
    drawn = re.sub(
        r"<!--.*?-->|<metadata>.*?</metadata>|<defs>\s*<style.*?</style>\s*</defs>", "", drawn, flags=re.DOTALL
    )
    drawn = re.sub(r'<g id="([\w-]*?)(?:_\d+)?">', r'<g class="npk-\1">', drawn)
    drawn = _NUMBER.sub(lambda match: match[0] if match[0][0] == "s" else f"{float(match[0]):.2f}", drawn)
    drawn = re.sub(r"\s+", " ", drawn).replace("> <", "><")
    title, _, rest = seen(words).partition("\n")
    head = (
        ' role="img" style="max-width:100%;height:auto;stroke-linejoin:round;stroke-linecap:butt">'
        f"<title>{escape(title)}</title><desc>{escape(rest.strip() or title)}</desc>"
    )
    return drawn.replace(">", head, 1)
