"""How many: READY and RESTARTS."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from nodeportkit.cells.ages import age_seconds, timedeltas
from nodeportkit.cells.columns import column, wrong
from nodeportkit.errors import ReadError

__all__ = ["Restarts", "format_restarts", "parse_ready", "parse_restarts", "ready_column", "restarts_column"]

_RESTARTS = re.compile(r"([0-9]{1,9})(?: \((\S+) ago\))?")
_READY = re.compile(r"([0-9]{1,9})/([0-9]{1,9})")


class Restarts(NamedTuple):
    """A RESTARTS cell: how often, and how long ago the last one was (`NaT` where that is not shown)."""

    times: int
    since: pd.Timedelta


def parse_restarts(text: str) -> Restarts:
    """Read a RESTARTS cell, `1` or `1 (66m ago)`.

    Examples
    --------
    >>> parse_restarts("1 (66m ago)")
    Restarts(times=1, since=Timedelta('0 days 01:06:00'))
    """
    times, seconds = _restarts(text)
    return Restarts(times, pd.NaT if seconds is None else pd.Timedelta(seconds=seconds))  # type: ignore[arg-type]


def _restarts(text: str) -> tuple[int, int | None]:
    match = _RESTARTS.fullmatch(text.strip())
    if not match:
        raise wrong("RESTARTS cell", text, "kubectl prints 1 or 1 (66m ago).")
    return int(match[1]), age_seconds(match[2]) if match[2] else None


def format_restarts(times: int, since: str | None = None) -> str:
    """Write a RESTARTS cell from the number and the printed age of the last restart.

    Examples
    --------
    >>> format_restarts(1, "66m"), format_restarts(0)
    ('1 (66m ago)', '0')
    """
    return f"{times} ({since} ago)" if since is not None else f"{times}"


def parse_ready(text: str) -> tuple[int, int]:
    """Read a READY cell, `2/3`: how many are ready, and of how many.

    Examples
    --------
    >>> parse_ready("2/3")
    (2, 3)
    """
    match = _READY.fullmatch(text.strip())
    if not match:
        raise wrong("READY cell", text, "kubectl prints the ready ones and all, such as 2/3.")
    return int(match[1]), int(match[2])


def ready_column(
    texts: Iterable[Any], bad: dict[str, ReadError] | None = None
) -> tuple[pd.arrays.IntegerArray, pd.arrays.IntegerArray]:
    """Read the two numbers of a whole READY column.

    Examples
    --------
    >>> ready, of = ready_column(["2/3", "", "1/1"])
    >>> ready.tolist(), of.tolist()
    ([2, <NA>, 1], [3, <NA>, 1])
    """
    cells = column(texts, parse_ready, (None, None), bad)
    return _integers([ready for ready, _ in cells]), _integers([of for _, of in cells])


def restarts_column(
    texts: Iterable[Any], bad: dict[str, ReadError] | None = None
) -> tuple[pd.arrays.IntegerArray, pd.arrays.TimedeltaArray]:
    """Read a whole RESTARTS column: how often, and how long ago the last one was.

    Examples
    --------
    >>> counts, since = restarts_column(["0", "1 (66m ago)", None])
    >>> counts.tolist(), since[1]
    ([0, 1, <NA>], Timedelta('0 days 01:06:00'))
    """
    cells = column(texts, _restarts, (None, None), bad)
    return _integers([times for times, _ in cells]), timedeltas([seconds for _, seconds in cells])


def _integers(values: Sequence[int | None]) -> pd.arrays.IntegerArray:
    missing = np.array([value is None for value in values], dtype=bool)
    return pd.arrays.IntegerArray(np.array([value or 0 for value in values], dtype=np.int64), missing)
