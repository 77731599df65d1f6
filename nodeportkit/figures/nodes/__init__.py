"""The picture of nodes: boxes that hold their pods."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from nodeportkit.figures.canvas import LOCK, Canvas
from nodeportkit.figures.nodes.build import build
from nodeportkit.figures.nodes.folding import fold
from nodeportkit.figures.nodes.sheet import Sheet
from nodeportkit.figures.nodes.words import words
from nodeportkit.figures.picture import sheet
from nodeportkit.figures.theme import palette

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster

__all__ = ["plot_nodes"]


def plot_nodes(cluster: Cluster, service: str | None = None, *, ax: Axes | None = None, dark: bool = False) -> Axes:
    """Draw the nodes as boxes that hold their pods: on which nodes a service has ready pods, and where its node port leads.

    Up to twelve nodes name each pod; up to about a hundred show a sign for each; of more, those that hold alike are counted
    together. A node port is filled where connections to it reach a pod, and hollow where they do not.

    Parameters
    ----------
    cluster
        The cluster.
    service
        `"name"` or `"namespace/name"`: only its pods, others are counted. Without it, all pods that have not finished.
    ax
        Where to draw; the picture is made as large as fits into the box that it has now. Without it, on a sheet of its own
        size, which shows itself as the last line of a notebook's cell.
    dark
        Light words on dark paper.

    Returns
    -------
    Axes
        What was drawn on. Save it with `.figure.savefig("nodes.svg")`.

    Raises
    ------
    NotFound
        If there is no such service.

    Notes
    -----
    A service's pods are its endpoints and what its selector selects besides. Where connections lead is what kube-proxy
    decides by the traffic policy (kubernetes/kubernetes pkg/proxy/topology.go); a policy that was not shown is taken as
    Cluster, the default.

    Examples
    --------
    >>> from nodeportkit.cluster import Cluster
    >>> cluster = Cluster(
    ...     nodes={"name": ["node-1", "node-2", "node-3"]},
    ...     services={"namespace": ["shop"], "name": ["web"], "type": ["NodePort"], "selector": [{"app": "web"}]},
    ...     ports={"namespace": ["shop"], "service": ["web"], "port": [80], "node_port": [30080]},
    ...     pods={
    ...         "namespace": ["shop"] * 2,
    ...         "name": ["web-0", "web-1"],
    ...         "node": ["node-1", "node-2"],
    ...         "ips": [["10.1.0.4"], ["10.1.1.4"]],
    ...         "ready": [True] * 2,
    ...         "phase": ["Running"] * 2,
    ...         "terminating": [False] * 2,
    ...         "labels": [{"app": "web"}] * 2,
    ...     },
    ... )
    >>> axes = plot_nodes(cluster, "web")
    >>> axes.texts[0].get_text()
    '2 of 3 nodes hold a ready pod of web'
    """
    scene = build(cluster, service)
    folded = replace(scene, boxes=tuple(fold(scene.boxes)))
    with LOCK:
        drawing = Sheet(folded)
        if ax is None:
            ax = sheet(*drawing.size, palette(dark=dark))
            ax.words = words(folded)
        drawing.draw(Canvas(ax, drawing.size, palette(dark=dark)))
    return ax
