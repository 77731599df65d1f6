"""The lines below a header: the rows of its table, and where they end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from nodeportkit.sources.prompts import PROGRAMS
from nodeportkit.sources.tables.cells import Cells, different
from nodeportkit.sources.tables.collapsed import collapsed_row
from nodeportkit.sources.tables.layout import Header, header, place, place_all

__all__ = ["Body", "read_body"]

# What kubectl writes to stderr, which a terminal shows among the rows, and what writers of pages leave out.
_BETWEEN: Final = re.compile(
    r"Warning: |W\d{4} |E\d{4} |I\d{4} |[Ee]rror: |Error from server|No resources found|Unable to |"
    r"(?:\.\.\.|…|\[\.\.\.\]|<snip>)$"
)
_CHUNK: Final = 64
_LONGEST_CHUNK: Final = 16_384
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9./:-]*")


@dataclass(slots=True)
class Body:
    """The rows of a table.

    Attributes
    ----------
    columns
        The cells, by column.
    end
        The position of the first line that is no longer the table's.
    between
        The positions of lines among the rows that are none.
    cut
        Whether the last row is the last line of the text and lacks cells: the paste ends in the middle of it.
    strict
        Whether the first row stands exactly below the header, in characters or as a terminal shows them.
    """

    columns: list[Cells]
    end: int
    between: list[int] = field(default_factory=list)
    cut: bool = False
    strict: bool = False

    def __len__(self) -> int:
        return len(self.columns[0])


def read_body(lines: Sequence[str], start: int, head: Header, never_blank: Sequence[str] = ()) -> Body:
    """The rows from `start` on.

    Parameters
    ----------
    lines
        The lines of the whole text.
    start
        The position below the header.
    head
        The header.
    never_blank
        The columns in which every object has a cell: a last line without them is cut off.
    """
    if start + 1 < len(lines) and not lines[start] and lines[start + 1]:
        return _read_spaced(lines, start, head)
    body = _read_rows(lines, start, head)
    _take_cut_line(lines, head, body, never_blank)
    return body


def _read_rows(lines: Sequence[str], start: int, head: Header) -> Body:
    body = Body([Cells() for _ in head.columns], start)
    starts = head.starts
    size, slow = _CHUNK, 0
    while body.end < len(lines) and lines[body.end]:
        if starts == head.starts and not slow:
            before = body.end
            whole = _take_many(lines, head, body, size)
            body.strict = body.strict or (before == start < body.end)
            size = min(4 * size, _LONGEST_CHUNK) if whole else _CHUNK
            slow = 0 if whole else _CHUNK
            continue
        slow -= 1 if slow else 0
        line = lines[body.end]
        found = None
        if not _BETWEEN.match(line) and not _is_header(line, head):
            found = place(line, head, starts) or _squeezed(line, head)
        if found is None:
            if not _step_over(lines, head, starts, body):
                break
            continue
        body.strict = body.strict or (body.end == start and found[1] == head.starts)
        for cells, cell in zip(body.columns, found[0], strict=True):
            cells.append(cell)
        starts = found[1]
        body.end += 1
    return body


def _take_many(lines: Sequence[str], head: Header, body: Body, size: int) -> bool:
    """Take the lines that stand exactly below the header, and say whether all of the next `size` do."""
    chunk = lines[body.end : body.end + size]
    if "" in chunk:
        chunk = chunk[: chunk.index("")]
    columns, taken = place_all(chunk, head)
    first = different(columns[0])
    if head.columns[0] in first or "NAME" in first or "NAMESPACE" in first:
        taken = next((at for at in range(taken) if _is_header(chunk[at], head)), taken)
        columns = [cells[:taken] for cells in columns]
    for cells, more in zip(body.columns, columns, strict=True):
        cells.extend(more)
    body.end += taken
    return taken == len(chunk)


def _squeezed(line: str, head: Header) -> tuple[list[str], tuple[int, ...]] | None:
    """The cells of a row that somebody has shortened or lengthened by hand, where only one way to divide it is left."""
    if "AGE" not in head.columns:
        return None
    cells = collapsed_row(" ".join(line.split()), head.columns)
    return (cells, head.starts) if cells else None


def _is_header(line: str, head: Header) -> bool:
    """Whether a new table begins."""
    word = line.split(None, 1)[0]
    if word not in ("NAME", "NAMESPACE", head.columns[0].split(None, 1)[0]):
        return False
    other = header(line)
    return other is not None and ("NAME" in other.columns or other.columns == head.columns)


def _step_over(lines: Sequence[str], head: Header, starts: Sequence[int], body: Body) -> bool:
    """Step over lines that stand among the rows, if rows go on below them."""
    at = body.end
    while at < len(lines) and _BETWEEN.match(lines[at]):
        at += 1
    if at == body.end or at == len(lines) or not lines[at]:
        return False
    if _is_header(lines[at], head) or place(lines[at], head, starts) is None:
        return False
    body.between.extend(range(body.end, at))
    body.end = at
    return True


def _take_cut_line(lines: Sequence[str], head: Header, body: Body, never_blank: Sequence[str]) -> None:
    """See whether the text ends in the middle of a row, and take that row."""
    at = body.end
    if len(head.columns) == 1 or not _ends(lines, at + 1):
        return
    if at < len(lines) and lines[at]:
        if _NAME.fullmatch(lines[at]) and lines[at] not in PROGRAMS:
            for cells, cell in zip(body.columns, [lines[at], *[""] * len(head.columns)], strict=False):
                cells.append(cell)
            body.end = at + 1
            body.cut = True
    elif len(body):
        last = max(i for i, cells in enumerate(body.columns) if cells[-1])
        body.cut = any(name in never_blank for name in head.columns[last + 1 :])


def _ends(lines: Sequence[str], at: int) -> bool:
    """Whether nothing stands from `at` on."""
    return next((False for i in range(at, len(lines)) if lines[i]), True)


def _read_spaced(lines: Sequence[str], start: int, head: Header) -> Body:
    """The rows of a table that was copied with a blank line between any two lines; none if it was not."""
    rows: list[str] = []
    at = start
    while at + 1 < len(lines) and not lines[at] and lines[at + 1] and not _is_header(lines[at + 1], head):
        rows.append(lines[at + 1])
        at += 2
    body = _read_rows(rows, 0, head)
    if not body.strict:
        return Body([Cells() for _ in head.columns], start)
    body.end = start + 2 * body.end
    body.between = [start + 1 + 2 * at for at in body.between]
    return body
