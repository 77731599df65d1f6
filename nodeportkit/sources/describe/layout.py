"""What one object's description says, as a tree of labelled values: nothing is left out, nothing is interpreted.

kubectl writes `Label:  value` with the values in one column, goes on below the first value where there are several, and
indents what belongs to a label (staging/src/k8s.io/kubectl/pkg/describe/describe.go). Until 1.6 the columns were made
with tabs. Tables have a line of dashes below their header, except the conditions of a pod.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from nodeportkit.sources.describe.blocks import Block, indentation, split_label

__all__ = ["Entry", "Grid", "read_tree"]

_TAB: Final = 8
_WORDS: Final = re.compile(r"\S+(?: \S+)*")
_DASHES: Final = re.compile(r"[-─]+")
# Tables that were printed without dashes: the conditions of pods to this day, the others in 1.0.
_BARE_TABLES: Final = frozenset({"Conditions", "Readiness Gates", "Events", "Pods"})


@dataclass(slots=True)
class Grid:
    """A table inside a description: its columns, and its rows, cell by cell, each with its line.

    A row whose cells stand elsewhere than its header has its whole text in the last column: which cell is which would be a
    guess.
    """

    columns: tuple[str, ...]
    line: int
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    def records(self) -> list[dict[str, str]]:
        """The rows as dicts of column -> cell.

        Examples
        --------
        >>> Grid(("Type", "Status"), 1, [["Ready", "True"]]).records()
        [{'Type': 'Ready', 'Status': 'True'}]
        """
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(slots=True)
class Entry:
    """A label, what stands behind it, and what stands indented below it.

    Attributes
    ----------
    label
        As printed, without the colon; "-" for an item of a list, "" for a line without a label.
    line
        Where it stands, counted from 1 in the whole text.
    values
        The value behind the label, and those on the lines that continue it; empty where the cell is.
    children
        What is indented below it, in order; labels repeat (`Port:`).
    grid
        The table below it.
    """

    label: str
    line: int
    values: list[str] = field(default_factory=list)
    children: list[Entry] = field(default_factory=list)
    grid: Grid | None = None

    @property
    def value(self) -> str:
        """The first value, "" where the cell is empty."""
        return self.values[0] if self.values else ""

    def get(self, label: str) -> Entry | None:
        """The first entry below this one that has the label."""
        return next((child for child in self.children if child.label == label), None)

    def text(self, label: str) -> str | None:
        """The value behind the first such label, None if there is no such label."""
        entry = self.get(label)
        return None if entry is None else entry.value

    def records(self, label: str) -> list[dict[str, str]]:
        """The rows of the table below the label."""
        entry = self.get(label)
        return entry.grid.records() if entry is not None and entry.grid is not None else []

    def walk(self) -> Iterator[Entry]:
        """Go over the entry and all below it, in the order of the text."""
        waiting = [self]
        while waiting:
            entry = waiting.pop()
            yield entry
            waiting.extend(reversed(entry.children))


def read_tree(lines: Sequence[str], block: Block) -> Entry:
    """Read the lines of a block into a tree; the entry returned has no label, and the top-level labels as children.

    Secret contents are left out: their keys stand there without values.
    """
    return _Tree(lines, block).read()


class _Tree:
    def __init__(self, lines: Sequence[str], block: Block) -> None:
        self.lines = lines
        self.block = block
        self.root = Entry("", block.start + 1)
        self.open: list[tuple[int, Entry]] = [(-1, self.root)]
        self.last: Entry | None = None  # what a further value would continue
        self.column = 0  # where its values stand

    def read(self) -> Entry:
        at = self.block.start
        while at < self.block.end:
            if at == self.block.data_start:
                at = self.data(at)
            elif not self.lines[at].strip():
                at += 1
            elif at in self.block.continued:
                self.carry_on(self.lines[at].rstrip())
                at += 1
            else:
                at = self.line(at)
        return self.root

    def line(self, at: int) -> int:
        """Put the line where it belongs; the position after what was read."""
        text = self.lines[at].expandtabs(_TAB).rstrip()
        indent = indentation(text)
        if self.last is not None and indent >= self.column:
            self.last.values.append(text[self.column :])
            return at + 1
        while self.open[-1][0] >= indent:
            self.open.pop()
        parent = self.open[-1][1]
        starts = self.header(at, text, indent, parent)
        if starts:
            return self.grid(at, text, indent, parent, starts)
        item = text.lstrip()
        if item.startswith("- ") and split_label(item[2:].lstrip()):
            parent = self.add(Entry("-", at + 1), indent, parent)
            indent = len(text) - len(item[2:].lstrip())
        label, value, offset = split_label(text[indent:]) or ("", text[indent:], 0)
        entry = self.add(Entry(label, at + 1, [value] if value else []), indent, parent)
        self.last = entry if label and value else None
        self.column = indent + offset
        return at + 1

    def add(self, entry: Entry, indent: int, parent: Entry) -> Entry:
        parent.children.append(entry)
        self.open.append((indent, entry))
        return entry

    def carry_on(self, text: str) -> None:
        """Add a line of a message that was printed with its line ends."""
        entry = self.open[-1][1]
        if entry.grid is not None and entry.grid.rows:
            entry.grid.rows[-1][-1] += f"\n{text}"
        else:
            entry.values.append(text)

    def header(self, at: int, text: str, indent: int, parent: Entry) -> list[int]:
        """Where the columns begin, if this line is the header of a table."""
        below = self.lines[at + 1] if at + 1 < self.block.end else ""
        if ("--" in below or "──" in below) and not below.strip(" \t-─"):
            dashes = [m.start() for m in _DASHES.finditer(below.expandtabs(_TAB))]
            if len(dashes) > 1:
                return dashes
        bare = parent.label in _BARE_TABLES and not parent.children and parent.grid is None
        if not bare or not indent or split_label(text.lstrip()):
            return []
        words = [m.start() for m in _WORDS.finditer(text)]
        return words if len(words) > 1 else []

    def grid(self, at: int, text: str, indent: int, parent: Entry, starts: list[int]) -> int:
        """Read the table whose header is at this position; the position after it."""
        names = [m[0] for m in _WORDS.finditer(text)]
        if _stands_at(text, starts):
            names = _cut(text, starts)
        else:
            # The tab stops were lost on the way. Where header and dashes do not even count alike, rows stay whole.
            names = names if len(names) == len(starts) else [text.strip()]
            starts = []
        grid = Grid(tuple(names), at + 1)
        if parent.grid is not None or parent is self.root:
            parent = self.add(Entry("", at + 1), indent, parent)
        parent.grid = grid
        self.last = None
        at += 1
        while at < self.block.end:
            row = self.lines[at].expandtabs(_TAB).rstrip()
            if at in self.block.continued and grid.rows:
                grid.rows[-1][-1] += f"\n{self.lines[at].rstrip()}"
            elif not row.strip() or indentation(row) < indent:
                break
            elif self.is_rest(parent, grid, row):
                grid.rows[-1][-1] += f"\n{row}"
            elif at > grid.line or row.strip(" -─"):
                grid.rows.append(_cells(row, starts, len(names)))
                grid.lines.append(at + 1)
            at += 1
        return at

    def is_rest(self, parent: Entry, grid: Grid, row: str) -> bool:
        """Whether the row is no event of its own but an indented line of the message above."""
        known = parent.label == "Events" and grid.columns[0] == "Type" and bool(grid.rows)
        return known and row.split(maxsplit=1)[0] not in ("Normal", "Warning")

    def data(self, at: int) -> int:
        """Read the contents of a ConfigMap as they stand; of a Secret only the keys."""
        entry = self.add(Entry("Data", at + 1), 0, self.root)
        secret = self.root.get("Type") is not None
        for position in range(at + 1, self.block.data_end):
            text = self.lines[position].rstrip()
            if not secret:
                entry.values.append(text)
            elif found := split_label(text):
                entry.children.append(Entry(found[0], position + 1))
        annotations = self.root.get("Annotations")
        if secret and annotations is not None:
            # Before 1.9 the manifest that was applied stood there, with all that is secret.
            annotations.values = [re.split("[=:]", value, maxsplit=1)[0] for value in annotations.values]
        self.open = [(-1, self.root)]
        self.last = None
        return self.block.data_end


def _stands_at(text: str, starts: Sequence[int]) -> bool:
    """Whether a cell may begin at each of these columns, the first of them at the first: a blank stands before it."""
    fits = all(start >= len(text) or start == 0 or text[start - 1] == " " for start in starts)
    return fits and bool(starts) and not text[: starts[0]].strip()


def _cut(text: str, starts: Sequence[int]) -> list[str]:
    return [text[a:b].strip() for a, b in zip(starts, [*starts[1:], None], strict=True)]


def _cells(text: str, starts: Sequence[int], count: int) -> list[str]:
    """The cells of a row, by the columns of the header, or by the gaps between them where those do not fit."""
    if _stands_at(text, starts):
        return _cut(text, starts)
    cells = re.split(" {2,}", text.strip(), maxsplit=count - 1) if count > 1 else [text.strip()]
    return cells if len(cells) == count else [*([""] * (count - 1)), text.strip()]
