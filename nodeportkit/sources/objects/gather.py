"""The columns of many slices of objects -> typed frames."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd

from nodeportkit.frames import SCHEMAS, conform
from nodeportkit.sources.objects.grouped import Grouped
from nodeportkit.sources.objects.kinds import Part
from nodeportkit.sources.reader import Fragment

__all__ = ["Gathered", "times"]

# Of true and false too, numbers: as one of these, None would count as false.
_NUMBERS: Final[dict[str, Any]] = {"Int64": np.int64, "boolean": np.int8}
_MANY: Final = 16_384
_FIRST_MOMENT, _LAST_MOMENT = np.datetime64("1678-01-01"), np.datetime64("2262-01-01")
_SECONDS: Final = len("2026-01-31T12:00:00")


class Gathered:
    """The columns of many slices of objects, one after the other.

    Parameters
    ----------
    parts
        Those of the first slice. The first part has a row an object, the others have parts of these objects, all of one
        object in one slice.
    """

    def __init__(self, parts: list[Part]) -> None:
        self._parts = [_Growing(part) for part in parts if part.groups is None]
        self._groups = [Grouped(part.frame, part.groups) for part in parts if part.groups is not None]
        self._names: set[str] = set()
        self.add(parts)

    def add(self, parts: list[Part]) -> None:
        """Put the columns of a further slice below those that are here."""
        for growing, part in zip(self._parts, (part for part in parts if part.groups is None), strict=True):
            growing.add(part)
        for grouped, groups in zip(self._groups, filter(None, (part.groups for part in parts)), strict=True):
            grouped.add(groups)
        # While the slice is at hand: later each name would have to be fetched again.
        self._names.update(parts[0].rows.get("name", ()))

    def fragments(self, now: datetime | None) -> list[Fragment]:
        """The columns as typed frames; ages count to `now`."""
        objects = self._parts[0]
        distinct = objects.has_names and (len(self._names) == objects.rows or not objects.has_repeated())
        fragments = [part.fragment(now, distinct=distinct) for part in self._parts]
        grouped = (groups.fragment(fragments[0].rows, distinct=distinct) for groups in self._groups)
        return [*fragments, *(fragment for fragment in grouped if fragment is not None)]


class _Growing:
    """A part of many slices, column by column."""

    def __init__(self, part: Part) -> None:
        self.frame = part.frame
        self.rows = 0
        self.has_names = "name" in part.rows
        self._distinct = True
        self._detail = part.detail
        self._columns = {name: _Column(SCHEMAS[part.frame][name].kind) for name in part.rows}
        self._covers = None if part.covers is None else {name: _Column("string") for name in part.covers}

    def add(self, part: Part) -> None:
        """Put the columns of a further slice below those that are here."""
        rows = len(next(iter(part.rows.values())))
        self.rows += rows
        for name, values in part.rows.items():
            self._columns[name].add(values)
        if self._covers is not None and part.covers is not None:
            for name, values in part.covers.items():
                self._covers[name].add(values)
            key = [part.rows[name] for name in SCHEMAS[self.frame].key if name in part.rows]
            self._distinct = self._distinct and len(set(zip(*key, strict=True))) == rows

    def has_repeated(self) -> bool:
        """Whether two rows have the same key."""
        keys = zip(*(self._columns[name].cells for name in SCHEMAS[self.frame].key), strict=True)
        return len(set(keys)) < self.rows

    def fragment(self, now: datetime | None, *, distinct: bool) -> Fragment:
        """The columns as a typed frame, `distinct` if no two objects are the same one."""
        typed = {name: column.array() for name, column in self._columns.items()}
        since = next((name for name in ("created", "last_seen") if name in typed), None)
        if now is not None and since:
            typed["age"] = pd.Series(pd.Timestamp(now) - typed[since])
        covers = None
        if self._covers is not None:
            covers = pd.DataFrame({name: column.array() for name, column in self._covers.items()}, copy=False)
        rows = conform(self.frame, typed, copy=False)
        return Fragment(self.frame, rows, covers=covers, detail=self._detail, distinct=distinct and self._distinct)


class _Column:
    """The cells of a column, in a form that leaves few objects behind.

    What is kept from a slice stands between what is decoded for the next: the less, the nearer to each other things stay
    in memory. Of equal texts one is kept: most columns have a few thousand different ones at most.

    Attributes
    ----------
    cells
        The values; of times, arrays of moments, one a slice.
    """

    __slots__ = ("_kind", "_texts", "cells")

    def __init__(self, kind: str) -> None:
        self.cells: list[Any] = []
        self._kind = kind
        self._texts: dict[Any, Any] | None = {} if kind == "string" else None

    def add(self, values: Sequence[Any]) -> None:
        """Put a further slice below those that are here."""
        if self._kind == "time":
            self.cells.append(_moments(values))
        elif self._texts is None:
            self.cells.extend(values)
        else:
            self.cells.extend(map(self._texts.setdefault, values, values))
            if len(self._texts) > _MANY:
                self._texts = None

    def array(self) -> Any:
        """The column as an array of its type, as far as that is quicker than to let pandas look at each value."""
        if self._kind == "time":
            return _utc(np.concatenate([*self.cells, np.array([], dtype="datetime64[ns]")]))
        if self._kind == "string":
            return pd.arrays.StringArray(np.fromiter(self.cells, dtype=object, count=len(self.cells)))
        if self._kind in _NUMBERS:
            try:
                numbers = np.fromiter(self.cells, _NUMBERS[self._kind], len(self.cells))
            except TypeError:  # one is missing
                return self.cells
            known = np.zeros(len(numbers), dtype=bool)
            if self._kind == "boolean":
                return pd.arrays.BooleanArray(numbers.astype(bool), known)
            return pd.arrays.IntegerArray(numbers, known)
        return self.cells


def times(texts: Sequence[Any]) -> Any:
    """Times as the API server writes them (RFC 3339), as a Series; what is no time is missing."""
    return _utc(_moments(texts))


def _utc(moments: Any) -> Any:
    return pd.Series(pd.DatetimeIndex(moments).tz_localize("UTC"))


def _moments(texts: Sequence[Any]) -> Any:
    try:
        if set(map(len, texts)) == {_SECONDS + 1}:
            letters = np.frombuffer("".join(texts).encode("ascii"), dtype=np.uint8).reshape(len(texts), -1)
            if (letters[:, _SECONDS] == ord("Z")).all():
                written = np.ascontiguousarray(letters[:, :_SECONDS]).view(f"S{_SECONDS}").ravel()
                return _in_nanoseconds(written.astype("datetime64[s]"))
    except (TypeError, ValueError):  # one is missing, or no time in this form
        pass
    parsed = pd.to_datetime(pd.Series(texts, dtype=object), utc=True, errors="coerce", format="ISO8601")
    return _in_nanoseconds(parsed.dt.tz_localize(None).to_numpy(copy=True))


def _in_nanoseconds(moments: Any) -> Any:
    """The moments in the unit of the frames; missing where they do not fit, as they would come out as others."""
    moments[(moments < _FIRST_MOMENT) | (moments > _LAST_MOMENT)] = np.datetime64("NaT")
    return moments.astype("datetime64[ns]")
