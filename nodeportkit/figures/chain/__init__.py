"""The picture of a chain: node -> service -> pod, and where it is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from nodeportkit.figures.canvas import LOCK, Canvas
from nodeportkit.figures.chain.build import build
from nodeportkit.figures.chain.sheet import Sheet
from nodeportkit.figures.chain.words import words
from nodeportkit.figures.picture import sheet
from nodeportkit.figures.theme import palette

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster

__all__ = ["describe_chain", "plot_chain"]


def plot_chain(
    cluster: Cluster,
    service: str,
    port: int | str | None = None,
    *,
    ax: Axes | None = None,
    dark: bool = False,
) -> Axes:
    """Draw the chain of a service: nodes, service and pods with their ports, and where the chain is broken.

    The title is the answer. Many nodes and pods are folded and counted, but none that is not ready without a word.

    Parameters
    ----------
    cluster
        The cluster.
    service
        `"name"` or `"namespace/name"`.
    port
        Only this port of the service: its name, its number, or its node port.
    ax
        Where to draw; the picture is made as large as fits into the box that it has now. Without it, on a sheet of its own
        size, which shows itself as the last line of a notebook's cell.
    dark
        Light words on dark paper.

    Returns
    -------
    Axes
        What was drawn on. Save it with `.figure.savefig("chain.svg")`.

    Raises
    ------
    NotFound
        If there is no such service or port.

    Examples
    --------
    >>> from nodeportkit.cluster import Cluster
    >>> cluster = Cluster(
    ...     services={"namespace": ["shop"], "name": ["web"], "type": ["NodePort"], "selector": [{"app": "web"}]},
    ...     ports={
    ...         "namespace": ["shop"],
    ...         "service": ["web"],
    ...         "port": [80],
    ...         "target_port": ["80"],
    ...         "node_port": [30080],
    ...     },
    ...     pods={"namespace": ["shop"], "name": ["web-0"], "ready": [True], "labels": [{"app": "shop"}]},
    ... )
    >>> axes = plot_chain(cluster, "web")
    >>> axes.texts[0].get_text()
    'web answers nobody: its selector matches no pod'
    """
    scene = build(cluster, service, port)
    with LOCK:
        drawing = Sheet(scene)
        if ax is None:
            ax = sheet(*drawing.size, palette(dark=dark))
            ax.words = words(scene)
        drawing.draw(Canvas(ax, drawing.size, palette(dark=dark)))
    return ax


def describe_chain(cluster: Cluster, service: str, port: int | str | None = None) -> str:
    """Say in words what `plot_chain` shows: the answer in the first line, then what stands in the picture.

    Parameters
    ----------
    cluster, service, port
        As for `plot_chain`.

    Raises
    ------
    NotFound
        If there is no such service or port.

    Examples
    --------
    >>> from nodeportkit.cluster import Cluster
    >>> cluster = Cluster(
    ...     services={"namespace": ["shop"], "name": ["web"], "type": ["NodePort"], "selector": [{"app": "web"}]},
    ...     ports={
    ...         "namespace": ["shop"],
    ...         "service": ["web"],
    ...         "port": [80],
    ...         "target_port": ["80"],
    ...         "node_port": [30080],
    ...     },
    ...     pods={"namespace": ["shop"], "name": ["web-0"], "ready": [True], "labels": [{"app": "shop"}]},
    ... )
    >>> print(describe_chain(cluster, "web").splitlines()[0])
    web answers nobody: its selector matches no pod
    """
    return words(build(cluster, service, port))
