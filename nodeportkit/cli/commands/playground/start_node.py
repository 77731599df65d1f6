"""`nodeportkit playground start-node`: a node, switched on."""

from __future__ import annotations

from pathlib import Path

import click

from nodeportkit.cli import terminal
from nodeportkit.cli.which_playground import attached, which

__all__ = ["command"]


@click.command("start-node")
@which
@click.argument("node")
def command(kubeconfig: Path | None, node: str) -> None:
    """Switch NODE on. It answers again, and is Ready soon.

    \b
    Example:
      nodeportkit playground start-node node-2

    Exit code: 0; 2 if no playground runs, or it has no such node.
    """
    attached(kubeconfig).start_node(node)
    click.echo(f"{terminal.cell(node)} is switched on.")
