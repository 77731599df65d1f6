"""How a playground is to be: what its process is told when it is started."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Settings"]


@dataclass(frozen=True)
class Settings:
    """How a playground is to be.

    Attributes
    ----------
    folder
        Where it is remembered.
    kubeconfig
        The file that is to lead to it.
    nodes, speed
        How many nodes it has, and how many times as fast as ours its clock runs.
    port
        Where its API is to be; 0 takes a free port.
    guarded
        Whether it ends when its standard input does: with whoever holds the other end.
    """

    folder: Path
    kubeconfig: Path
    nodes: int = 3
    speed: float = 1.0
    port: int = 0
    guarded: bool = False
