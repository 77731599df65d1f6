"""`nodeportkit playground`: a small Kubernetes of one's own, begun, looked after, broken and ended."""

from __future__ import annotations

import sys

import click

from nodeportkit.cli.commands_of import CommandsOf

__all__ = ["command"]


@click.group("playground", cls=CommandsOf, room=sys.modules[__name__])
def command() -> None:
    """Run a small Kubernetes in one process, for real kubectl and curl, without root.

    \b
    Example:
      eval "$(nodeportkit playground up)"
      kubectl get nodes
      nodeportkit playground plant selector-mismatch
      nodeportkit playground heal
      nodeportkit playground down

    Exit code: as each of its commands says.
    """
