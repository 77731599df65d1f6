"""`compare`: whether an observed spread is what chance gives, or something else."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from nodeportkit.errors import NodePortKitError
from nodeportkit.traffic.chi_square import detectable, tail
from nodeportkit.traffic.counting import Counts, Shares, side_by_side

__all__ = ["LEVEL", "POWER", "Comparison", "chance_of", "compare", "requests_to_see"]

LEVEL: Final = 0.05
POWER: Final = 0.8
_RUNS: Final = 9_999
_CELLS: Final = 2_000_000  # of simulated runs held at a time
_MOST: Final = 50_000_000  # of them in all

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class Comparison:
    """An observed spread beside the expected one.

    Attributes
    ----------
    pods
        Frame: pod, expected and observed (connections), residual (how many standard deviations observed is above
        expected; -2 to 2 is common), share (expected), observed_share.
    total
        How many connections were observed.
    chi_square, df
        The sum of (observed - expected)**2 / expected, and the number of pods that can get any, less one.
    p
        The chance that connections which follow the expected shares spread at least as unevenly.
    method
        `chi-square`, or `simulated` where too few connections are expected for it.
    more
        How many more connections it would take to see a difference of the size asked for; 0 if there are enough.
    verdict
        What it means, in words.
    """

    pods: pd.DataFrame
    total: int
    chi_square: float
    df: int
    p: float
    method: str
    more: int
    verdict: str

    def __str__(self) -> str:
        return self.verdict

    def __repr__(self) -> str:
        return f"{self.verdict}\n{self.pods.to_string(index=False)}"

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self.verdict)}</p>{self.pods.to_html(index=False)}"


def compare(expected: Shares, observed: Counts, *, effect: float = 0.3) -> Comparison:
    """Tell whether connections spread over pods as expected, up to chance.

    Parameters
    ----------
    expected
        What `shares` found for one service port, or a mapping of pods to shares. Shares are put in proportion: what is
        lost is left out.
    observed
        A mapping of pods to counts, what `simulate` found, or the endpoints that `read_rules` found in a dump with counters,
        for the same service port. Count connections, not requests: requests on one connection all go to one pod, and so
        say nothing about chance. Under session affinity, count clients.
    effect
        The difference worth seeing, as Cohen's w: 0.1 small, 0.3 medium, 0.5 large. At 0.3, of two pods one gets 65 in 100.

    Returns
    -------
    Comparison
        `.pods` (frame), `.chi_square`, `.df`, `.p`, `.verdict`, `.more`.

    Raises
    ------
    NotFound
        If a pod was observed that nothing is expected of.
    NodePortKitError
        If shares or counts are none, or of several service ports.

    Notes
    -----
    Pearson's chi-square test at the level of 5 %. Where it is not trusted (Cochran: an expected count under 1, or more than a
    fifth of them under 5), 9,999 runs of chance are simulated instead (fewer over thousands of pods), always the same ones:
    p is the part of them that is as uneven, the observed one counted among them. How many connections it takes: so that a
    difference of the size `effect` is found with 80 % probability.

    Examples
    --------
    >>> seven = {f"web-{number}": 1 / 7 for number in range(7)}
    >>> found = compare(seven, dict(zip(seven, [60, 10, 7, 3, 6, 4, 10])))
    >>> round(found.chi_square, 1), found.df
    (173.7, 6)
    >>> print(found)
    web-0 gets 4.2 times its share (60 connections where 14.3 are expected); that is not chance (p < 0.0001).
    >>> print(compare({"web-0": 1, "web-1": 1}, {"web-0": 70, "web-1": 61}))
    This spread is what chance gives (p = 0.43).
    >>> print(compare({"web-0": 1, "web-1": 1}, {"web-0": 7, "web-1": 3}))
    Too few connections to tell (10; p = 0.21): 78 more would settle it.
    """
    if not 0 < effect < math.inf:
        raise NodePortKitError(
            f"{effect!r} is no effect size", hint="Give Cohen's w: 0.1 small, 0.3 medium, 0.5 large."
        )
    table = side_by_side(expected, observed)
    share, counts = table.share, table.observed
    total = int(counts.sum())
    each = total * share
    deviation = np.sqrt(each * (1 - share))
    gap = counts - each
    with np.errstate(divide="ignore", invalid="ignore"):
        residual = np.where(np.abs(gap) < 1e-9 * max(total, 1), 0.0, gap / deviation)
    pods = pd.DataFrame(
        {
            "pod": pd.Series(table.pod, dtype=object),
            "expected": each,
            "observed": counts,
            "residual": residual,
            "share": share,
            "observed_share": counts / total if total else np.full(len(counts), np.nan),
        }
    )
    possible = share > 0
    df = int(possible.sum()) - 1
    chi_square, p, method = chance_of(share[possible], counts[possible])
    if counts[~possible].any():
        chi_square, p = math.inf, 0.0
    more = max(0, requests_to_see(effect, df) - total) if df else 0
    verdict = _verdict(pods, total, p, more)
    return Comparison(pods, total, chi_square, df, p, method, more, verdict)


def requests_to_see(effect: float, df: int) -> int:
    """How many connections it takes to see a difference of Cohen's w = `effect`, at 5 % with 80 % probability.

    Examples
    --------
    >>> requests_to_see(0.3, 2)
    108
    """
    return math.ceil(detectable(df, LEVEL, POWER) / effect**2)


def chance_of(share: Floats, counts: Ints) -> tuple[float, float, str]:
    """Chi-square of counts against shares above 0 that sum to 1, the chance of at least as much, and how it was found.

    Examples
    --------
    >>> chi_square, p, method = chance_of(np.full(3, 1 / 3), np.array([13, 2, 12]))
    >>> round(chi_square, 2), round(p, 3), method
    (8.22, 0.016, 'chi-square')
    """
    total = int(counts.sum())
    if len(share) < 2 or not total:
        return 0.0, 1.0, "chi-square"
    each = total * share
    found = float(((counts - each) ** 2 / each).sum())
    if each.min() >= 1 and np.mean(each < 5) <= 0.2:
        return found, tail(found, len(share) - 1), "chi-square"
    rng = np.random.default_rng(0)
    runs = int(np.clip(_MOST // len(share), 999, _RUNS))
    step = max(1, _CELLS // len(share))
    as_uneven = 0
    for first in range(0, runs, step):
        drawn = rng.multinomial(total, share, size=min(step, runs - first))
        uneven = ((drawn - each) ** 2 / each).sum(axis=1)
        as_uneven += int((uneven >= found * (1 - 1e-9)).sum())  # ties count, whatever rounding says
    return found, (1 + as_uneven) / (1 + runs), "simulated"


def _verdict(pods: pd.DataFrame, total: int, p: float, more: int) -> str:
    if not total:
        return f"Nothing was observed: {more:,} connections would tell." if more else "Nothing was observed."
    if p < LEVEL:
        return f"{_most_striking(pods)}; that is not chance ({_chance(p)})."
    if (pods["share"] > 0).sum() < 2:
        return "Only one pod can get connections: there is nothing to compare."
    if more:
        return f"Too few connections to tell ({total:,}; {_chance(p)}): {more:,} more would settle it."
    return f"This spread is what chance gives ({_chance(p)})."


def _most_striking(pods: pd.DataFrame) -> str:
    """The pod that is farthest from what is expected, in words."""
    rows = list(zip(*(pods[name].tolist() for name in ("pod", "expected", "observed", "residual")), strict=True))
    name, expected, observed, _ = max(
        rows, key=lambda row: (row[2] > 0 and not row[1], round(abs(row[3]), 9), row[3])
    )  # of several the first
    if not expected:
        return f"{name} gets {observed:,} connections where none is expected"
    wanted = f"where {expected:,.1f} are expected"
    if not observed:
        return f"{name} gets no connection {wanted}"
    times = observed / expected
    words = (
        f"{times:.1f} times its share"
        if times >= 1.5
        else f"{abs(times - 1):.0%} {'more' if times > 1 else 'less'} than its share"
    )
    return f"{name} gets {words} ({observed:,} connections {wanted})"


def _chance(p: float) -> str:
    return "p < 0.0001" if p < 0.0001 else f"p = {p:.2f}" if p >= 0.1 else f"p = {p:.2g}"
