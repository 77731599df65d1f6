"""`nodeportkit playground status`: how a playground is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nodeportkit.cli.which_playground import which
from nodeportkit.errors import NodePortKitError

if TYPE_CHECKING:
    from nodeportkit.playground.process.state import State

__all__ = ["command"]


@click.command("status")
@which
def command(kubeconfig: Path | None) -> None:
    """Say whether the playground runs, and where its nodes can be dialled.

    \b
    Example:
      nodeportkit playground status

    Exit code: 0 if it runs, 1 if not.
    """
    from nodeportkit.playground.process.asking import ask
    from nodeportkit.playground.process.state import folder_for, running

    state = running(folder_for(kubeconfig))
    if state is None:
        click.echo("No playground runs. To begin: nodeportkit playground up")
        click.get_current_context().exit(1)
    try:
        click.echo(described(state, ask(state, "GET", "status")))
    except NodePortKitError as error:
        click.echo(str(error))
        click.get_current_context().exit(1)


def described(state: State, told: dict[str, Any]) -> str:
    """What a playground says of itself, as text."""
    from nodeportkit.cli import terminal  # brings pandas along, for which `up` is not to wait
    from nodeportkit.playground.process.asking import remarks

    ready = sum(node["ready"] for node in told["nodes"])
    lines = [
        terminal.strong(f"The playground runs: {ready} of {len(told['nodes'])} nodes ready, {told['pods']} pods."),
        f"API         {state.url}",
        f"kubeconfig  {terminal.cell(state.kubeconfig)}",
        f"process     {state.pid}",
    ]
    lines += [
        f"node        {terminal.cell(node['name'])}  {terminal.cell(node['address'])}"
        + "  NotReady" * (not node["ready"])
        for node in told["nodes"]
    ]
    return "\n".join([*lines, *(terminal.wary(terminal.paragraph(line)) for line in remarks(told))])
