"""Pearson's chi-square test: its distribution in closed form, and how many observations it takes to see an effect.

The tail of the chi-square distribution with a whole number of degrees of freedom is a finite sum (Abramowitz and Stegun,
Handbook of Mathematical Functions, 26.4.4 and 26.4.5); Cohen, Statistical Power Analysis for the Behavioral Sciences, ch. 7.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["detectable", "tail", "threshold"]

Floats = npt.NDArray[np.float64]


def tail(value: float, df: int) -> float:
    """The chance of a chi-square of at least `value`, with `df` degrees of freedom.

    Examples
    --------
    >>> round(tail(3.841, 1), 4), round(tail(173.7, 6), 4)
    (0.05, 0.0)
    """
    return float(_tails(value, df, 1)[0]) if df else float(value <= 0)


def threshold(df: int, chance: float = 0.05) -> float:
    """The chi-square that is reached with this chance.

    Examples
    --------
    >>> round(threshold(1), 2), round(threshold(9), 2)
    (3.84, 16.92)
    """
    return _crossing(lambda value: chance - tail(value, df), df + 10.0)


@cache
def detectable(df: int, chance: float = 0.05, power: float = 0.8) -> float:
    """The noncentrality at which a test at level `chance` finds out with probability `power`: Cohen's w squared, times n.

    Examples
    --------
    >>> [round(detectable(df), 2) for df in (1, 2, 4, 9)]
    [7.85, 9.63, 11.94, 15.65]
    """
    limit = threshold(df, chance)
    return _crossing(lambda noncentral: _noncentral_tail(limit, df, noncentral) - power, df + 10.0)


def _tails(value: float, df: int, count: int) -> Floats:
    """The tail for df, df + 2, df + 4, ...: each adds a positive term to the one before."""
    half = max(value, 0.0) / 2
    if half == 0:
        return np.ones(count)
    odd = df % 2
    start = math.erfc(math.sqrt(half)) if odd else 0.0
    power = np.arange(df // 2 + count - 1) + odd / 2
    terms = np.exp(power * math.log(half) - half - _log_factorials(power))
    sums = start + np.concatenate([[0.0], np.cumsum(terms)])
    return np.minimum(sums[df // 2 :], 1.0)


def _log_factorials(values: npt.NDArray[Any]) -> Floats:
    """Of values that go up by 1, from 0 or from 1/2."""
    if not len(values):
        return np.empty(0)
    return math.lgamma(values[0] + 1) + np.concatenate([[0.0], np.cumsum(np.log(values[1:]))])


def _noncentral_tail(value: float, df: int, noncentral: float) -> float:
    """A Poisson mixture of tails, as far as its weights matter."""
    half = noncentral / 2
    count = int(half + 12 * math.sqrt(half) + 30)
    place = np.arange(count)
    weights = np.exp(place * math.log(half) - half - _log_factorials(place))
    return float(weights @ _tails(value, df, count))


def _crossing(rising: Callable[[float], float], high: float) -> float:
    """Where a rising function crosses 0, above 0."""
    low = 0.0
    while rising(high) < 0:
        low, high = high, 2 * high
    for _ in range(100):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return high
