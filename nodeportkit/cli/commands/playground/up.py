"""`nodeportkit playground up`: a playground, begun."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nodeportkit.cli.which_playground import own

if TYPE_CHECKING:
    from nodeportkit.playground.process.state import State

__all__ = ["command"]


@click.command("up")
@own
@click.option("--nodes", type=click.IntRange(1, 250), default=3, show_default=True, help="How many nodes.")
@click.option("--speed", type=click.FloatRange(0, min_open=True), default=1.0, show_default=True, help="Of its clock.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port of its API.  [default: a free one]")
@click.option("--foreground", is_flag=True, help="Run it here, until Ctrl-C.")
def command(kubeconfig: Path | None, nodes: int, speed: float, port: int, foreground: bool) -> None:
    """Start a playground, and print what tells kubectl of it.

    \b
    Example:
      eval "$(nodeportkit playground up --nodes 2)"

    Exit code: 0; 2 if it cannot begin.
    """
    # Made here in place of being imported: the process that is started imports the rest.
    from nodeportkit.playground.process import launch
    from nodeportkit.playground.process.settings import Settings
    from nodeportkit.playground.process.state import folder_for

    folder = folder_for(kubeconfig)
    file = kubeconfig.expanduser().absolute() if kubeconfig else folder / "kubeconfig"
    settings = Settings(folder, file, nodes, speed, port)
    if foreground:
        from nodeportkit.playground.process.host import run_here

        run_here(settings, lambda state: _tell(folder, state, new=True))
        return
    state, process = launch.start(settings)
    _tell(folder, state, new=process is not None)


def _tell(folder: Path, state: State, *, new: bool) -> None:
    from nodeportkit.playground.process.launch import environment

    for name, value in environment(folder, state.kubeconfig).items():
        click.echo(f"export {name}={shlex.quote(value)}")
    what = "The playground is ready" if new else "The playground runs already"
    nodes = f"{state.nodes} node{'s' * (state.nodes != 1)}"
    click.echo(f"# {what}: {nodes}. Paste the lines above, then: kubectl get nodes -o wide")
