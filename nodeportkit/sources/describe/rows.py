"""Rows of the frames, gathered while descriptions are read."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

import pandas as pd

from nodeportkit.cells import NONE, parse_labels
from nodeportkit.errors import ReadError
from nodeportkit.frames import SCHEMAS, STRING, conform
from nodeportkit.sources.describe.layout import Entry
from nodeportkit.sources.reader import Fragment

__all__ = ["Rows", "labels_of", "listed", "when", "whole_number"]

T = TypeVar("T")

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TIME: Final = re.compile(r"\w{3}, (\d{2}) (\w{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})")


class Rows:
    """Rows of several frames, and the lines whose values could not be read.

    Parameters
    ----------
    namespace
        That of objects that are printed without one.
    """

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace
        self.bad: set[int] = set()
        self.settings: dict[str, Any] = {}
        self._rows: dict[tuple[str, int], list[dict[str, Any]]] = {}
        self._covers: dict[tuple[str, int], list[dict[str, Any]]] = {}

    def add(self, frame: str, row: dict[str, Any], detail: int = 3) -> None:
        """One more row; cells that are None or left out are missing."""
        self._rows.setdefault((frame, detail), []).append(row)

    def cover(self, frame: str, parent: dict[str, Any], detail: int = 3) -> None:
        """Say that the rows of this object are all that it has."""
        self._covers.setdefault((frame, detail), []).append(parent)

    def read(self, entry: Entry | None, parse: Callable[[str], T], text: str | None = None) -> T | None:
        """What `parse` makes of the entry's value, or of `text` that stands there; None if there is none or it is wrong."""
        if entry is None:
            return None
        try:
            return parse(entry.value if text is None else text)
        except ReadError:
            self.bad.add(entry.line)
            return None

    def fragments(self) -> list[Fragment]:
        """The rows as frames, in the order in which the schemas stand."""
        keys = sorted({*self._rows, *self._covers}, key=lambda key: (list(SCHEMAS).index(key[0]), key[1]))
        return [self._fragment(frame, detail) for frame, detail in keys]

    def _fragment(self, frame: str, detail: int) -> Fragment:
        schema = SCHEMAS[frame]
        rows = self._rows.get((frame, detail), [])
        shown = {name for row in rows for name in row} | set(schema.parent)
        columns = [name for name in schema.names if name in shown]
        typed = conform(frame, {name: [row.get(name) for row in rows] for name in columns})[columns]
        covers = None
        if schema.parent != schema.key and frame != "events":  # what is shown of these is never everything
            parents = self._covers.get((frame, detail), [])
            names = [*schema.parent, *({"slice"} & {name for parent in parents for name in parent})]
            covers = pd.DataFrame({name: pd.array([p.get(name) for p in parents], dtype=STRING) for name in names})
        return Fragment(frame, typed, covers, detail=detail)


def listed(text: str) -> list[str]:
    """The items of a printed list; none for `<none>`, `<unset>` and an empty cell.

    Examples
    --------
    >>> listed("10.96.10.10,fd00:10:96::a"), listed("<none>"), listed("")
    (['10.96.10.10', 'fd00:10:96::a'], [], [])
    """
    return [] if text in (NONE, "<unset>", "") else [item.strip() for item in text.split(",")]


def labels_of(entry: Entry | None, rows: Rows) -> dict[str, str] | None:
    """Labels or a plain selector: on one line with commas, or one a line.

    Examples
    --------
    >>> labels_of(Entry("Labels", 3, ["app=web", "tier=front"]), Rows("default"))
    {'app': 'web', 'tier': 'front'}
    """
    return rows.read(entry, parse_labels, ",".join(entry.values)) if entry is not None and entry.values else None


def whole_number(text: str) -> int:
    """A number that is printed alone.

    Examples
    --------
    >>> whole_number("31999")
    31999
    """
    if not re.fullmatch("[0-9]{1,18}", text):
        raise ReadError(f"{text!r} is no number", hint="A whole number stands there.")
    return int(text)


def when(text: str) -> datetime.datetime | None:
    """A printed time; None for the zero time, which stands for "never".

    Examples
    --------
    >>> when("Sun, 22 Nov 2026 14:59:57 +0000")
    datetime.datetime(2026, 11, 22, 14, 59, 57, tzinfo=datetime.timezone.utc)
    """
    match = _TIME.fullmatch(text.strip())
    if not match or match[2] not in _MONTHS:
        raise ReadError(f"{text!r} is no time", hint="kubectl prints Sun, 22 Nov 2026 14:59:57 +0000.")
    year, month = int(match[3]), _MONTHS.index(match[2]) + 1
    if year < 1970:
        return None
    offset = datetime.timedelta(hours=int(match[8]), minutes=int(match[9])) * (-1 if match[7] == "-" else 1)
    try:
        zone = datetime.timezone(offset)
        moment = datetime.datetime(year, month, int(match[1]), int(match[4]), int(match[5]), int(match[6]), tzinfo=zone)
        return moment.astimezone(datetime.UTC)
    except (ValueError, OverflowError) as error:
        raise ReadError(f"{text!r} is no time", hint=f"The {error}.") from None
