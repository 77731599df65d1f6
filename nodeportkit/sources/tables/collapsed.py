"""Tables whose runs of blanks a web page or a chat has made single blanks: `NAME READY STATUS RESTARTS AGE`.

Then only the known columns of a known resource tell where a header's words belong together, and a row is read where its
words fit the columns in one way only: a blank cell would not show.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from nodeportkit.sources.tables.columns import KNOWN, kind_by_columns

__all__ = ["collapsed_header", "collapsed_row"]

_TWO_WORDS: Final = frozenset(name for known in KNOWN for name in (*known.columns, *known.wide) if " " in name) | {
    "LAST SEEN",
    "FIRST SEEN",
}
_EVENTS: Final = (
    ("LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"),
    ("LAST SEEN", "TYPE", "REASON", "KIND", "MESSAGE"),
)
# One cell of single blanks. Words belong together in `1 (66m ago)`, `3m (x4 over 6m)`, `a,b + 2 more...` and
# `6.1.0-21-amd64 (amd64)`.
_CELL: Final = re.compile(
    r"\d+ \(\S+ ago\)|\S+ \(x\d+ over \S+\)|\S+ \+ \d+ more\.\.\.|\S+ \((?:386|amd64|arm|arm64|ppc64le|riscv64|s390x)\)|\S+"
)
_AGE: Final = re.compile(r"(?:\d+[ydhms]){1,5}|<unknown>|<invalid>")
# Columns that hold words; at most one of them can be in a table that is read.
_WORDY: Final = frozenset({"OS-IMAGE", "MESSAGE"})


def collapsed_header(line: str) -> tuple[str, ...] | None:
    """The columns of a known resource that a line of single blanks names, or None.

    Examples
    --------
    >>> collapsed_header("NAME READY STATUS RESTARTS AGE IP NODE NOMINATED NODE")
    ('NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE', 'IP', 'NODE', 'NOMINATED NODE')
    """
    words = line.split(" ")
    if len(words) < 3 or "" in words or ("NAME" not in words[:3] and words[0] != "LAST"):
        return None
    columns: list[str] = []
    at = 0
    while at < len(words):
        pair = " ".join(words[at : at + 2])
        columns.append(pair if pair in _TWO_WORDS else words[at])
        at += 2 if pair in _TWO_WORDS else 1
    found = tuple(columns)
    known = kind_by_columns(found)
    if known is None:
        return found if found[found[0] == "NAMESPACE" :] in _EVENTS else None
    rest = found[found.index("NAME") + 1 + len(known.columns) :]
    return found if all(name in (*known.wide, "LABELS") for name in rest) else None


def collapsed_row(line: str, columns: Sequence[str]) -> list[str] | None:
    """The cells of a row, or None where its words do not fit the columns in one way only.

    Examples
    --------
    >>> collapsed_row("web-0 1/1 Running 1 (66m ago) 2d", ["NAME", "READY", "STATUS", "RESTARTS", "AGE"])
    ['web-0', '1/1', 'Running', '1 (66m ago)', '2d']
    """
    cells = _CELL.findall(line)
    wordy = [i for i, name in enumerate(columns) if name in _WORDY]
    surplus = len(cells) - len(columns)
    if surplus > 0 and len(wordy) == 1:
        at = wordy[0]
        cells[at : at + surplus + 1] = [" ".join(cells[at : at + surplus + 1])]
    if len(cells) != len(columns) or "  " in line:
        return None
    # A sentence may have as many words as the table has columns.
    return cells if "AGE" not in columns or _AGE.fullmatch(cells[list(columns).index("AGE")]) else None
