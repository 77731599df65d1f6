"""What the traffic explorer says: what was predicted, what chance made of it, and whether it is chance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from nodeportkit.figures.flow.titles import evenness
from nodeportkit.figures.fractions import connections, percent
from nodeportkit.traffic.comparison import LEVEL, Comparison, compare

__all__ = ["Run", "told"]


@dataclass(frozen=True, slots=True)
class Run:
    """What was asked, and what came of it.

    Attributes
    ----------
    predicted, counts
        What `shares` and `simulate` found.
    connections, seed, requests
        How many connections, the seed of chance, and how many requests each connection carries.
    clients
        How many clients they come from, each staying with its pod; None without session affinity.
    entries
        How many nodes connections enter at.
    """

    predicted: pd.DataFrame
    counts: pd.DataFrame
    connections: int
    seed: int
    requests: int
    clients: int | None
    entries: int

    @property
    def by_path(self) -> bool:
        """Whether each way from a node to a pod was looked at, and not each pod alone."""
        return "hop" in self.predicted

    def verdict(self) -> Comparison | None:
        """Counts against shares; None where no connection reaches a pod."""
        if not self.predicted.loc[self.predicted["address"].notna(), "share"].sum() > 0:
            return None
        return compare(self.predicted, self.counts)


def told(run: Run, verdict: Comparison | None) -> Iterator[tuple[str, str]]:
    """Each line with what it is about."""
    yield "Predicted", _predicted(run.predicted)
    yield "Simulated", _simulated(run)
    yield "Verdict", "No connection reaches a pod." if verdict is None else verdict.verdict
    if run.clients is not None and verdict is not None:
        yield "Affinity", _sticky(run)
    if run.requests > 1 and verdict is not None:
        yield "Keep-alive", _kept(run, verdict)
    if not run.by_path:
        yield "Picture", "there are too many ways from nodes to pods to draw each: shares are shown by pod."


def _predicted(predicted: pd.DataFrame) -> str:
    """How even, how much is lost, how much crosses."""
    share = predicted["share"].astype(float)
    lost = float(share[predicted["address"].isna().to_numpy(dtype=bool)].sum())
    crosses = (
        float(share[predicted["hop"].eq("cross-node").fillna(False).to_numpy(dtype=bool)].sum())
        if "hop" in predicted
        else float(predicted["cross_node"].fillna(0.0).sum())
    )
    if lost > 1 - 1e-9:
        return "every connection is lost."
    even, _ = evenness(predicted.assign(value=share), predicted=True)
    even = even.replace("all 2 pods", "both pods")
    each = predicted[predicted["address"].notna()].assign(value=share).groupby("address")["value"].sum()
    if len(each) > 1 and each.max() - each.min() < 1e-9:
        even = f"{even}, {percent(float(each.iloc[0]))}"
    said = f"{even}; {connections(crosses, 'takes', 'take').lower()} an extra hop"
    return f"{said}; {connections(lost, 'is', 'are').lower()} lost." if lost > 0 else f"{said}."


def _simulated(run: Run) -> str:
    counts = run.counts
    reached = counts[counts["address"].notna()]
    each = reached.groupby("address")["connections"].sum()
    names = reached.drop_duplicates("address").set_index("address")["pod"].fillna("")
    lost = int(counts["lost"].sum())
    said = f"{run.connections:,} connection{'' if run.connections == 1 else 's'} (seed {run.seed})"
    if not len(each):
        return f"{said}: all {lost:,} lost."
    least, most = str(each.idxmin()), str(each.idxmax())
    said += f": {int(each[least]):,} to {names[least] or least}, {int(each[most]):,} to {names[most] or most}"
    return f"{said}; {lost:,} lost." if lost else f"{said}."


def _sticky(run: Run) -> str:
    draws = (run.clients or 0) * run.entries
    clients = f"{run.clients:,} client{'' if run.clients == 1 else 's'}"
    return (
        f"each of {clients} has one pod at each entry node, so the dice fall at most {draws:,} "
        f"time{'' if draws == 1 else 's'}, not {run.connections:,} times: more clients, not more connections, make it even."
    )


def _kept(run: Run, verdict: Comparison) -> str:
    """What one would think who counted requests."""
    reached = run.counts[run.counts["address"].notna()]
    requests = reached.groupby("address")["requests"].sum()
    carried = int(requests.sum())
    said = (
        f"{carried:,} requests came on {int(reached['connections'].sum()):,} connections, and all requests on a connection "
        f"go to one pod: {int(requests.min()):,} to {int(requests.max()):,} a pod."
    )
    fooled = compare(run.predicted, reached.assign(connections=reached["requests"]))
    if fooled.p < LEVEL <= verdict.p:
        said += " Counted as if each request had been drawn by itself, that would pass for unfair; it is not."
    return said
