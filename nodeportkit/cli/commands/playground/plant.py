"""`nodeportkit playground plant`: a fault to find."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nodeportkit.cli import terminal
from nodeportkit.cli.which_playground import deed

if TYPE_CHECKING:
    from nodeportkit.playground.playground import Playground

__all__ = ["command"]


@deed(
    "plant",
    click.argument("fault", required=False),
    click.option("--service", help="The service to break.  [default: one named web, made if need be]"),
    click.option("--list", "listed", is_flag=True, help="Name the faults that can be planted, and plant none."),
)
def command(playground: Playground, fault: str | None, service: str | None, listed: bool) -> str:
    """Break a service that works; without FAULT by a surprise, for you to find.

    FAULT is the name of a cause, as `nodeportkit diagnose` has it.

    \b
    Example:
      nodeportkit playground plant
      nodeportkit playground plant target-port-mismatch

    Exit code: 0; 2 if no playground runs, or there is no such fault or service.
    """
    if listed:
        return "\n".join(playground.faults)
    planted = playground.plant(fault or None, service)
    what = f"The fault {planted.cause}" if fault else "A fault"
    return "\n".join(
        [
            f"{what} is planted in {terminal.cell(planted.service)}. Dial it, and find out:",
            terminal.command(f"curl -m 3 {planted.url}"),
            "To take it back: nodeportkit playground heal",
        ]
    )
