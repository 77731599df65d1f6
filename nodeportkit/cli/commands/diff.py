"""`nodeportkit diff`: what two snapshots expose differently."""

from __future__ import annotations

import click
import pandas as pd

from nodeportkit.auditing import compare_exposure
from nodeportkit.cli import terminal
from nodeportkit.cli.answer import Answer, answers
from nodeportkit.cli.intake import read_sources

__all__ = ["command"]

_COLOURS = {"exposed": terminal.bad, "closed": terminal.good, "moved": terminal.wary}


@click.command("diff")
@click.argument("before")
@click.argument("after")
@answers("text", "json", "csv", "html")
def command(before: str, after: str) -> Answer:
    """Say what was exposed, closed or moved between two snapshots, BEFORE and AFTER (files or folders, - for standard input).

    \b
    Example:
      nodeportkit diff before.json after.json

    Exit code: 0 if nothing changed, 1 if something did.
    """
    changes = compare_exposure(read_sources([before]), read_sources([after]))
    title = f"{len(changes):,} change{'s' * (len(changes) != 1)} in what is exposed"
    return Answer(lambda: _text(changes, title), changes, title, code=int(len(changes) > 0))


def _text(changes: pd.DataFrame, title: str) -> str:
    lines = [terminal.strong(title)]
    for row in changes.to_dict("records"):
        lines.append(f"{_COLOURS[row['change']](row['change'])}: {terminal.cell(row['message'])}")
    return "\n".join(lines)
