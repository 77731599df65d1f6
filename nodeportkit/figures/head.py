"""The head of a picture: the answer, and beneath it what it is the answer to."""

from __future__ import annotations

from typing import Final

from nodeportkit.figures.canvas import Canvas
from nodeportkit.figures.text import Font, wrap
from nodeportkit.figures.theme import MARGIN

__all__ = ["HEADING", "Head"]

HEADING: Final = Font(9.5, bold=True)  # over a column
_TITLE: Final = Font(17, bold=True)
_SUBTITLE: Final = Font(11)


class Head:
    """A title and what stands beneath it, in a picture of this width."""

    def __init__(self, title: str, subtitle: str, across: float) -> None:
        self._title = wrap(title, _TITLE, across - 2 * MARGIN, most=3)
        self._subtitle = wrap(subtitle, _SUBTITLE, across - 2 * MARGIN, most=3)
        self._under = MARGIN + 15 + 23 * (len(self._title) - 1) + 25
        # Where the picture itself begins.
        self.bottom = self._under + 17 * (len(self._subtitle) - 1) + 12

    def draw(self, canvas: Canvas) -> None:
        """Draw it at the top."""
        for i, line in enumerate(self._title):
            canvas.text(MARGIN, MARGIN + 15 + 23 * i, line, _TITLE, canvas.colours.ink, name="title")
        for i, line in enumerate(self._subtitle):
            canvas.text(MARGIN, self._under + 17 * i, line, _SUBTITLE, canvas.colours.muted, name="subtitle")
