"""Expected shares and observed counts, from whatever they are given as, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from nodeportkit.errors import NodePortKitError, NotFound, nearest
from nodeportkit.kube.columns import Objects, objects

__all__ = ["Beside", "Counts", "Shares", "side_by_side"]

Shares: TypeAlias = "pd.DataFrame | pd.Series[Any] | Mapping[str, float]"
Counts: TypeAlias = "pd.DataFrame | pd.Series[Any] | Mapping[str, int]"
_PORT: Final = ["namespace", "service", "port_name", "protocol"]
_COUNTS: Final = ("connections", "packets", "observed", "count")


@dataclass(frozen=True, slots=True)
class Beside:
    """Each pod with its expected share (together 1) and its observed count."""

    pod: Objects
    share: npt.NDArray[np.float64]
    observed: npt.NDArray[np.int64]


def side_by_side(expected: Shares, observed: Counts) -> Beside:
    """Expected shares and observed counts, pod by pod."""
    wanted = _expected(expected)
    by_address = all(address is not None for _, address in wanted)
    counts = _observed(observed, by_address=by_address)
    keys = {key for pair in wanted for key in pair} - {None}
    for key in counts:
        if key not in keys:
            raise NotFound(
                f"{key!r} got connections, but nothing is expected of it",
                hint=nearest(str(key), sorted(map(str, keys))),
            )
    names = np.array([address if pod is None else pod for pod, address in wanted], dtype=object)
    share = np.array(list(wanted.values()))
    found = [counts.get(name, counts.get(end, 0)) for name, (_, end) in zip(names, wanted, strict=True)]
    return Beside(names, share / share.sum(), np.array(found, dtype=np.int64))


def _expected(expected: Shares) -> dict[tuple[Any, Any], float]:
    """The share of each pod and address."""
    found: dict[tuple[Any, Any], float] = {}
    if isinstance(expected, pd.DataFrame):
        if "share" not in expected or not {"pod", "address"} & set(expected):
            raise NodePortKitError("the expected frame has no shares of pods", hint="Give what `shares` found.")
        _one_port(expected, "expected")
        nobody = np.full(len(expected), None)
        ends = (objects(expected[name]) if name in expected else nobody for name in ("pod", "address"))
        for pod, address, share in zip(*ends, _numbers(expected["share"]), strict=True):
            if pod is not None or address is not None:
                found[pod, address] = found.get((pod, address), 0.0) + share
    else:
        named = dict(expected.items())
        found = {(pod, None): share for pod, share in zip(named, _numbers(named.values()), strict=True)}
    shares = np.array(list(found.values()))
    if not np.isfinite(shares).all() or (shares < 0).any() or not shares.sum() > 0:
        raise NodePortKitError("expected shares are numbers from 0 up, and not all 0", hint="Give what `shares` found.")
    return found


def _observed(observed: Counts, *, by_address: bool) -> dict[Any, int]:
    """Counts by address, if that is given and asked for, or else by pod."""
    if isinstance(observed, pd.DataFrame):
        column = next((name for name in _COUNTS if name in observed and observed[name].notna().any()), None)
        if column is None or not {"pod", "address"} & set(observed):
            raise NodePortKitError(
                "the observed frame counts nothing",
                hint="Give what `simulate` found, or the endpoints of `read_rules` of a dump with counters (`iptables-save -c`).",
            )
        _one_port(observed, "observed")
        by = "address" if "address" in observed and by_address else "pod"
        if by not in observed:
            raise NodePortKitError(f"the observed frame has no column {by}", hint="Expect shares of what it has.")
        keys, values = objects(observed[by]), objects(observed[column])
    else:
        named = dict(observed.items())
        keys, values = np.array([*named, None], dtype=object)[:-1], np.array([*named.values(), None], dtype=object)[:-1]
    counts: dict[Any, int] = {}
    for key, value, number in zip(keys, values, _numbers(values), strict=True):
        if key is None:
            continue
        if not np.isfinite(number) or number < 0 or number != round(number):
            raise NodePortKitError(f"{value!r} is no count of {key}", hint="Give whole numbers from 0 up.")
        counts[key] = counts.get(key, 0) + int(number)
    return counts


def _numbers(values: Iterable[Any]) -> list[float]:
    """The values as numbers, NaN for what is none."""
    found = pd.to_numeric(pd.Series(list(values), dtype=object), errors="coerce")
    return found.astype(float).tolist()


def _one_port(frame: pd.DataFrame, which: str) -> None:
    named = [objects(frame[column]) for column in _PORT if column in frame]
    found = dict.fromkeys(zip(*named, strict=True))
    if len(found) > 1:
        ports = ", ".join("/".join("" if cell is None else str(cell) for cell in port) for port in list(found)[:3])
        raise NodePortKitError(
            f"the {which} frame is of several service ports: {ports}", hint="Choose the rows of one of them."
        )
