"""ipywidgets: one explorer a module, each over the public functions."""

from nodeportkit.widgets.chain_explorer import ChainExplorer

__all__ = ["ChainExplorer"]
