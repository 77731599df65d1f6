"""How long ago: the AGE of a row, the time of an event."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from pandas.api.typing import NaTType, NAType

from nodeportkit.cells.columns import NONE, UNKNOWN, column, wrong
from nodeportkit.errors import ReadError

__all__ = [
    "INVALID",
    "RepeatedAge",
    "age_seconds",
    "ages",
    "format_age",
    "parse_age",
    "parse_repeated_age",
    "timedeltas",
]

INVALID: Final = "<invalid>"
_NO_AGE: Final = frozenset({UNKNOWN, INVALID, NONE})
_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86400, 365 * 86400
_AGE = re.compile(r"(?:([0-9]+)y)?(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?")
_REPEATED = re.compile(r"(\S+) \(x([0-9]{1,9}) over (\S+)\)")
_MOST_SECONDS: Final = 2**63 // 10**9 - 1  # what the nanoseconds of a frame can hold: 292 years
_NAT: Final = np.iinfo(np.int64).min


class RepeatedAge(NamedTuple):
    """The time of an event: how long ago the last and the first were seen, and how often."""

    last: pd.Timedelta
    times: int
    first: pd.Timedelta


def age_seconds(text: str) -> int | None:
    """Count the seconds of a printed age; None for one that kubectl did not know."""
    text = text.strip()
    if text in _NO_AGE:
        return None
    match = _AGE.fullmatch(text)
    if not match or not text or len(text) > 40:
        raise wrong("age", text, "kubectl prints ages as 45s, 3m10s, 66m, 5h3m, 2d17h, 23d or 2y45d.")
    years, days, hours, minutes, seconds = map(int, match.groups("0"))
    seconds += years * _YEAR + days * _DAY + hours * _HOUR + minutes * _MINUTE
    if seconds > _MOST_SECONDS:
        raise wrong("age", text, "It is longer than 292 years, the most that a frame can hold.")
    return seconds


def parse_age(text: str) -> pd.Timedelta:
    """Read an age as kubectl prints it: how long ago.

    kubectl rounds down (`2d17h` is anything from 65 hours up to 66), and so does the answer.

    Parameters
    ----------
    text
        `45s`, `3m10s`, `66m`, `5h3m`, `2d17h`, `23d`, `2y45d`; a year is 365 days.

    Returns
    -------
    pandas.Timedelta
        `NaT` for `<unknown>`, `<invalid>` (a time in the future) and `<none>`.

    Raises
    ------
    ReadError
        If the text is no age.

    Examples
    --------
    >>> parse_age("2d17h")
    Timedelta('2 days 17:00:00')
    >>> parse_age("<unknown>")
    NaT
    """
    if not isinstance(text, str):
        raise wrong("age", text, "Give the text as kubectl printed it, such as '2d17h'.")
    seconds = age_seconds(text)
    return pd.NaT if seconds is None else pd.Timedelta(seconds=seconds)  # type: ignore[return-value]


def format_age(seconds: float | datetime.timedelta | np.timedelta64 | NaTType | NAType | None) -> str:
    """Write an age as kubectl does: two or three significant digits, always rounded down.

    The rules are those of `HumanDuration` (kubernetes/kubernetes, staging/src/k8s.io/apimachinery/pkg/util/duration): two
    units where the first is small, one where it is large, a second part of zero is left out. Two seconds or more in
    the future is `<invalid>`, less than that counts as now.

    Parameters
    ----------
    seconds
        Seconds, or any timedelta. Missing (`NaT`, `NA`, NaN, None) gives `<unknown>`.

    Raises
    ------
    ReadError
        If it is no length of time.

    Examples
    --------
    >>> [format_age(s) for s in (45, 190, 3960, 234000, 2_000_000, -5)]
    ['45s', '3m10s', '66m', '2d17h', '23d', '<invalid>']
    """
    if seconds is None or pd.isna(seconds):
        return UNKNOWN
    whole = _whole_seconds(seconds)
    if whole < -1:
        return INVALID
    if whole < 2 * _MINUTE:
        return f"{max(whole, 0)}s"
    if whole < 10 * _MINUTE:
        return _two_units(whole, _MINUTE, "m", 1, "s")
    if whole < 3 * _HOUR:
        return f"{whole // _MINUTE}m"
    if whole < 8 * _HOUR:
        return _two_units(whole, _HOUR, "h", _MINUTE, "m")
    if whole < 2 * _DAY:
        return f"{whole // _HOUR}h"
    if whole < 8 * _DAY:
        return _two_units(whole, _DAY, "d", _HOUR, "h")
    if whole < 2 * _YEAR:
        return f"{whole // _DAY}d"
    if whole < 8 * _YEAR:
        return _two_units(whole, _YEAR, "y", _DAY, "d")
    return f"{whole // _YEAR}y"


def _whole_seconds(time: object) -> int:
    """Cut a length of time to whole seconds, towards zero as Go does."""
    if isinstance(time, np.timedelta64):
        time = pd.Timedelta(time)
    if isinstance(time, datetime.timedelta):
        time = time.total_seconds()
    if isinstance(time, (int, float, np.integer, np.floating)) and not isinstance(time, bool) and math.isfinite(time):
        return int(time)
    raise wrong("length of time", time, "Give seconds or a timedelta.")


def _two_units(seconds: int, size: int, unit: str, lesser_size: int, lesser_unit: str) -> str:
    lesser = seconds % size // lesser_size
    return f"{seconds // size}{unit}{lesser}{lesser_unit}" if lesser else f"{seconds // size}{unit}"


def parse_repeated_age(text: str) -> RepeatedAge:
    """Read when an event was seen: `3m`, or `3m (x4 over 6m)` for one that came back.

    Examples
    --------
    >>> parse_repeated_age("3m (x4 over 6m)")
    RepeatedAge(last=Timedelta('0 days 00:03:00'), times=4, first=Timedelta('0 days 00:06:00'))
    """
    match = _REPEATED.fullmatch(text.strip())
    if match:
        return RepeatedAge(parse_age(match[1]), int(match[2]), parse_age(match[3]))
    age = parse_age(text)
    return RepeatedAge(age, 1, age)


def ages(texts: Iterable[Any], bad: dict[str, ReadError] | None = None) -> pd.arrays.TimedeltaArray:
    """Read the ages of a whole column, in nanoseconds as frames keep them.

    Examples
    --------
    >>> pd.Series(ages(["45s", "<unknown>", None, "2d"])).dt.total_seconds().tolist()
    [45.0, nan, nan, 172800.0]
    """
    return timedeltas(column(texts, age_seconds, None, bad))


def timedeltas(seconds: Iterable[int | None]) -> pd.arrays.TimedeltaArray:
    """Make an array of times, in nanoseconds as frames keep them, from whole seconds."""
    values = np.array([_NAT if s is None else s for s in seconds], dtype=np.int64)
    return pd.TimedeltaIndex(values.view("m8[s]")).as_unit("ns").array
