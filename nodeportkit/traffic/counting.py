"""Expected shares and observed counts, from whatever they are given as, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd

from nodeportkit.errors import NodePortKitError, NotFound, nearest
from nodeportkit.frames import STRING

__all__ = ["Counts", "Shares", "side_by_side"]

Shares: TypeAlias = "pd.DataFrame | pd.Series[Any] | Mapping[str, float]"
Counts: TypeAlias = "pd.DataFrame | pd.Series[Any] | Mapping[str, int]"
_PORT: Final = ["namespace", "service", "port_name", "protocol"]
_COUNTS: Final = ("connections", "packets", "observed", "count")


def side_by_side(expected: Shares, observed: Counts) -> pd.DataFrame:
    """Each pod with its expected share (together 1) and its observed count: columns pod, share, observed."""
    wanted = _expected(expected)
    counts = _observed(observed, wanted)
    names = wanted["pod"].fillna(wanted["address"]).astype(object)
    table = pd.DataFrame({"pod": names, "share": wanted["share"].astype(float)})
    keys = pd.concat([names, wanted["address"].astype(object)]).dropna()
    for key in counts.index:
        if not keys.eq(key).any():
            raise NotFound(
                f"{key!r} got connections, but nothing is expected of it", hint=nearest(str(key), keys.astype(str))
            )
    by_name, by_address = (column.astype(object).map(counts) for column in (names, wanted["address"]))
    table["observed"] = by_name.fillna(by_address).fillna(0).to_numpy(dtype=np.int64)
    return table


def _expected(expected: Shares) -> pd.DataFrame:
    if isinstance(expected, pd.DataFrame):
        if not {"share"} <= set(expected) or not {"pod", "address"} & set(expected):
            raise NodePortKitError("the expected frame has no shares of pods", hint="Give what `shares` found.")
        _one_port(expected, "expected")
        frame = expected.reindex(columns=["pod", "address", "share"])
        frame = frame[frame[["pod", "address"]].notna().any(axis="columns")]
        frame = frame.groupby(["address", "pod"], sort=False, dropna=False)["share"].sum().reset_index()
    else:
        named = dict(expected.items())
        frame = pd.DataFrame({"pod": list(named), "address": None, "share": list(named.values())})
    share = pd.to_numeric(frame["share"], errors="coerce").astype(float)
    if not np.isfinite(share).all() or (share < 0).any() or not share.sum() > 0:
        raise NodePortKitError("expected shares are numbers from 0 up, and not all 0", hint="Give what `shares` found.")
    return frame.assign(
        share=share / share.sum(), pod=frame["pod"].astype(STRING), address=frame["address"].astype(STRING)
    )


def _observed(observed: Counts, wanted: pd.DataFrame) -> pd.Series[Any]:
    """Counts by pod or address."""
    if isinstance(observed, pd.DataFrame):
        column = next((name for name in _COUNTS if name in observed and observed[name].notna().any()), None)
        if column is None or not {"pod", "address"} & set(observed):
            raise NodePortKitError(
                "the observed frame counts nothing",
                hint="Give what `simulate` found, or the endpoints of `read_rules` of a dump with counters (`iptables-save -c`).",
            )
        _one_port(observed, "observed")
        by = "address" if "address" in observed and wanted["address"].notna().all() else "pod"
        if by not in observed:
            raise NodePortKitError(f"the observed frame has no column {by}", hint="Expect shares of what it has.")
        rows = observed[observed[by].notna()]
        counts = rows.groupby(by, sort=False)[column].sum()
    else:
        counts = pd.Series(dict(observed.items()), dtype=object)
    numbers = pd.to_numeric(counts, errors="coerce").astype(float)
    wrong = numbers[~(np.isfinite(numbers) & (numbers >= 0) & (numbers == numbers.round()))]
    if len(wrong):
        raise NodePortKitError(
            f"{counts[wrong.index[0]]!r} is no count of {wrong.index[0]}", hint="Give whole numbers from 0 up."
        )
    return numbers.astype(np.int64)


def _one_port(frame: pd.DataFrame, which: str) -> None:
    named = [column for column in _PORT if column in frame]
    found = frame[named].drop_duplicates()
    if len(found) > 1:
        ports = ", ".join("/".join(str(cell) for cell in row) for row in found.astype(object).fillna("").to_numpy()[:3])
        raise NodePortKitError(
            f"the {which} frame is of several service ports: {ports}", hint="Choose the rows of one of them."
        )
