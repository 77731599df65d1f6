"""`nodeportkit playground stop-node`: a node, switched off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nodeportkit.cli import terminal
from nodeportkit.cli.which_playground import deed

if TYPE_CHECKING:
    from nodeportkit.playground.playground import Playground

__all__ = ["command"]


@deed("stop-node", click.argument("node"))
def command(playground: Playground, node: str) -> str:
    """Switch NODE off. It answers nobody, is NotReady 40 seconds later, and its pods leave after another 300.

    \b
    Example:
      nodeportkit playground stop-node node-2

    Exit code: 0; 2 if no playground runs, or it has no such node.
    """
    playground.stop_node(node)
    return f"{terminal.cell(node)} is switched off."
