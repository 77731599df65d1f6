"""The columns of many slices of objects -> typed frames."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from typing import Any, Final

import numpy as np
import pandas as pd

from nodeportkit.frames import SCHEMAS, conform
from nodeportkit.sources.objects.grouped import Grouped
from nodeportkit.sources.objects.kinds import Part
from nodeportkit.sources.reader import Fragment

__all__ = ["Gathered", "times"]

_PACKED: Final[dict[str, Any]] = {"string": str, "Int64": np.int64, "boolean": np.bool_}
_MANY: Final = 16_384
_FIRST_MOMENT, _LAST_MOMENT = np.datetime64("1678-01-01"), np.datetime64("2262-01-01")


class Gathered:
    """The columns of many slices of objects, one after the other."""

    def __init__(self) -> None:
        self._parts: list[_Growing] = []
        self._names: set[str] = set()

    def add(self, parts: list[Part]) -> None:
        """Put the columns of a further slice below those that are here."""
        if not self._parts:
            self._parts = [_Growing(part) for part in parts]
        for growing, part in zip(self._parts, parts, strict=True):
            growing.add(part)
        # While the slice is at hand: later each name would have to be fetched again.
        self._names.update(parts[0].rows.get("name", ()))

    def fragments(self, now: datetime | None) -> list[Fragment]:
        """The columns as typed frames; ages count to `now`."""
        objects = self._parts[0]
        # The first part has a row an object, the others have parts of these objects, all of one object in one slice.
        distinct = objects.has_names and (len(self._names) == objects.rows or not objects.has_repeated())
        return [fragment for part in self._parts if (fragment := part.fragment(now, distinct=distinct)) is not None]


class _Growing:
    """A part of many slices: the slices of each column."""

    def __init__(self, part: Part) -> None:
        self.frame = part.frame
        self.rows = 0
        self.has_names = "name" in part.rows
        self._distinct = True
        self._detail = part.detail
        self._columns = {name: _Column(SCHEMAS[part.frame][name].kind) for name in part.rows}
        self._covers = None if part.covers is None else {name: _Column("string") for name in part.covers}
        self._covered = 0
        self._groups = None if part.groups is None else Grouped(part.frame, part.groups.columns)

    def add(self, part: Part) -> None:
        """Put the columns of a further slice below those that are here."""
        rows = len(part.groups.rows if part.groups else next(iter(part.rows.values())))
        self.rows += rows
        for name, values in part.rows.items():
            self._columns[name].add(values)
        if self._groups is not None and part.groups is not None:
            self._groups.add(part.groups.rows)
        if self._covers is not None and part.covers is not None:
            for name, values in part.covers.items():
                self._covers[name].add(values)
            self._covered += len(values)
            key = [part.rows[name] for name in SCHEMAS[self.frame].key if name in part.rows]
            self._distinct = self._distinct and len(set(zip(*key, strict=True))) == rows

    def has_repeated(self) -> bool:
        """Whether two rows have the same key."""
        keys = zip(*(self._columns[name].array(self.rows) for name in SCHEMAS[self.frame].key), strict=True)
        return len(set(keys)) < self.rows

    def fragment(self, now: datetime | None, *, distinct: bool) -> Fragment | None:
        """The columns as a typed frame, `distinct` if no two objects are the same one; None where groups have no rows."""
        typed = {name: column.array(self.rows) for name, column in self._columns.items()}
        if self._groups is not None:
            return self._of_groups(self._groups, typed, distinct=distinct)
        since = next((name for name in ("created", "last_seen") if name in typed), None)
        if now is not None and since:
            typed["age"] = pd.Series(pd.Timestamp(now) - typed[since])
        covers = None
        if self._covers is not None:
            covers = pd.DataFrame({name: column.array(self._covered) for name, column in self._covers.items()})
        rows = conform(self.frame, typed)
        return Fragment(self.frame, rows, covers=covers, detail=self._detail, distinct=distinct and self._distinct)

    def _of_groups(self, groups: Grouped, objects: dict[str, Any], *, distinct: bool) -> Fragment | None:
        if not objects:
            rows = groups.once()
            return Fragment(self.frame, rows, detail=self._detail) if len(rows) else None
        covers = pd.DataFrame(objects)
        rows, differ = groups.beside(covers)
        return Fragment(self.frame, rows, covers=covers, detail=self._detail, distinct=distinct and differ)


class _Column:
    """The slices of a column, each in a form that leaves few objects behind.

    What is kept from a slice stands between what is decoded for the next: the less, the nearer to each other things stay
    in memory. Of equal texts one is kept: most columns have a few thousand different ones at most.
    """

    __slots__ = ("_kind", "_lacks", "_slices", "_texts")

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._slices: list[Any] = []
        self._texts: dict[Any, Any] | None = {}
        self._lacks = False

    def add(self, values: Sequence[Any]) -> None:
        """Put a further slice below those that are here."""
        if self._kind == "time":
            self._slices.append(_moments(values))
        elif self._kind == "string":
            if self._texts is not None:
                values = list(map(self._texts.setdefault, values, values))
                if len(self._texts) > _MANY:
                    self._texts = None
            self._slices.extend(values)
        elif self._kind in _PACKED and None not in values:
            self._slices.append(np.array(values, dtype=_PACKED[self._kind]))
        else:
            self._lacks = True
            self._slices.append(values)

    def array(self, rows: int) -> Any:
        """The column as an array of its type, as far as that is quicker than to let pandas look at each value."""
        if self._kind == "time":
            return _utc(np.concatenate([*self._slices, np.array([], dtype="datetime64[ns]")]))
        if self._kind == "string":
            cells = np.fromiter(self._slices, dtype=object, count=rows)
            if None in self._slices:
                cells[[cell is None for cell in self._slices]] = pd.NA
            return pd.arrays.StringArray(cells)
        if self._kind in _PACKED and not self._lacks:
            packed = np.concatenate([*self._slices, np.array([], dtype=_PACKED[self._kind])])
            made = pd.arrays.BooleanArray if self._kind == "boolean" else pd.arrays.IntegerArray
            return made(packed, np.zeros(rows, dtype=bool))
        return list(chain.from_iterable(self._slices))


def times(texts: Sequence[Any]) -> Any:
    """Times as the API server writes them (RFC 3339), as a Series; what is no time is missing."""
    return _utc(_moments(texts))


def _utc(moments: Any) -> Any:
    return pd.Series(pd.DatetimeIndex(moments).tz_localize("UTC"))


def _moments(texts: Sequence[Any]) -> Any:
    try:
        if {text[19:] for text in texts if text} <= {"Z"}:
            return _in_nanoseconds(np.array([text[:19] if text else "NaT" for text in texts], dtype="datetime64[s]"))
    except ValueError:
        pass
    parsed = pd.to_datetime(pd.Series(texts, dtype=object), utc=True, errors="coerce", format="ISO8601")
    return _in_nanoseconds(parsed.dt.tz_localize(None).to_numpy(copy=True))


def _in_nanoseconds(moments: Any) -> Any:
    """The moments in the unit of the frames; missing where they do not fit, as they would come out as others."""
    moments[(moments < _FIRST_MOMENT) | (moments > _LAST_MOMENT)] = np.datetime64("NaT")
    return moments.astype("datetime64[ns]")
