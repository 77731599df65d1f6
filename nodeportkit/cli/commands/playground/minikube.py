"""`nodeportkit playground minikube`: what minikube would print."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from nodeportkit.cli.pipes import printed
from nodeportkit.cli.which_playground import attached, which

__all__ = ["command"]


@click.command("minikube", context_settings={"ignore_unknown_options": True})
@which
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED)
def command(kubeconfig: Path | None, words: tuple[str, ...]) -> None:
    """Answer as minikube would: ip, node list, service list, service NAME --url.

    \b
    Example:
      nodeportkit playground minikube service list

    Exit code: 0; 2 if no playground runs, or minikube's question is another.
    """
    printed(attached(kubeconfig).minikube(shlex.join(words)).rstrip("\n"))
