"""`nodeportkit completion`: what a shell needs to complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from nodeportkit.cli.answer import Answer, answers

__all__ = ["command"]


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@answers("text")
def command(shell: str) -> Answer:
    """Print the completion script for a shell, to be read when it starts.

    \b
    Example:
      source <(nodeportkit completion bash)

    Exit code: 0.
    """
    from nodeportkit.cli.app import app

    completion = get_completion_class(shell)
    if completion is None:
        raise click.UsageError(f"There is no completion for {shell}.")
    script = completion(app, {}, "nodeportkit", "_NODEPORTKIT_COMPLETE").source()
    return Answer(lambda: script)
