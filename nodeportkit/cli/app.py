"""The front door of the terminal."""

from __future__ import annotations

import click

from nodeportkit.cli import commands
from nodeportkit.cli.commands_of import CommandsOf

__all__ = ["app"]

_COLOURS = {"auto": None, "always": True, "never": False}


@click.group(
    cls=CommandsOf,
    room=commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 nothing is wrong, 1 something is, 2 the input or the command cannot be used, 3 a fault of nodeportkit.",
)
@click.version_option(package_name="nodeportkit")
@click.option("--color", type=click.Choice(list(_COLOURS)), default="auto", show_default=True, help="Colours in texts.")
@click.option("-q", "--quiet", is_flag=True, help="Do not tell on the terminal how far long work is.")
@click.pass_context
def app(ctx: click.Context, color: str, quiet: bool) -> None:
    """Learn, see and audit Kubernetes NodePort services.

    Commands take files, folders and globs of whatever kubectl, minikube and curl print, and Kubernetes YAML or JSON; `-` is
    standard input. With --context they ask a cluster by way of kubectl.
    """
    ctx.ensure_object(dict)["quiet"] = quiet
    if _COLOURS[color] is not None:
        ctx.color = _COLOURS[color]
