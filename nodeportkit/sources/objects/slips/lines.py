"""The lines of a manifest while they are mended: each knows what it was."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nodeportkit.errors import Slip

__all__ = ["Line", "lines_of", "outside_blocks"]

_BLOCK = re.compile(r"(?:^|[:\-] *)[|>][+-]?[0-9]?[+-]?\s*(?:#.*)?$")
_BREAK = re.compile(r"\r\n|\r|\n")


class Line:
    """A line, the columns that its characters came from, and what was wrong with it.

    Examples
    --------
    >>> line = Line(7, "type:NodePort")
    >>> line.replace(5, 5, " ", "a blank is missing")
    >>> line.slips()
    [Slip(line=7, column=6, message='a blank is missing', corrected='type: NodePort')]
    """

    def __init__(self, number: int, text: str) -> None:
        self.number = number
        self.text = text
        self._origins: list[int] | None = None  # made when first needed: most lines stay as they are
        self._found: list[tuple[int, str]] = []

    @property
    def indent(self) -> int:
        """How many blanks the line begins with."""
        return len(self.text) - len(self.text.lstrip(" "))

    def replace(self, start: int, end: int, new: str, message: str | None = None) -> None:
        """Write `new` in place of the characters from `start` up to `end`; `message` says what was wrong there."""
        if message:
            self.note(start, message)
        if self._origins is None:
            self._origins = list(range(len(self.text) + 1))
        kept = self._origins[start:end][: len(new)]
        added = [self.origin(end)] * (len(new) - len(kept))
        self._origins[start:end] = kept + added
        self.text = self.text[:start] + new + self.text[end:]

    def origin(self, column: int) -> int:
        """The column, counted from 0, at which a character of the line stood before it was mended."""
        return column if self._origins is None else self._origins[min(column, len(self._origins) - 1)]

    def note(self, column: int, message: str) -> None:
        """Write down what is wrong at a column of the line as it is now."""
        self.note_at(self.origin(column), message)

    def note_at(self, origin: int, message: str) -> None:
        """Write down what is wrong at a column of the line as it was."""
        self._found.append((origin, message))

    def slips(self) -> list[Slip]:
        """What was wrong, each with the line as it is now."""
        return [Slip(self.number, column + 1, message, self.text) for column, message in self._found]


def lines_of(text: str, first_line: int = 1) -> list[Line]:
    """The lines of a text, of which the first has the number `first_line`."""
    return [Line(number, line) for number, line in enumerate(_BREAK.split(text), first_line)]


def outside_blocks(lines: list[Line]) -> Iterator[tuple[int, Line]]:
    """The lines that are YAML, with their positions: no blank ones, no comments, no text of a block scalar (`key: |`)."""
    block: int | None = None
    for position, line in enumerate(lines):
        stripped = line.text.strip()
        if not stripped:
            continue
        if block is not None and line.indent > block:
            continue
        block = None
        if stripped.startswith("#"):
            continue
        yield position, line
        if _BLOCK.search(line.text):
            block = line.indent
