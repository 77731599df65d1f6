"""The picture of shares: what each pod should get, what it got, and what chance allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from nodeportkit.figures.canvas import LOCK, Canvas
from nodeportkit.figures.fractions import percent
from nodeportkit.figures.picture import sheet
from nodeportkit.figures.shares.build import Row, Scene, build
from nodeportkit.figures.shares.rows import Sheet
from nodeportkit.figures.theme import palette

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["plot_shares", "words"]


def plot_shares(
    expected: pd.DataFrame,
    observed: pd.DataFrame | None = None,
    *,
    ax: Axes | None = None,
    dark: bool = False,
) -> Axes:
    """Draw which part of the connections each pod should get, beside what it got and what chance allows.

    Pods stand by node; with more than sixteen, those of a node are counted together.

    Parameters
    ----------
    expected
        What `shares` gives: columns pod, address, pod_node and share. Of several service ports, the first is drawn.
    observed
        What was counted: what `simulate` gives, or a frame with the columns address and connections (and pod, pod_node and
        lost where known). A row without address counts connections that were lost.
    ax
        Where to draw; the picture is made as large as fits into the box that it has now. Without it, on a sheet of its own
        size, which shows itself as the last line of a notebook's cell.
    dark
        Light words on dark paper.

    Returns
    -------
    Axes
        What was drawn on. Save it with `.figure.savefig("shares.svg")`.

    Raises
    ------
    NodePortKitError
        If a column is missing, nothing is expected, or nothing was counted.

    Notes
    -----
    The verdict is that of `compare`: Pearson's chi-square test over all pods. What chance allows a row are exact binomial quantiles for connections that are drawn one by one. All rows together stay within
    it in at least 95 of 100 fair counts: for n rows each may miss it in 5/n of 100 (Bonferroni). With session affinity
    clients are drawn instead of connections: then count clients.

    Examples
    --------
    >>> import pandas as pd
    >>> expected = pd.DataFrame(
    ...     {"pod": ["web-0", "web-1"], "address": ["10.1.0.4:80", "10.1.1.4:80"], "share": [0.5, 0.5]}
    ... )
    >>> expected["pod_node"] = ["node-1", "node-2"]
    >>> axes = plot_shares(expected, expected[["address"]].assign(connections=[480, 520]))
    >>> axes.texts[0].get_text()
    'This spread is what chance gives'
    """
    scene = build(expected, observed)
    with LOCK:
        drawing = Sheet(scene)
        if ax is None:
            ax = sheet(*drawing.size, palette(dark=dark))
            ax.words = words(scene)
        drawing.draw(Canvas(ax, drawing.size, palette(dark=dark)))
    return ax


def words(scene: Scene) -> str:
    """The title, then a line for each thing shown."""
    told = [scene.title, scene.subtitle, *(_told(row, scene) for row in scene.rows)]
    return "\n".join([*told, scene.foot] if scene.foot else told)


def _told(row: Row, scene: Scene) -> str:
    """A row in words."""
    where = f" on {row.node}" if row.node else ""
    told = f"{row.name}{where}: {percent(row.share)} expected"
    if scene.total is None:
        return told
    allowed = f"chance allows {percent(row.low)} to {percent(row.high)}"
    return f"{told}, {row.count:,} received ({percent(row.observed or 0.0)}; {allowed})"
