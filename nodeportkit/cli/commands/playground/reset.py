"""`nodeportkit playground reset`: a playground as at first."""

from __future__ import annotations

from pathlib import Path

import click

from nodeportkit.cli.which_playground import attached, which

__all__ = ["command"]


@click.command("reset")
@which
def command(kubeconfig: Path | None) -> None:
    """Begin anew: delete everything that was added, and make the nodes as at first.

    \b
    Example:
      nodeportkit playground reset

    Exit code: 0; 2 if no playground runs.
    """
    attached(kubeconfig).reset()
    click.echo("The playground is as at first.")
