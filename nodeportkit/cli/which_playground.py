"""Which playground a command is for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from nodeportkit.playground.playground import Playground

__all__ = ["attached", "which"]

which: Final = click.option(
    "--kubeconfig",
    type=click.Path(path_type=Path),
    help="The kubeconfig that leads to it; several playgrounds have one each.",
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
