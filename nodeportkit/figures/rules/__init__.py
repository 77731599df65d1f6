"""The picture of rules: a packet's way through them, and the chances of each endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from matplotlib.axes import Axes

from nodeportkit.figures.canvas import LOCK, Canvas
from nodeportkit.figures.picture import sheet
from nodeportkit.figures.rules.way import Choice, Way
from nodeportkit.figures.theme import palette

if TYPE_CHECKING:
    from nodeportkit.traffic.tracing import Trace

__all__ = ["plot_rules", "way"]

_ENDINGS: Final = {
    "DROP": "The packet is dropped: its client waits in vain",
    "REJECT": "The packet is refused at once",
    "UNHANDLED": "kube-proxy has no rule for this packet",
}


def plot_rules(trace: Trace, *, ax: Axes | None = None, dark: bool = False) -> Axes:
    """Draw a packet's way through kube-proxy's rules: each decision with its reason and rule, and the chance of each endpoint.

    In iptables mode the rules of the endpoints are tried in turn, so their probabilities differ (0.33, 0.50, 1) while the
    shares that they make are the same (1/3 each); the picture shows both. nftables mode draws once among all,
    and in ipvs mode they take turns.

    Parameters
    ----------
    trace
        What `trace` gives.
    ax
        Where to draw; the picture is made as large as fits into the box that it has now. Without it, on a sheet of its own
        size, which shows itself as the last line of a notebook's cell.
    dark
        Light words on dark paper.

    Returns
    -------
    Axes
        What was drawn on. Save it with `.figure.savefig("rules.svg")`.

    Examples
    --------
    >>> from nodeportkit.cluster import Cluster
    >>> from nodeportkit.traffic.tracing import trace
    >>> cluster = Cluster(
    ...     nodes={"name": ["node-1"], "internal_ips": [["192.168.1.2"]]},
    ...     services={"namespace": ["shop"], "name": ["web"], "type": ["NodePort"], "cluster_ips": [["10.96.7.20"]]},
    ...     ports={"namespace": ["shop"], "service": ["web"], "protocol": ["TCP"], "port": [80], "node_port": [30080]},
    ... )
    >>> refused = trace(cluster, source="203.0.113.9", destination="192.168.1.2", port=30080, node="node-1")
    >>> plot_rules(refused).texts[0].get_text()
    'The packet is refused at once'
    """
    with LOCK:
        drawing, told = way(trace)
        if ax is None:
            ax = sheet(*drawing.size, palette(dark=dark))
            ax.words = told
        drawing.draw(Canvas(ax, drawing.size, palette(dark=dark)))
    return ax


def way(trace: Trace) -> tuple[Way, str]:
    """The sheet of a packet's way, and what it shows in words."""
    count = len(trace.endpoints)
    title = _ENDINGS.get(trace.verdict) or (
        f"Each of {count:,} endpoints gets 1/{count:,} of the connections"
        if count > 1
        else "One endpoint gets them all"
    )
    seen = ". The pod sees the node's address, not the client's" if trace.masquerade else ""
    subtitle = f"The first packet of a connection to {trace.service or 'no service port'}{seen}"
    rules = [step.rule for step in trace.steps]
    choice: Choice = "tries"
    if any("numgen" in rule for rule in rules):
        choice = "draws"
    elif any(" -s rr" in rule for rule in rules):
        choice = "turns"
    drawing = Way(trace, title, subtitle, choice)
    chances = [f"{one}: {when}, {share}" for one, (when, share) in zip(drawing.addresses, drawing.rows, strict=True)]
    return drawing, "\n".join([title, subtitle, str(trace), *chances[:20]])
