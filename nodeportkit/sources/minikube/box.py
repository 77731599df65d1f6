"""Tables in boxes: `|----|` until minikube 1.35, box-drawing lines since."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from nodeportkit.sources.reader import Table

__all__ = ["Box", "box_table", "read_box"]

_BARS: Final = "|\u2502\u2503\u2551"
_BORDER: Final = frozenset("|+-=: \u2500\u2501\u2550") | frozenset(map(chr, range(0x250C, 0x2570)))
_LAST_BORDER: Final = "\u2514\u2517\u255a\u2570"
_STARTS: Final = frozenset(_BARS) | frozenset("+\u250c\u250f\u2554\u256d")


@dataclass(frozen=True, slots=True)
class Box:
    """A table in a box.

    Attributes
    ----------
    columns
        The names of the columns as printed.
    rows
        The cells of each line; a line that lacks cells at its end has blank ones.
    head
        The position of the header.
    end
        The position behind the table.
    closed
        Whether its last border is there.
    """

    columns: tuple[str, ...]
    rows: list[list[str]]
    head: int
    end: int
    closed: bool


def read_box(lines: Sequence[str], at: int, wanted: Callable[[list[str]], bool]) -> Box | None:
    """The box whose first line is `lines[at]`, its top border or, if that was not copied, its header; else None.

    Parameters
    ----------
    lines, at
        The lines, and the position.
    wanted
        Whether columns of these names, in upper case, are those looked for: boxes of others are not read.

    Examples
    --------
    >>> lines = ["|------|-----|", "| NAME | URL |", "|------|-----|", "| web  |     |", "|------|-----|"]
    >>> box = read_box(lines, 0, lambda columns: "URL" in columns)
    >>> box.columns, box.rows, box.closed
    (('NAME', 'URL'), [['web', '']], True)
    """
    if lines[at][:1] not in _STARTS:
        return None
    head = at + 1 if _is_border(lines[at]) else at
    if head >= len(lines) or _is_border(lines[head]):
        return None
    columns = _cells(lines[head])
    if len(columns) < 2 or not wanted([name.upper() for name in columns]):
        return None
    rows: list[list[str]] = []
    end, borders = head + 1, 0
    while end < len(lines) and lines[end]:
        line = lines[end]
        if _is_border(line):
            borders += 1
            end += 1
            # A second line of dashes ends a table; box-drawing has corners to say so.
            if line[0] in _LAST_BORDER or (borders == 2 and line[0] in "|+"):
                return Box(tuple(columns), rows, head, end, closed=True)
            continue
        cells = _cells(line)
        if not 1 <= len(cells) <= len(columns):
            break
        rows.append(cells + [""] * (len(columns) - len(cells)))
        end += 1
    return Box(tuple(columns), rows, head, end, closed=False)


def box_table(box: Box, kind: str) -> Table:
    """The box as a table, a row a line."""
    cells = list(zip(*box.rows, strict=True)) if box.rows else [()] * len(box.columns)
    return Table(kind, box.columns, cells, box.head + 1)


def _is_border(line: str) -> bool:
    return len(line) > 2 and set(line) <= _BORDER and not set(line) <= {"|", " "}


def _cells(line: str) -> list[str]:
    """The cells between the bars; none if the line does not begin with a bar."""
    bar = line[:1]
    if bar not in _BARS or not bar:
        return []
    cells = [cell.strip() for cell in line.split(bar)[1:]]
    return cells[:-1] if not cells[-1] else cells
