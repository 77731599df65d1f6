"""One tree of errors: each says what was wrong, where, and what to do.

- `NodePortKitError`, the root: catch this one to catch all
    - `ReadError`: a text, a file or an object could not be read
        - `ManifestError`: a manifest that no YAML reader accepts, with the slips found in it and the corrected text
    - `NotFound`: a service, node or file that is not there, with the nearest names that are
    - `SnapshotError`: a saved cluster that cannot be loaded
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["ManifestError", "NodePortKitError", "NotFound", "ReadError", "Slip", "SnapshotError", "nearest"]


class NodePortKitError(Exception):
    """The root of every error that nodeportkit raises on purpose.

    Parameters
    ----------
    message
        What was wrong, in one sentence.
    source
        The file name, or words for it (`"pasted text"`).
    line, column
        Where in the source, both counted from 1.
    hint
        What to do about it.

    Examples
    --------
    >>> print(NodePortKitError("no such port", source="svc.yaml", line=6, column=3, hint="Use 80."))
    svc.yaml, line 6, column 3: no such port. Use 80.
    """

    def __init__(
        self,
        message: str,
        *,
        source: str | None = None,
        line: int | None = None,
        column: int | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.source = source
        self.line = line
        self.column = column
        self.hint = hint

    def __str__(self) -> str:
        place = ", ".join(
            part
            for part in (
                self.source or "",
                f"line {self.line}" if self.line is not None else "",
                f"column {self.column}" if self.column is not None else "",
            )
            if part
        )
        text = f"{place}: {self.message}" if place else self.message
        if not self.hint:
            return text
        return f"{text.rstrip('.')}. {self.hint}"


class ReadError(NodePortKitError, ValueError):
    """A text, a file or an object that could not be read.

    Attributes
    ----------
    last_line
        The last line of the part that was given up because of it, where one part of a text is given up and the rest is
        read; else None.
    """

    last_line: int | None = None


@dataclass(frozen=True, slots=True)
class Slip:
    """One thing wrong with a manifest as text: where, what, and the line as it should be."""

    line: int
    column: int
    message: str
    corrected: str

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.message}; write: {self.corrected.strip()}"


class ManifestError(ReadError):
    """A manifest that no YAML reader accepts.

    Attributes
    ----------
    slips
        Every slip found in the text, in order, each with its line, column and corrected line.
    corrected
        The whole text with the slips mended, or None where no mend is known.
    """

    def __init__(
        self,
        message: str,
        *,
        source: str | None = None,
        line: int | None = None,
        column: int | None = None,
        hint: str | None = None,
        slips: Sequence[Slip] = (),
        corrected: str | None = None,
    ) -> None:
        super().__init__(message, source=source, line=line, column=column, hint=hint)
        self.slips = tuple(slips)
        self.corrected = corrected

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *(f"  {slip}" for slip in self.slips)])


class NotFound(NodePortKitError, LookupError):
    """A name that is not there; the message ends with the nearest names that are."""


class SnapshotError(NodePortKitError, ValueError):
    """A saved cluster that cannot be loaded."""


def nearest(name: str, known: Iterable[str], *, most: int = 3) -> str:
    """Words for the known names nearest to `name`, for the end of a message.

    Examples
    --------
    >>> nearest("default/web", ["shop/web", "shop/api"])
    'Did you mean shop/web?'
    >>> nearest("wep", ["shop/web", "shop/api"])
    'Did you mean shop/web?'
    >>> nearest("web", ["a", "b", "c", "d"], most=1)
    'There are: a, b and 2 more.'
    >>> nearest("web", [])
    ''
    """
    names = sorted(set(known))
    # Of a name behind a namespace, the name is what people nearly get right.
    by_name: dict[str, list[str]] = {}
    for it in names:
        by_name.setdefault(it.rpartition("/")[2], []).append(it)
    alike = difflib.get_close_matches(name.rpartition("/")[2], by_name, n=most, cutoff=0.6)
    close = [it for plain in alike for it in by_name[plain]][:most]
    if close:
        return f"Did you mean {' or '.join(close)}?"
    if not names:
        return ""
    first = 2 * most
    more = f" and {len(names) - first:,} more" if len(names) > first else ""
    return f"There are: {', '.join(names[:first])}{more}."
