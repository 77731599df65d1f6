"""The columns of many slices of objects -> typed frames."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from nodeportkit.frames import SCHEMAS, conform
from nodeportkit.sources.objects.kinds import Part
from nodeportkit.sources.reader import Fragment

__all__ = ["Gathered", "times"]


class Gathered:
    """The columns of many slices of objects, one after the other."""

    def __init__(self) -> None:
        self._parts: list[Part] = []

    def add(self, parts: list[Part]) -> None:
        """Put the columns of a further slice below those that are here."""
        if not self._parts:
            self._parts = [_growing(part) for part in parts]
        for whole, part in zip(self._parts, parts, strict=True):
            for into, columns in ((whole.rows, part.rows), (whole.covers or {}, part.covers or {})):
                for name, values in columns.items():
                    into[name].extend(values)

    def fragments(self, now: datetime | None) -> list[Fragment]:
        """The columns as typed frames; ages count to `now`."""
        return [
            Fragment(
                part.frame,
                conform(part.frame, _with_flags(part.frame, _with_times(part.rows, now))),
                covers=None if part.covers is None else pd.DataFrame(part.covers, dtype=object),
                detail=part.detail,
            )
            for part in self._parts
        ]


def _growing(part: Part) -> Part:
    covers: dict[str, Any] | None = None if part.covers is None else {name: [] for name in part.covers}
    return Part(part.frame, {name: [] for name in part.rows}, covers, part.detail)


def _with_times(rows: Mapping[str, list[Any]], now: datetime | None) -> Mapping[str, Any]:
    """The columns with the times of creation as such, and the age that they make."""
    if "created" not in rows:
        return rows
    created = times(rows["created"])
    typed: dict[str, Any] = {**rows, "created": created}
    if now is not None:
        typed["age"] = pd.Series(pd.Timestamp(now) - created)
    return typed


def _with_flags(frame: str, rows: Mapping[str, Any]) -> Mapping[str, Any]:
    """The columns with those that are true or false throughout as such: pandas looks at each value otherwise."""
    flags = {name for name, values in rows.items() if SCHEMAS[frame][name].kind == "boolean" and None not in values}
    return {
        name: pd.array(np.array(values, dtype=bool), dtype="boolean") if name in flags else values
        for name, values in rows.items()
    }


def times(texts: list[str | None]) -> Any:
    """Times as the API server writes them (RFC 3339, seconds, UTC); what is no time is missing."""
    try:
        if {text[19:] for text in texts if text} <= {"Z"}:
            moments = np.array([text[:19] if text else "NaT" for text in texts], dtype="datetime64[ns]")
            return pd.Series(pd.DatetimeIndex(moments).tz_localize("UTC"))
    except ValueError:
        pass
    parsed = pd.to_datetime(pd.Series(texts, dtype=object), utc=True, errors="coerce", format="ISO8601")
    return parsed.astype("datetime64[ns, UTC]")
