"""The playground as a widget: its nodes and pods live, controls to change them, and requests as they land."""

from nodeportkit.playground.panel.panel import PlaygroundPanel

__all__ = ["PlaygroundPanel"]
