"""`nodeportkit playground start-node`: a node, switched on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nodeportkit.cli import terminal
from nodeportkit.cli.which_playground import deed

if TYPE_CHECKING:
    from nodeportkit.playground.playground import Playground

__all__ = ["command"]


@deed("start-node", click.argument("node"))
def command(playground: Playground, node: str) -> str:
    """Switch NODE on. It answers again, and is Ready soon.

    \b
    Example:
      nodeportkit playground start-node node-2

    Exit code: 0; 2 if no playground runs, or it has no such node.
    """
    playground.start_node(node)
    return f"{terminal.cell(node)} is switched on."
