"""From shares and counts to what their picture has to show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from nodeportkit.errors import NodePortKitError
from nodeportkit.figures.flow.titles import evenness
from nodeportkit.figures.fractions import connections
from nodeportkit.figures.shares.chance import allowed
from nodeportkit.figures.verdict import foot_of, judged
from nodeportkit.traffic.comparison import LEVEL, Comparison

__all__ = ["Row", "Scene", "build"]

_MOST: Final = 16
_PORT: Final = ["namespace", "service", "port_name", "protocol"]
_MISS: Final = 0.05  # how often chance alone puts any row outside of its band


@dataclass(frozen=True, slots=True)
class Row:
    """A pod, all pods of a node, or what is lost.

    Attributes
    ----------
    node, name
        The node it is on, and its name, or how many pods.
    share, observed
        The part of the connections expected, and seen; None if nothing was counted.
    count
        How many connections were seen.
    low, high
        The part that chance allows.
    lost
        Whether these connections reach no pod.
    odd
        Whether chance does not explain what was seen.
    """

    node: str
    name: str
    share: float
    observed: float | None = None
    count: int | None = None
    low: float = 0.0
    high: float = 1.0
    lost: bool = False
    odd: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """Shares, and what was counted.

    Attributes
    ----------
    total
        How many connections were counted; None if nothing was.
    foot
        Whether chance explains the counts, and the figures behind that.
    """

    title: str
    subtitle: str
    rows: tuple[Row, ...]
    total: int | None = None
    foot: str = ""


def build(expected: pd.DataFrame, observed: pd.DataFrame | None, found: Comparison | None = None) -> Scene:
    """What is to be shown of the first service port in `expected`.

    `found` is what `compare` says of them, if it is known already.
    """
    _need(expected, ["pod", "address", "pod_node", "share"], "expected shares")
    key = expected[[column for column in _PORT if column in expected]].drop_duplicates().head(1)
    expected = _of_port(expected, key)
    if expected.empty:
        raise NodePortKitError("there is no row in the expected shares", hint="Give what `shares` returns.")
    ends = _ends(expected, expected["share"].astype(float)).rename(columns={"value": "share"})
    lost, total, seen, seen_lost = float(expected.loc[expected["address"].isna(), "share"].sum()), None, None, 0
    if observed is not None:
        _need(observed, ["address", "connections"], "counts")
        observed = _of_port(observed.reindex(columns=[*dict.fromkeys([*observed, "pod", "pod_node"])]), key)
        counts = observed["connections"].astype(float)
        seen = _ends(observed, counts)
        away = observed["address"].isna()
        seen_lost = int(counts[away].sum() + (observed["lost"].sum() if "lost" in observed else 0))
        total = int(seen["value"].sum()) + seen_lost
        if total <= 0:
            raise NodePortKitError("no connection was counted", hint="Count some first, or leave out the counts.")
        ends = _joined(ends, seen)
    rows = _rows(ends)
    if lost > 0 or seen_lost:
        rows.append(Row("", "lost", lost, count=None if total is None else seen_lost, lost=True))
    if total is None:
        return Scene(_predicted(expected, lost), _subtitle(expected, total), tuple(rows))
    found = found or judged(ends["share"], ends["count"], ends["pod"])
    by_chance = found is None or found.p >= LEVEL
    rows = [_judged(row, total, _MISS / len(rows), by_chance=by_chance) for row in rows]
    return Scene(_verdict(rows, found), _subtitle(expected, total), tuple(rows), total, foot_of(found))


def _need(frame: pd.DataFrame, columns: list[str], what: str) -> None:
    missing = [column for column in columns if column not in frame]
    if missing:
        raise NodePortKitError(
            f"the {what} have no column {', '.join(missing)}", hint=f"Needed are {', '.join(columns)}."
        )


def _of_port(frame: pd.DataFrame, key: pd.DataFrame) -> pd.DataFrame:
    mine = np.ones(len(frame), dtype=bool)
    for column in key:
        if column in frame and len(key):
            mine &= frame[column].eq(key[column].iloc[0]).fillna(False).to_numpy(dtype=bool)
    return frame[mine].reset_index(drop=True)


def _ends(frame: pd.DataFrame, value: pd.Series) -> pd.DataFrame:
    """Each endpoint once: pod, pod_node and the sum of its values."""
    reached = frame.assign(value=value)[frame["address"].notna()]
    first = reached.drop_duplicates("address").set_index("address")[["pod", "pod_node"]]
    return first.assign(value=reached.groupby("address")["value"].sum())


def _joined(ends: pd.DataFrame, seen: pd.DataFrame) -> pd.DataFrame:
    """Expected and seen endpoints; those that were seen unexpected have share 0."""
    every = pd.concat([ends[["pod", "pod_node"]], seen[["pod", "pod_node"]]])
    every = every[~every.index.duplicated()]
    return every.assign(share=ends["share"], count=seen["value"]).fillna({"share": 0.0, "count": 0.0})


def _rows(ends: pd.DataFrame) -> list[Row]:
    """A row for each pod, by node; for each node, if there are many pods; the least of many nodes together."""
    place = pd.factorize(ends["pod_node"].astype(object), use_na_sentinel=False)[0]
    ends = ends.assign(place=place).sort_values("place", kind="stable")
    if len(ends) <= _MOST:
        return [_row(ends.iloc[[i]]) for i in range(len(ends))]
    busiest = ends.groupby("place")["share"].sum().sort_values(ascending=False, kind="stable").index
    shown = set(busiest if len(busiest) <= _MOST else busiest[: _MOST - 1])
    rows = [_row(pods) for place, pods in ends.groupby("place") if place in shown]
    rest = ends[~ends["place"].isin(shown)]
    return [*rows, _row(rest)] if len(rest) else rows


def _row(pods: pd.DataFrame) -> Row:
    nodes = pods["pod_node"].unique()
    node = f"{len(nodes):,} more nodes" if len(nodes) > 1 else "" if pd.isna(nodes[0]) else str(nodes[0])
    pod: Any = pods["pod"].iloc[0]
    name = f"{len(pods):,} pods" if len(pods) > 1 else str(pods.index[0]) if pd.isna(pod) else str(pod)
    count = int(pods["count"].sum()) if "count" in pods else None
    return Row(node, name, float(pods["share"].sum()), count=count)


def _judged(row: Row, total: int, miss: float, *, by_chance: bool) -> Row:
    """The row with what chance allows it; odd is what lies outside, unless chance explains all pods together."""
    low, high = allowed(total, min(row.share, 1.0) if row.share < 1 - 1e-9 else 1.0, miss)
    count = row.count or 0
    odd = not low <= count <= high and (row.lost or not by_chance)
    return replace(row, observed=count / total, count=count, low=low / total, high=high / total, odd=odd)


def _predicted(expected: pd.DataFrame, lost: float) -> str:
    if lost > 0:
        return f"{connections(lost, 'reaches', 'reach')} no pod"
    words, _ = evenness(expected.assign(value=expected["share"].astype(float)), predicted=True)
    return words[:1].upper() + words[1:]


def _verdict(rows: list[Row], found: Comparison | None) -> str:
    odd = [row for row in rows if row.odd]
    if not odd and found is not None and found.p < LEVEL:
        return f"This is not chance: {found.verdict.partition(' (')[0]}"
    if not odd and found is not None and found.df and found.more:
        return f"Too few connections to tell: {found.more:,} more would settle it"
    if not odd:
        return "This spread is what chance gives"
    if len(odd) > 2:
        return f"This is not chance: {len(odd):,} of {len(rows):,} get more or less than it allows"
    worst = max(odd, key=lambda row: abs((row.observed or 0.0) - row.share))
    who = f"{worst.name} of {worst.node}" if worst.name.endswith(" pods") and worst.node else worst.name
    count = f"{worst.count or 0:,} connection{'' if worst.count == 1 else 's'}"
    if worst.lost:
        return f"This is not chance: {count} lost where {'fewer' if worst.share else 'none'} should be"
    if worst.share == 0:
        return f"This is not chance: {who} got {count} and should get none"
    return f"This is not chance: {who} gets {(worst.observed or 0.0) / worst.share:.2g} times its share"


def _subtitle(expected: pd.DataFrame, total: int | None) -> str:
    row = expected.iloc[0]
    named = [f"{row['namespace']}/{row['service']}"] if {"namespace", "service"} <= set(expected) else []
    if row.get("port_name"):
        named.append(f"port {row['port_name']}")
    if total is None:
        return ", ".join([*named, "predicted shares of new connections"])
    counted = f"{total:,} connection{'' if total == 1 else 's'}"
    return f"{', '.join([*named, counted])}. Chance alone keeps all within what it allows in 95 of 100 such counts"
