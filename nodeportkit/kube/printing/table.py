"""How kubectl lays a table out: Go's text/tabwriter as kubectl sets it up, and what it does to a cell.

Minimum width 6, padding 3, blanks (kubernetes/kubernetes, staging/src/k8s.io/cli-runtime/pkg/printers/tabwriter.go).
Widths count code points, so that wide characters look shifted, as they do in kubectl. The last cell of a line gets no
padding; where it is empty, the padding of the one before stays at the line's end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

__all__ = ["lay_out", "print_table", "shown"]

_MIN_WIDTH: Final = 6
_PADDING: Final = 3
_BREAK = re.compile("[\f\n\r]")
_TAB = re.compile("[\t\v]")


def print_table(rows: Iterable[Mapping[str, object]], *, headers: bool = True) -> str:
    """Print rows as kubectl does; the keys of the first row are the headings.

    Parameters
    ----------
    rows
        Column -> cell, as `printed` gives them; a column that a row lacks is blank there.
    headers
        False leaves the line of headings out, as `--no-headers` does.

    Returns
    -------
    str
        The lines, each with its line end; "" without rows, as kubectl then prints no headings either.

    Examples
    --------
    >>> print(print_table([{"NAME": "web", "TYPE": "NodePort", "PORT(S)": "80:30080/TCP"}]), end="")
    NAME   TYPE       PORT(S)
    web    NodePort   80:30080/TCP
    """
    listed = list(rows)
    if not listed:
        return ""
    names = list(listed[0])
    lines = [[shown(row.get(name, "")) for name in names] for row in listed]
    return lay_out([names, *lines] if headers else lines)


def shown(cell: object) -> str:
    r"""Print one cell: only its first line (`...` for the rest), and nothing that would move the terminal's cursor.

    Examples
    --------
    >>> shown("Back-off\nrestarting"), shown("\x1b[31mred")
    ('Back-off...', '^[[31mred')
    """
    text = str(cell)
    end = _BREAK.search(text)
    if end:
        text = f"{text[: end.start()]}..."
    return text.replace("\x1b", "^[")


def lay_out(lines: Sequence[Sequence[str]]) -> str:
    """Lay out lines of cells in columns, as Go's tabwriter does."""
    split = [_TAB.split("\t".join(line)) for line in lines]
    widths = [[0] * (len(cells) - 1) for cells in split]
    for column in range(max((len(cells) for cells in split), default=1) - 1):
        _set_widths(split, widths, column)
    return "".join(
        "".join(cell.ljust(width) for cell, width in zip(cells, (*line_widths, 0), strict=True)) + "\n"
        for cells, line_widths in zip(split, widths, strict=True)
    )


def _set_widths(lines: list[list[str]], widths: list[list[int]], column: int) -> None:
    """Make a column as wide as its widest cell, over each run of lines that go on beyond it; it never gets narrower."""
    start, width = 0, _MIN_WIDTH
    while start < len(lines):
        end = start
        while end < len(lines) and len(lines[end]) > column + 1:
            end += 1
        width = max([width, *(len(line[column]) + _PADDING for line in lines[start:end])])
        for line in range(start, end):
            widths[line][column] = width
        start = max(end, start + 1)
