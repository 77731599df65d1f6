"""What a simulated run comes to, as a frame: connections that landed, the requests that they carried, those lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from nodeportkit.errors import NodePortKitError
from nodeportkit.traffic.sharing import cells, port_cells, strings
from nodeportkit.traffic.spread import Spread
from nodeportkit.traffic.tally import Tally

__all__ = ["Requests", "counted", "whole"]

Requests: TypeAlias = (
    int | Sequence[int] | npt.NDArray[np.integer[Any]] | Callable[[np.random.Generator, int], npt.NDArray[Any]]
)

_SLICE: Final = 1 << 21  # connections whose requests are drawn in one go


def whole(what: str, number: Any) -> int:
    """A whole number from 0 up, or an error."""
    if isinstance(number, bool) or not isinstance(number, int | np.integer) or not 0 <= number <= 2**53:
        raise NodePortKitError(f"{number!r} is no number of {what}", hint="Give a whole number from 0 to 2**53.")
    return int(number)


def counted(
    spread: Spread,
    tally: Tally,
    eligible: npt.NDArray[np.bool_],
    rng: np.random.Generator,
    requests: Requests,
    by: str,
) -> pd.DataFrame:
    """The frame that `simulate` gives."""
    at, member, count = tally.counts()
    idle = np.flatnonzero(eligible & ~np.isin(np.arange(len(eligible)), member))
    rows = len(at) + len(idle)
    none = np.zeros(len(idle), dtype=np.int64)
    landed = np.append(np.where(member < 0, 0, count), none)
    columns = port_cells(spread, rows)
    if by == "path":
        columns["node"] = strings(np.append(spread.node[at], np.full(len(idle), None)))
    return pd.DataFrame(
        {
            **columns,
            **cells(spread, np.append(member, idle)),
            "connections": landed,
            "requests": _requests(landed, requests, rng),
            "lost": np.append(np.where(member < 0, count, 0), none),
        }
    )


def _requests(landed: npt.NDArray[np.int64], requests: Requests, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """How many requests the connections of each row carry together."""
    if callable(requests):
        return np.array([_drawn_requests(int(number), requests, rng) for number in landed], dtype=np.int64)
    if isinstance(requests, int | np.integer):
        return landed * whole("requests", requests)
    values = np.asarray(requests)
    if values.ndim != 1 or not len(values) or values.dtype.kind not in "iu" or (values < 0).any():
        raise NodePortKitError(
            f"{requests!r} is no number of requests",
            hint="Give a whole number, several of them, or a function that draws them.",
        )
    return np.asarray(rng.multinomial(landed, np.full(len(values), 1 / len(values))) @ values.astype(np.int64))


def _drawn_requests(
    number: int, draw_requests: Callable[[np.random.Generator, int], npt.NDArray[Any]], rng: np.random.Generator
) -> int:
    total = 0
    for first in range(0, number, _SLICE):
        size = min(_SLICE, number - first)
        drawn = np.asarray(draw_requests(rng, size))
        if drawn.shape != (size,) or drawn.dtype.kind not in "iu" or (drawn < 0).any():
            raise NodePortKitError(
                f"the function drew {drawn.dtype} of shape {drawn.shape} for {size:,} connections",
                hint="Let it give a whole number from 0 up for each, as `lambda rng, n: rng.geometric(0.1, n)` does.",
            )
        total += int(drawn.sum())
    return total
