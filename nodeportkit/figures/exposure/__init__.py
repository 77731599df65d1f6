"""The picture of the range of node ports: which numbers are used, hidden, claimed twice, and which are free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from nodeportkit.figures.canvas import LOCK, Canvas
from nodeportkit.figures.exposure.build import build
from nodeportkit.figures.exposure.chart import Chart
from nodeportkit.figures.picture import sheet
from nodeportkit.figures.theme import palette

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster

__all__ = ["plot_node_ports"]


def plot_node_ports(
    cluster: Cluster, *, node_port_range: str | None = None, ax: Axes | None = None, dark: bool = False
) -> Axes:
    """Draw the range of node ports, a cell a number: used, hidden behind a load balancer, claimed twice, or free.

    Parameters
    ----------
    cluster
        The cluster.
    node_port_range
        The API server's range of node ports; without it, that of `cluster.proxy`. Of a range of more than 3,000 numbers a
        cell stands for several.
    ax
        Where to draw; the picture is made as large as fits into the box that it has now. Without it, on a sheet of its own
        size, which shows itself as the last line of a notebook's cell.
    dark
        Light words on dark paper.

    Returns
    -------
    Axes
        What was drawn on. Save it with `.figure.savefig("ports.svg")`.

    Raises
    ------
    ReadError
        If the range is none.

    Examples
    --------
    >>> from nodeportkit.cluster import Cluster
    >>> ports = {"namespace": ["shop"], "service": ["web"], "protocol": ["TCP"], "port": [80], "node_port": [30080]}
    >>> cluster = Cluster(services={"namespace": ["shop"], "name": ["web"], "type": ["NodePort"]}, ports=ports)
    >>> plot_node_ports(cluster).texts[0].get_text()
    'One of 2,768 node ports is in use'
    """
    scene = build(cluster, node_port_range)
    with LOCK:
        drawing = Chart(scene)
        if ax is None:
            ax = sheet(*drawing.size, palette(dark=dark))
            ax.words = "\n".join([scene.title, scene.subtitle, *scene.words])
        drawing.draw(Canvas(ax, drawing.size, palette(dark=dark)))
    return ax
