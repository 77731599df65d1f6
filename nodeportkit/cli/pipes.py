"""Output whose reader is gone: `nodeportkit audit | head -1`."""

from __future__ import annotations

import contextlib
import os
import sys

import click

__all__ = ["nobody_reads", "opened", "printed"]


def opened() -> None:
    """Let what is printed go nowhere where the shell has closed the output: `nodeportkit audit >&-`."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))


def printed(text: str) -> None:
    """Print a text, as far as somebody reads it: who stopped reading has seen enough, and that is no error."""
    try:
        click.echo(text)
    except BrokenPipeError:
        nobody_reads()


def nobody_reads() -> None:
    """Let go what is still in the buffer of standard output: it has nowhere to go."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno())  # type: ignore[union-attr]
