"""The columns of many slices of objects -> typed frames."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from nodeportkit.frames import conform
from nodeportkit.sources.objects.kinds import Part
from nodeportkit.sources.reader import Fragment

__all__ = ["Gathered"]


class Gathered:
    """The columns of many slices of objects, one after the other."""

    def __init__(self) -> None:
        self._parts: list[Part] = []

    def add(self, parts: list[Part]) -> None:
        """Put the columns of a further slice below those that are here."""
        if not self._parts:
            # Columns of several parts may be one list: each gets its own to grow.
            self._parts = [
                part._replace(rows=_copied(part.rows), covers=part.covers and _copied(part.covers)) for part in parts
            ]
            return
        for whole, part in zip(self._parts, parts, strict=True):
            for name, values in part.rows.items():
                whole.rows[name].extend(values)
            for name, values in (part.covers or {}).items():
                if whole.covers is not None:
                    whole.covers[name].extend(values)

    def fragments(self, now: datetime | None) -> list[Fragment]:
        """The columns as typed frames; ages count to `now`."""
        return [
            Fragment(
                part.frame,
                conform(part.frame, _with_times(part.rows, now)),
                covers=None if part.covers is None else pd.DataFrame(part.covers, dtype=object),
                detail=part.detail,
            )
            for part in self._parts
        ]


def _copied(columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {name: list(values) for name, values in columns.items()}


def _with_times(rows: dict[str, list[Any]], now: datetime | None) -> dict[str, Any]:
    """The columns with the times of creation as such, and the age that they make."""
    if "created" not in rows:
        return rows
    created = _times(rows["created"])
    typed: dict[str, Any] = {**rows, "created": created}
    if now is not None:
        typed["age"] = pd.Series(pd.Timestamp(now) - created)
    return typed


def _times(texts: list[str | None]) -> Any:
    """Times as the API server writes them (RFC 3339, seconds, UTC); what is no time is missing."""
    try:
        if all(text is None or (len(text) == 20 and text[-1] == "Z") for text in texts):
            moments = np.array([text[:-1] if text else "NaT" for text in texts], dtype="datetime64[ns]")
            return pd.Series(pd.DatetimeIndex(moments).tz_localize("UTC"))
    except ValueError:
        pass
    parsed = pd.to_datetime(pd.Series(texts, dtype=object), utc=True, errors="coerce", format="ISO8601")
    return parsed.astype("datetime64[ns, UTC]")
