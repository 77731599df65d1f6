"""`nodeportkit playground`: a small Kubernetes of one's own, begun, looked after and ended."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nodeportkit.errors import NodePortKitError

if TYPE_CHECKING:
    from nodeportkit.playground.process.state import State

__all__ = ["command"]

_which = click.option(
    "--kubeconfig",
    type=click.Path(path_type=Path),
    help="The kubeconfig that leads to it; several playgrounds have one each.",
)


@click.group("playground")
def command() -> None:
    """Run a small Kubernetes in one process, for real kubectl and curl, without root.

    \b
    Example:
      eval "$(nodeportkit playground up)"
      kubectl get nodes
      nodeportkit playground down

    Exit code: as each of its commands says.
    """


@command.command("up")
@_which
@click.option("--nodes", type=click.IntRange(1, 250), default=3, show_default=True, help="How many nodes.")
@click.option("--speed", type=click.FloatRange(0, min_open=True), default=1.0, show_default=True, help="Of its clock.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port of its API.  [default: a free one]")
@click.option("--foreground", is_flag=True, help="Run it here, until Ctrl-C.")
def up(kubeconfig: Path | None, nodes: int, speed: float, port: int, foreground: bool) -> None:
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


@command.command("down")
@_which
def down(kubeconfig: Path | None) -> None:
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


@command.command("status")
@_which
def status(kubeconfig: Path | None) -> None:
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
