"""Which playground a command is for, and what most commands do with it."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from nodeportkit.playground.playground import Playground

__all__ = ["attached", "deed", "own", "which"]

_HELP: Final = "The kubeconfig that leads to it; several playgrounds have one each."


def _of_the_shell(_ctx: click.Context, _option: click.Parameter, given: Path | None) -> Path | None:
    """Without a word, the playground whose kubeconfig the shell exports, as `up` told it to."""
    from nodeportkit.playground.process.state import folder_for, load

    exported = os.environ.get("KUBECONFIG", "")
    if given is None and exported and load(folder_for(Path(exported))) is not None:
        return Path(exported)
    return given


own: Final = click.option("--kubeconfig", type=click.Path(path_type=Path), help=_HELP)
which: Final = click.option(
    "--kubeconfig",
    type=click.Path(path_type=Path),
    callback=_of_the_shell,
    help=f"{_HELP}  [default: that of $KUBECONFIG, if it is one]",
)


def attached(kubeconfig: Path | None) -> Playground:
    """The playground that runs already.

    Raises
    ------
    NodePortKitError
        If it does not run.
    """
    from nodeportkit.playground.playground import Playground  # brings pandas along, for which `up` is not to wait

    return Playground.attach(kubeconfig)


def deed(name: str, *parameters: Callable[[Any], Any]) -> Callable[[Callable[..., str]], click.Command]:
    """Make a function that does something to a playground, and tells it, a command; the parameters are click's."""

    def decorate(function: Callable[..., str]) -> click.Command:
        @functools.wraps(function)
        def run(kubeconfig: Path | None, **given: Any) -> None:
            click.echo(function(attached(kubeconfig), **given))

        made: Any = run
        for parameter in reversed(parameters):
            made = parameter(made)
        command: click.Command = click.command(name)(which(made))
        return command

    return decorate
