"""`nodeportkit playground reset`: a playground as at first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodeportkit.cli.which_playground import deed

if TYPE_CHECKING:
    from nodeportkit.playground.playground import Playground

__all__ = ["command"]


@deed("reset")
def command(playground: Playground) -> str:
    """Begin anew: delete everything that was added, and make the nodes as at first.

    \b
    Example:
      nodeportkit playground reset

    Exit code: 0; 2 if no playground runs.
    """
    playground.reset()
    return "The playground is as at first."
