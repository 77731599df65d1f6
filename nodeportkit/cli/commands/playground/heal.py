"""`nodeportkit playground heal`: faults, taken back."""

from __future__ import annotations

from pathlib import Path

import click

from nodeportkit.cli.which_playground import attached, which

__all__ = ["command"]


@click.command("heal")
@which
def command(kubeconfig: Path | None) -> None:
    """Take back the faults that were planted.

    \b
    Example:
      nodeportkit playground heal

    Exit code: 0; 2 if no playground runs.
    """
    attached(kubeconfig).heal()
    click.echo("Everything is as it was before the first fault.")
