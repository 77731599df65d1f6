"""matplotlib: one picture a module; frames in, Axes out."""

from nodeportkit.figures.chain import describe_chain, plot_chain
from nodeportkit.figures.flow import plot_flow

__all__ = ["describe_chain", "plot_chain", "plot_flow"]
