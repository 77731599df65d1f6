"""`nodeportkit playground plant`: a fault to find."""

from __future__ import annotations

from pathlib import Path

import click

from nodeportkit.cli import terminal
from nodeportkit.cli.which_playground import attached, which

__all__ = ["command"]


@click.command("plant")
@which
@click.argument("fault", required=False)
@click.option("--service", help="The service to break.  [default: one named web, made if need be]")
@click.option("--list", "listed", is_flag=True, help="Name the faults that can be planted, and plant none.")
def command(kubeconfig: Path | None, fault: str | None, service: str | None, listed: bool) -> None:
    """Break a service that works; without FAULT by a surprise, for you to find.

    FAULT is the name of a cause, as `nodeportkit diagnose` has it.

    \b
    Example:
      nodeportkit playground plant
      nodeportkit playground plant target-port-mismatch

    Exit code: 0; 2 if no playground runs, or there is no such fault or service.
    """
    playground = attached(kubeconfig)
    if listed:
        click.echo("\n".join(playground.faults))
        return
    planted = playground.plant(fault or None, service)
    what = f"The fault {planted.cause}" if fault else "A fault"
    click.echo(f"{what} is planted in {terminal.cell(planted.service)}. Dial it, and find out:")
    click.echo(terminal.command(f"curl -m 3 {planted.url}"))
    click.echo("To take it back: nodeportkit playground heal")
