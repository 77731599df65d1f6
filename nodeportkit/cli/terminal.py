"""What a terminal shows: cells as words, tables as kubectl prints them, paragraphs; nothing in them can move the cursor."""

from __future__ import annotations

import shutil
import textwrap
from typing import Any, Final

import click
import pandas as pd

from nodeportkit.cells import format_age
from nodeportkit.kube.printing.table import lay_out
from nodeportkit.untrusted import seen

__all__ = ["bad", "cell", "command", "good", "paragraph", "strong", "table", "wary", "weak"]

_UNKNOWN: Final = "<unknown>"


def strong(text: str) -> str:
    """What is read first."""
    return click.style(text, bold=True)


def good(text: str) -> str:
    """What is as it should be."""
    return click.style(text, fg="green", bold=True)


def bad(text: str) -> str:
    """What is wrong."""
    return click.style(text, fg="red", bold=True)


def wary(text: str) -> str:
    """What may be wrong."""
    return click.style(text, fg="yellow")


def weak(text: str) -> str:
    """What is read last."""
    return click.style(text, dim=True)


def command(text: str, indent: str = "  ") -> str:
    """A command to copy, on a line of its own."""
    return "\n".join(f"{indent}{click.style(line, fg='cyan')}" for line in seen(text).splitlines())


def paragraph(text: str, indent: str = "") -> str:
    """Text wrapped to the terminal's width."""
    width = min(shutil.get_terminal_size((100, 24)).columns, 100)
    return textwrap.fill(
        seen(text),
        width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def cell(value: Any) -> str:
    """A cell of a frame in words: lists with commas, labels as `key=value`, missing as `<unknown>`.

    Examples
    --------
    >>> cell(["10.0.0.1", "10.0.0.2"]), cell({"app": "web"}), cell(pd.NA), cell([]), cell(1 / 3)
    ('10.0.0.1,10.0.0.2', 'app=web', '<unknown>', '<none>', '0.333')
    """
    if isinstance(value, dict):
        return _line(",".join(f"{key}={told}" for key, told in value.items())) or "<none>"
    if isinstance(value, list | tuple):
        return _line(",".join(cell(told) for told in value)) or "<none>"
    if pd.isna(value):
        return _UNKNOWN
    if isinstance(value, pd.Timedelta):
        return format_age(value.total_seconds())
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, float):
        return f"{value:.3g}"
    return _line(str(value))


def _line(text: str) -> str:
    return seen(" ".join(text.split()))


def table(frame: pd.DataFrame) -> str:
    """The rows as kubectl prints a table: headings in capitals, columns apart by three blanks.

    Examples
    --------
    >>> print(click.unstyle(table(pd.DataFrame({"service": ["web", "api"], "node_port": [30080, 30081]}))))
    SERVICE   NODE PORT
    web       30080
    api       30081
    """
    heads = [str(name).replace("_", " ").upper() for name in frame.columns]
    rows = [[cell(value) for value in row] for row in frame.astype(object).itertuples(index=False, name=None)]
    head, *body = lay_out([heads, *rows]).splitlines()
    return "\n".join([strong(head.rstrip()), *(line.rstrip() for line in body)])
