"""matplotlib: one picture a module; frames in, Axes out."""

from nodeportkit.figures.chain import describe_chain, plot_chain
from nodeportkit.figures.exposure import plot_node_ports
from nodeportkit.figures.flow import plot_flow
from nodeportkit.figures.nodes import plot_nodes
from nodeportkit.figures.reach import plot_reach
from nodeportkit.figures.rules import plot_rules
from nodeportkit.figures.shares import plot_shares

__all__ = [
    "describe_chain",
    "plot_chain",
    "plot_flow",
    "plot_node_ports",
    "plot_nodes",
    "plot_reach",
    "plot_rules",
    "plot_shares",
]
