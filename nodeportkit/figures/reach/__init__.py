"""The picture of reach: which node answers which kind of client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from nodeportkit.figures.canvas import LOCK, Canvas
from nodeportkit.figures.picture import sheet
from nodeportkit.figures.reach.build import CLIENTS, WORDS, Scene, build
from nodeportkit.figures.reach.grid import Grid
from nodeportkit.figures.theme import palette

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster

__all__ = ["plot_reach", "words"]


def plot_reach(
    cluster: Cluster,
    service: str,
    port: int | str | None = None,
    *,
    ax: Axes | None = None,
    dark: bool = False,
) -> Axes:
    """Draw what clients get who dial a service's node port: at each node, from outside, from a pod, from the node itself.

    Each answer is that of `trace`: *answers* (with how many pods may take it), *refused*, *timeout*, or *not handled* by
    kube-proxy. Of more than fourteen nodes, those that answer alike are counted together.

    Parameters
    ----------
    cluster
        The cluster; `cluster.proxy.cluster_cidrs` tells which addresses kube-proxy takes for pods.
    service
        `"name"` or `"namespace/name"`.
    port
        This port of the service: its name, its number, or its node port. Without it, the first that has a node port.
    ax
        Where to draw; the picture is made as large as fits into the box that it has now. Without it, on a sheet of its own
        size, which shows itself as the last line of a notebook's cell.
    dark
        Light words on dark paper.

    Returns
    -------
    Axes
        What was drawn on. Save it with `.figure.savefig("reach.svg")`.

    Raises
    ------
    NotFound
        If there is no such service or port.
    NodePortKitError
        If the service has no node port, or no nodes were shown.

    Examples
    --------
    >>> from nodeportkit.cluster import Cluster
    >>> cluster = Cluster(
    ...     nodes={"name": ["node-1"], "internal_ips": [["192.168.1.2"]]},
    ...     services={
    ...         "namespace": ["shop"],
    ...         "name": ["web"],
    ...         "type": ["NodePort"],
    ...         "cluster_ips": [["10.96.7.20"]],
    ...         "selector": [{"app": "web"}],
    ...     },
    ...     ports={"namespace": ["shop"], "service": ["web"], "protocol": ["TCP"], "port": [80], "node_port": [30080]},
    ...     pods={"namespace": ["shop"], "name": ["db-0"], "labels": [{"app": "db"}]},
    ... )
    >>> axes = plot_reach(cluster, "web")
    >>> axes.texts[0].get_text()
    'No node answers on 30080: every connection is refused'
    """
    scene = build(cluster, service, port)
    with LOCK:
        drawing = Grid(scene)
        if ax is None:
            ax = sheet(*drawing.size, palette(dark=dark))
            ax.words = words(scene)
        drawing.draw(Canvas(ax, drawing.size, palette(dark=dark)))
    return ax


def words(scene: Scene) -> str:
    """The title, then a line for each row."""
    lines = [
        f"{row.name} ({row.detail}): "
        + ", ".join(f"{who}: {WORDS[a.verdict]}" for who, a in zip(CLIENTS, row.answers, strict=True))
        for row in scene.rows
    ]
    return "\n".join([scene.title, scene.subtitle, *lines])
