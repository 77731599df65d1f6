"""`nodeportkit playground down`: a playground, ended."""

from __future__ import annotations

from pathlib import Path

import click

from nodeportkit.cli.which_playground import which

__all__ = ["command"]


@click.command("down")
@which
def command(kubeconfig: Path | None) -> None:
    """End the playground, and remove its kubeconfig.

    \b
    Example:
      nodeportkit playground down

    Exit code: 0; 1 if none ran.
    """
    from nodeportkit.playground.process.launch import stop
    from nodeportkit.playground.process.state import folder_for

    ran = stop(folder_for(kubeconfig))
    click.echo("The playground is gone." if ran else "No playground runs.")
    click.get_current_context().exit(0 if ran else 1)
