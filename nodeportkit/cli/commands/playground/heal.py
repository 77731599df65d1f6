"""`nodeportkit playground heal`: faults, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodeportkit.cli.which_playground import deed

if TYPE_CHECKING:
    from nodeportkit.playground.playground import Playground

__all__ = ["command"]


@deed("heal")
def command(playground: Playground) -> str:
    """Take back the faults that were planted.

    \b
    Example:
      nodeportkit playground heal

    Exit code: 0; 2 if no playground runs.
    """
    playground.heal()
    return "Everything is as it was before the first fault."
