"""Tables whose lines a terminal has wrapped at its right edge, as tmux, screen and small windows copy them.

The width of the terminal is that of the lines that go on below, but for blanks at their end, which copying drops. So of the
widths that are possible the first counts with which the header names a known resource and the rows stand exactly below it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile, zip_longest
from typing import Final, TypeAlias

from nodeportkit.sources.tables.body import Body
from nodeportkit.sources.tables.cells import Cells
from nodeportkit.sources.tables.columns import is_events, kind_by_columns
from nodeportkit.sources.tables.layout import Header, header

__all__ = ["goes_on_below", "read_wrapped"]

_FIRST: Final = re.compile(r"(?:NAME|NAMESPACE|LAST SEEN)\b")
_REST_OF_HEADER: Final = re.compile(r"[^a-z]*[A-Z][^a-z]*$")
_MOST_LINES: Final = 8  # of one row
_MOST_ROWS: Final = 5_000  # nobody copies more from a screen
_MOST_DROPPED: Final = 40  # blanks at the end of a line
_GAP: Final = 2
_UNBROKEN: Final = frozenset({"LABELS", "SELECTOR", "IMAGES"})  # cells without blanks, often long
_WORDY: Final = frozenset({"MESSAGE"})
_SPACED: Final = frozenset({"OS-IMAGE", "KERNEL-VERSION", "RESTARTS"})
_Row: TypeAlias = tuple[list[str], int]


def goes_on_below(lines: Sequence[str], at: int) -> bool:
    """Whether the header of a table at `at` goes on on the next line: rows have small letters.

    Examples
    --------
    >>> goes_on_below(["NAME   READY   STA", "TUS   AGE"], 0), goes_on_below(["NAME   AGE", "web    5d"], 0)
    (True, False)
    """
    return at + 1 < len(lines) and bool(_FIRST.match(lines[at])) and bool(_REST_OF_HEADER.match(lines[at + 1]))


def read_wrapped(lines: Sequence[str], at: int, read: int | None = None) -> tuple[Header, Body] | None:
    """The header and the rows of the wrapped table whose header begins at `at`, or None if it is none.

    Parameters
    ----------
    lines, at
        The lines, and the position.
    read
        Up to where rows were read that were not taken for wrapped; then it is another table only if it goes on there.

    Examples
    --------
    >>> head, body = read_wrapped(
    ...     ["NAME   READY   STATUS    REST", "ARTS   AGE", "web    1/1     Running   0", "       5d"], 0
    ... )
    >>> head.columns, [list(cells) for cells in body.columns], body.end
    (('NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE'), [['web'], ['1/1'], ['Running'], ['0'], ['5d']], 4)
    """
    if not _FIRST.match(lines[at]):
        return None
    if read is not None and read - at >= _MOST_ROWS:
        return None
    if read is not None and re.split(r"\s{2,}", lines[at])[-1] not in _UNBROKEN | _WORDY:
        return None
    block = list(takewhile(bool, lines[at : at + _MOST_ROWS]))
    best: tuple[Header, Body] | None = None
    for count in (1,) if read is not None else range(1, min(_MOST_LINES, len(block) - 1) + 1):
        widest = max(map(len, block if count == 1 else block[: count - 1]))
        for width in range(widest, widest + (1 if count == 1 else _MOST_DROPPED)):
            head = header(_joined(block[:count], width))
            rows = _rows(block, count, width, head) if head is not None and _is_known(head.columns) else []
            if head is not None and rows and (best is None or at + rows[-1][1] > best[1].end):
                if count > 1 and _blank_may_be_lost(block, count, width, head, rows):
                    return None
                columns = [Cells(cells) for cells in zip(*(cells for cells, _ in rows), strict=True)]
                best = head, Body(columns, at + rows[-1][1], strict=True)
            if best is not None and best[1].end == at + len(block):
                return best
    return best


def _is_known(columns: Sequence[str]) -> bool:
    """Whether these are the columns of a resource, and no others: a wrong width makes up names."""
    known = kind_by_columns(columns)
    if known is None:
        return is_events(columns)
    further = columns[list(columns).index("NAME") + 1 + len(known.columns) :]
    return all(name in (*known.wide, "LABELS") for name in further)


def _blank_may_be_lost(block: Sequence[str], count: int, width: int, head: Header, rows: Sequence[_Row]) -> bool:
    """Whether every line ends where a blank of a cell could have stood, so that nobody knows if one did."""
    wider = header(_joined(block[:count], width + 1))
    if wider is None or wider.columns != head.columns:
        return False
    return any(
        cell != other and name in _SPACED
        for (cells, _), (others, _) in zip(rows, _rows(block, count, width + 1, wider), strict=False)
        for name, cell, other in zip(head.columns, cells, others, strict=True)
    )


def _joined(pieces: Sequence[str], width: int) -> str:
    return "".join([*(piece.ljust(width) for piece in pieces[:-1]), pieces[-1]])


def _rows(block: Sequence[str], start: int, width: int, head: Header) -> list[_Row]:
    """The cells of the rows and where each ends; none if the lines cannot have been wrapped at this width."""
    least = head.starts[-1] // width + 1
    wordy = head.columns[-1] in _WORDY
    rows: list[_Row] = []
    pieces: list[str] = []
    at = start
    while at + least <= len(block):
        taken = list(block[at : at + least])
        while (below := at + len(taken)) < len(block) and width - wordy <= len(taken[-1]) <= width:
            if (" " in block[below] and not wordy) or _cells(_joined(block[below : below + least], width), head):
                break
            pieces.append(block[below])
            taken.append(block[below])
        cells = _cells(_joined(taken, width), head) if max(map(len, taken)) <= width else None
        if cells is None:
            break
        at += len(taken)
        rows.append((cells, at))
    # A last cell that seems to go on could be one that a word of a person stands below.
    certain = start > 1 or least > 1 or len(pieces) > 1 or any("=" in piece for piece in pieces)
    return rows if rows and (certain or (pieces and block[rows[-1][1] - 1] != pieces[-1])) else []


def _cells(line: str, head: Header) -> list[str] | None:
    """The cells of a row that stands exactly below the header, two blanks apart; None for other lines."""
    cells = []
    for start, stop in zip_longest(head.starts, head.starts[1:]):
        text = line[start:stop]
        cell = text.strip()
        if "  " in cell or (cell and text[0] == " ") or (stop and len(line) > stop and text[-_GAP:].strip()):
            return None
        cells.append(cell)
    named = head.named
    return (
        cells if (named < 0 or cells[named]) and cells[0] and cells[-1] and not line[: head.starts[0]].strip() else None
    )
