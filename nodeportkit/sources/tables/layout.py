"""Where the columns of a table stand, and the cells of its lines.

kubectl sets tables with Go's text/tabwriter: the columns are padded with blanks, counted in code points, and each begins
where its name begins. A cell is blank where an object lacks the value, so blank runs alone do not divide a line. During
`kubectl get -w` a cell longer than its column moves all that stands behind it to the right, on this line and those below.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, compress, count, repeat, zip_longest
from operator import contains, itemgetter, not_
from typing import Any, Final

import numpy as np

from nodeportkit.sources.tables.cells import Distinct, Lines, different

__all__ = ["Header", "header", "place", "place_all"]

_CELL: Final = re.compile(r"\S+(?: \S+)*")
_COLUMN: Final = re.compile(r"[^\W\d_a-z][^a-z\s<>|{}\[\]\"'=;:$@\\`~]*(?: [^a-z\s<>|{}\[\]\"'=;:$@\\`~]+)*")
_UNITS: Final = re.compile(r"\((?:cores|bytes)\)")
_GAP: Final = 2  # blanks between two columns, at the least; kubectl prints three
_PADDING: Final = 3
_MOST_COLUMNS: Final = 200
_MANY: Final = 256


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of a table.

    Attributes
    ----------
    columns
        The names.
    starts
        Where they begin, in code points.
    tabs
        Whether single tabs divide the cells, as in a table copied from a web page.
    """

    columns: tuple[str, ...]
    starts: tuple[int, ...]
    tabs: bool = False

    @property
    def named(self) -> int:
        """The position of the column that no row leaves blank, -1 if there is none known."""
        return self.columns.index("NAME") if "NAME" in self.columns else -1


def header(line: str, expected: Sequence[str] = ()) -> Header | None:
    """The header that a line is, if its words are column names, in upper case, two or more blanks apart.

    Parameters
    ----------
    line
        A line of text.
    expected
        The names that a command asked for (`-o custom-columns=...`): then these and no others, in whatever case.

    Examples
    --------
    >>> header("NAME    READY   NOMINATED NODE")
    Header(columns=('NAME', 'READY', 'NOMINATED NODE'), starts=(0, 8, 16), tabs=False)
    >>> header("No resources found in default namespace.")
    """
    tabs = "\t" in line
    if tabs and all(cell.strip() for cell in line.split("\t")) and "  " not in line:
        columns = tuple(cell.strip() for cell in line.split("\t"))
        starts = tuple(range(len(columns)))
    else:
        tabs = False
        found = list(_CELL.finditer(line.expandtabs()))
        columns, starts = tuple(cell[0] for cell in found), tuple(cell.start() for cell in found)
    if expected:
        return Header(columns, starts, tabs) if columns == tuple(expected) else None
    if not 2 <= len(columns) <= _MOST_COLUMNS or not all(map(_is_column, columns)):
        return None
    return Header(columns, starts, tabs)


def _is_column(name: str) -> bool:
    bare = _UNITS.sub("", name)
    return bool(_COLUMN.fullmatch(bare)) and bare == bare.upper()


def place_all(lines: Sequence[str], head: Header) -> tuple[list[list[str] | Distinct], int]:
    """The cells of the lines from the first on, by column, and the number of lines before one that does not fit.

    This is `place` for many lines at once, of which it takes those that stand exactly below the header.
    """
    if head.tabs:
        return [[] for _ in head.columns], 0
    starts = head.starts
    end = next(compress(count(), map(contains, lines, repeat("\t"))), len(lines))
    many = Lines(lines, starts[-1]) if len(lines) >= _MANY and all(map(str.isascii, lines)) else None
    columns: list[list[str] | Distinct] = []
    for start, stop in zip_longest(starts, starts[1:]):
        cells, fitting = _column(lines, many, start, stop)
        columns.append(cells)
        end = min(end, fitting)
    if starts[0]:
        end = min(end, next((at for at, line in enumerate(lines) if line[: starts[0]].strip()), end))
    end = min(end, _first_without(columns, head))
    return [cells if end == len(lines) else cells[:end] for cells in columns], end


def _column(lines: Sequence[str], many: Lines | None, start: int, stop: int | None) -> tuple[list[str] | Distinct, int]:
    """The cells between two places, and the first row whose cell does not begin at the one and end before the other."""
    # Most columns hold few different cells. Lines end with a cell, the others with blanks.
    found: list[str] | Distinct | None = many.distinct(start, stop) if many and stop else None
    if found is None:
        parts = map(itemgetter(slice(start, stop)), lines)
        found = list(map(str.rstrip, parts) if stop else parts)
    if many and many.all_between(start, stop, _GAP):
        return found, len(found)
    texts = different(found)
    room = sys.maxsize if stop is None else stop - start - _GAP
    if max(map(len, texts), default=0) <= room and " " not in map(itemgetter(slice(1)), texts):
        return found, len(found)
    return found, _first(found, lambda cell: len(cell) > room or cell[:1] == " ")


