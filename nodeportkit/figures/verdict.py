"""Whether chance explains what was counted, in a line at the foot of a picture."""

from __future__ import annotations

import math
from typing import Final

import pandas as pd

from nodeportkit.figures.canvas import Canvas
from nodeportkit.figures.text import Font, wrap
from nodeportkit.figures.theme import MARGIN
from nodeportkit.traffic.comparison import Comparison, compare

__all__ = ["LINE", "Foot", "foot_of", "judged"]

_FONT: Final = Font(9.5)
LINE: Final = 16.0


def judged(expected: pd.Series, observed: pd.Series, pods: pd.Series) -> Comparison | None:
    """What `compare` says of shares and counts by address; None where no pod should get any or none did.

    `pods` names the addresses, missing where they have no name.
    """
    shares = expected.astype(float)
    if not shares.sum() > 0 or not observed.sum() > 0:
        return None
    every = shares.index.union(observed.index, sort=False)
    frame = pd.DataFrame({"address": every, "share": shares.reindex(every, fill_value=0.0).to_numpy()})
    frame["pod"] = pods.reindex(every).to_numpy()
    counts = pd.DataFrame({"address": observed.index, "connections": observed.to_numpy()})
    return compare(frame, counts)


def foot_of(found: Comparison | None) -> str:
    """The verdict and the figures behind it."""
    if found is None:
        return ""
    if not found.df or not math.isfinite(found.chi_square):
        return found.verdict
    by = "" if found.method == "chi-square" else "; p from simulated runs of chance"
    degrees = f"{found.df:,} degree{'' if found.df == 1 else 's'} of freedom"
    return f"{found.verdict} Chi-square {found.chi_square:,.1f}, {degrees}{by}"


class Foot:
    """The line, over the whole width of a picture."""

    def __init__(self, words: str, across: float) -> None:
        self._lines = wrap(words, _FONT, across - 2 * MARGIN, most=3) if words else []

    @property
    def height(self) -> float:
        """How much room it takes."""
        return LINE * len(self._lines) + 8 if self._lines else 0.0

    def draw(self, canvas: Canvas, y: float) -> None:
        """Draw it below `y`."""
        for i, line in enumerate(self._lines):
            canvas.text(MARGIN, y + 8 + LINE * (i + 1), line, _FONT, canvas.colours.ink, name="verdict")
