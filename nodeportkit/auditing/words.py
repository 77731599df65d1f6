"""Words that messages of several checks share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from nodeportkit.standings.wording import listed

__all__ = ["as_labels", "first_of_many", "names", "percent", "port_text"]


def percent(share: float) -> str:
    """A share as a percentage that is 0 or 100 only where it is.

    Examples
    --------
    >>> percent(1 / 3), percent(0.9999), percent(1.0), percent(0.0004)
    ('33 %', '99.9 %', '100 %', '0.1 %')
    """
    if share in (0, 1):
        return f"{share:.0%}".replace("%", " %")
    if 0.01 <= share <= 0.99:
        return f"{share * 100:.0f} %"
    return f"{min(max(share * 100, 0.1), 99.9):.1f} %"


def port_text(number: Any, protocol: Any) -> str:
    """A port as kubectl prints it, `30080/TCP`."""
    return f"{number}/{'TCP' if pd.isna(protocol) else protocol}"


def as_labels(selector: Mapping[str, str]) -> str:
    """A plain selector as kubectl prints it."""
    return ",".join(f"{key}={value}" for key, value in sorted(selector.items()))


def names(values: Iterable[str], most: int = 4) -> str:
    """Names one after the other, in their order; many are counted."""
    return listed(list(dict.fromkeys(values)), most=most)


def first_of_many(first: Sequence[str], count: int, most: int = 4) -> str:
    """The first of so many names; only as many of them have to be given as are shown.

    Examples
    --------
    >>> first_of_many(["a", "b", "c", "d", "e"], 4000)
    'a, b, c, d and 3,996 more'
    """
    if count <= most + 1:
        return listed(list(first[:count]), most=most)
    return f"{', '.join(first[:most])} and {count - most:,} more"
