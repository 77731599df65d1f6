"""matplotlib: one picture a module; frames in, Axes out."""

from nodeportkit.figures.chain import describe_chain, plot_chain

__all__ = ["describe_chain", "plot_chain"]
