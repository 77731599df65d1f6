"""`nodeportkit playground stop-node`: a node, switched off."""

from __future__ import annotations

from pathlib import Path

import click

from nodeportkit.cli import terminal
from nodeportkit.cli.which_playground import attached, which

__all__ = ["command"]


@click.command("stop-node")
@which
@click.argument("node")
def command(kubeconfig: Path | None, node: str) -> None:
    """Switch NODE off. It answers nobody, is NotReady 40 seconds later, and its pods leave after another 300.

    \b
    Example:
      nodeportkit playground stop-node node-2

    Exit code: 0; 2 if no playground runs, or it has no such node.
    """
    attached(kubeconfig).stop_node(node)
    click.echo(f"{terminal.cell(node)} is switched off.")
