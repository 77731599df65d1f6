"""The picture of a flow: from entry nodes to pods, in ribbons as wide as what they carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from nodeportkit.figures.canvas import LOCK, Canvas
from nodeportkit.figures.flow.build import build
from nodeportkit.figures.flow.sheet import Sheet
from nodeportkit.figures.flow.words import words
from nodeportkit.figures.picture import sheet
from nodeportkit.figures.theme import palette

if TYPE_CHECKING:
    import pandas as pd

    from nodeportkit.cluster import Cluster
    from nodeportkit.traffic.entry import Entry

__all__ = ["plot_flow"]


def plot_flow(
    cluster: Cluster,
    service: str,
    port: int | str | None = None,
    *,
    counts: pd.DataFrame | None = None,
    entry: Entry = None,
    ax: Axes | None = None,
    dark: bool = False,
) -> Axes:
    """Draw where the connections of a service go: from the nodes they enter at to the pods, and how many take an extra hop.

    Ribbons are as wide as what they carry, and together as wide as the bars they join. What stays on its node is dark green,
    what crosses to another node pale grey, and what is lost a hatched stub. Many nodes and pods are folded and counted.

    Parameters
    ----------
    cluster
        The cluster.
    service
        `"name"` or `"namespace/name"`.
    port
        This port of the service: its name, its number, or its node port. Without it, the first.
    counts
        Connections that were counted: what `simulate` gives, or a frame with the columns node, pod, address, pod_node and
        connections (and lost, if any were), a row for each entry node and endpoint. Without it, shares are predicted.
    entry
        Where connections enter, as for `shares`: None for every node alike, a node's name, or a mapping to weights.
    ax
        Where to draw; the picture is made as large as fits into the box that it has now. Without it, on a sheet of its own
        size, which shows itself as the last line of a notebook's cell.
    dark
        Light words on dark paper.

    Returns
    -------
    Axes
        What was drawn on. Save it with `.figure.savefig("flow.svg")`.

    Raises
    ------
    NotFound
        If there is no such service, port or node.
    NodePortKitError
        If the shares are not known (see `shares`), or `counts` lacks a column or counts nothing.

    Examples
    --------
    >>> from nodeportkit.cluster import Cluster
    >>> cluster = Cluster(
    ...     nodes={"name": ["node-1", "node-2", "node-3"]},
    ...     services={
    ...         "namespace": ["shop"],
    ...         "name": ["web"],
    ...         "cluster_ips": [["10.96.7.20"]],
    ...         "external_traffic_policy": ["Cluster"],
    ...     },
    ...     ports={"namespace": ["shop"], "service": ["web"], "port": [80], "node_port": [30080]},
    ...     endpoints={
    ...         "namespace": ["shop"],
    ...         "service": ["web"],
    ...         "address": ["10.1.0.4"],
    ...         "port": [8080],
    ...         "pod": ["web-0"],
    ...         "node": ["node-1"],
    ...         "ready": [True],
    ...     },
    ... )
    >>> axes = plot_flow(cluster, "web")
    >>> axes.texts[0].get_text()
    'Two of three connections take an extra hop'
    """
    scene = build(cluster, service, port, counts, entry)
    with LOCK:
        drawing = Sheet(scene)
        if ax is None:
            ax = sheet(*drawing.size, palette(dark=dark))
            ax.words = words(scene)
        drawing.draw(Canvas(ax, drawing.size, palette(dark=dark)))
    return ax
