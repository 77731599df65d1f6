"""What chance allows: the counts that a fair draw gives nearly always."""

from __future__ import annotations

import math

import numpy as np

__all__ = ["allowed"]


def allowed(total: int, share: float, miss: float) -> tuple[int, int]:
    """The least and the most of `total` connections that a pod with this share gets, but for a chance of `miss`.

    The exact quantiles of the binomial distribution, with half of `miss` at most on either side.

    Examples
    --------
    >>> allowed(100, 0.5, 0.05), allowed(10, 0.0, 0.05)
    ((40, 60), (0, 0))
    """
    if share <= 0 or share >= 1:
        certain = 0 if share <= 0 else total
        return certain, certain
    middle, wide = total * share, 10 * math.sqrt(total * share * (1 - share)) + 40
    first, last = max(0, math.floor(middle - wide)), min(total, math.ceil(middle + wide))
    count = np.arange(first, last + 1, dtype=float)
    # Each probability from the one before; those left out are too small to count.
    ratio = np.log((total - count[:-1]) / (count[:-1] + 1) * (share / (1 - share)))
    logs = np.concatenate([[0.0], np.cumsum(ratio)])
    chance = np.exp(logs - logs.max())
    below = np.cumsum(chance / chance.sum())
    low = int(np.searchsorted(below, miss / 2, side="right"))
    high = int(np.searchsorted(below, 1 - miss / 2, side="left"))
    return first + low, first + min(high, len(count) - 1)