def _where(cells: list[str] | Distinct, which: Callable[[str], bool]) -> Any:
    """Which cells are of some kind, as an array."""
    if isinstance(cells, Distinct):
        return cells.spread(np.fromiter(map(which, cells.texts), dtype=bool, count=len(cells.texts)))
    return np.fromiter(map(which, cells), dtype=bool, count=len(cells))


def _first(cells: list[str] | Distinct, which: Callable[[str], bool]) -> int:
    """The first cell of some kind; the number of cells if there is none."""
    found = np.flatnonzero(_where(cells, which))
    return int(found[0]) if len(found) else len(cells)


def _first_without(columns: list[list[str] | Distinct], head: Header) -> int:
    """The first row that lacks its name, or has one cell alone in a table of several columns."""
    named = head.named
    end = _first(columns[named], not_) if named >= 0 else len(columns[0])
    if len(columns) == 1:
        return end
    last = columns[-1] if max(named, 0) < len(columns) - 1 else columns[-2]
    if named >= 0 and "" not in different(last):
        return end
    alone = np.flatnonzero(sum(_where(cells, bool).astype(int) for cells in columns) < 2)
    return min(end, int(alone[0])) if len(alone) else end


def place(line: str, head: Header, starts: Sequence[int]) -> tuple[list[str], tuple[int, ...]] | None:
    """The cells of one line and where they begin, or None if the line is no row of the table.

    Parameters
    ----------
    line
        The line.
    head
        The header.
    starts
        Where the columns began on the line above: during `-w` they move to the right.

    Examples
    --------
    >>> head = header("NAME   READY   STATUS    AGE")
    >>> place("a-very-long-name   1/1     Running   5s", head, head.starts)
    (['a-very-long-name', '1/1', 'Running', '5s'], (0, 19, 27, 37))
    """
    if head.tabs:
        return _tabbed(line, head)
    text = line.expandtabs() if "\t" in line else line
    original = head.starts
    for known in dict.fromkeys((tuple(starts), original)):
        if cells := _below(text, known, head):
            return cells, known
    if not text.isascii():
        widths = list(accumulate(map(_width, text), initial=0))
        if cells := _below(text, [bisect_left(widths, start) for start in original], head):
            return cells, original
    for known in dict.fromkeys((tuple(starts), original)):
        if moved := _moved(text, known, head):
            return moved
    found = list(_CELL.finditer(text))
    if len(found) == len(original):
        return [cell[0] for cell in found], tuple(cell.start() for cell in found)
    return None


def _filled(cells: Sequence[str], head: Header) -> bool:
    """Whether these can be the cells of a row: it has a name, and more than that."""
    named = head.named
    return (named < 0 or bool(cells[named])) and sum(map(bool, cells)) >= min(2, len(cells))


def _below(text: str, starts: Sequence[int], head: Header) -> list[str] | None:
    """The cells of a line that stands exactly below the header."""
    cells = []
    for i, start in enumerate(starts):
        stop = starts[i + 1] if i + 1 < len(starts) else len(text) + _GAP
        cell = text[start:stop].rstrip()
        if cell[:1].isspace() or len(cell) > stop - start - _GAP:
            return None
        cells.append(cell)
    return cells if _filled(cells, head) and not text[: starts[0]].strip() else None


def _moved(text: str, starts: Sequence[int], head: Header) -> tuple[list[str], tuple[int, ...]] | None:
    """The cells of a line on which long cells have moved those behind them, and where all columns begin from here on."""
    shift = 0
    cells: list[str] = []
    begins: list[int] = []
    for i, start in enumerate(starts):
        begin = start + shift
        begins.append(begin)
        if i + 1 == len(starts):
            cells.append(text[begin:].rstrip())
            break
        stop = starts[i + 1] + shift
        end = text.find("  ", begin)
        end = len(text) if end < 0 else end
        if text[begin : begin + 1].strip():
            cells.append(text[begin:end].rstrip())
            if not text[end:].strip():
                cells.extend([""] * (len(starts) - len(cells)))
                begins.extend(later + shift for later in starts[i + 1 :])
                break
            if end + _PADDING > stop:
                rest = len(text) - len(text[end:].lstrip())
                # Further than the padding away stands a later cell: the next one is blank.
                shift += (rest if rest <= end + _PADDING else end + _PADDING) - stop
        else:
            cells.append("")
            end = begin
        if text[end : starts[i + 1] + shift].strip():
            return None
    fits = _filled(cells, head) and not cells[-1][:1].isspace() and not text[: starts[0]].strip()
    return (cells, tuple(begins)) if fits else None


def _tabbed(line: str, head: Header) -> tuple[list[str], tuple[int, ...]] | None:
    cells = [cell.strip() for cell in line.split("\t")]
    if len(cells) < 2 or any(cells[len(head.columns) :]):
        return None
    cells = (cells + [""] * len(head.columns))[: len(head.columns)]
    return (cells, head.starts) if _filled(cells, head) else None


def _width(character: str) -> int:
    """How many columns of a terminal a character takes."""
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
