"""Pods that come and go during a simulated run."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any, Final, Literal, TypeAlias

import pandas as pd

from nodeportkit.errors import NodePortKitError, NotFound, nearest

__all__ = ["PodEvent", "phases"]

PodEvent: TypeAlias = tuple[float | int, str, Literal["add", "remove"]]
_KINDS: Final = ("add", "remove")


def phases(endpoints: pd.DataFrame, connections: int, events: Iterable[PodEvent]) -> Iterator[tuple[int, pd.DataFrame]]:
    """The run in phases between events: how many connections come in each, and the endpoints as they are then.

    A pod that an event takes away keeps its row, neither ready nor serving, so that endpoints keep their places. One whose
    first event is `add` is away before.

    Raises
    ------
    NotFound
        If an event names a pod that is no endpoint.
    NodePortKitError
        If an event is not made of a moment within the run, a pod, and `add` or `remove`.
    """
    known = endpoints["pod"].dropna()
    moments = sorted(
        (_checked(event, connections, known) for event in events), key=lambda event: event[0]
    )  # stable: what happens at one moment happens in the order given
    there: dict[str, bool] = {}
    for _, pod, kind in reversed(moments):
        there[pod] = kind == "remove"
    done = 0
    for moment, pod, kind in moments:
        if moment > done:
            yield moment - done, _with(endpoints, there)
            done = moment
        there[pod] = kind == "add"
    yield connections - done, _with(endpoints, there)


def _checked(event: Any, connections: int, known: pd.Series[Any]) -> tuple[int, str, str]:
    hint = (
        'Give (moment, pod, "add" or "remove"): the moment as a fraction like 0.5, or as a whole number of connections.'
    )
    if not isinstance(event, tuple | list) or len(event) != 3 or event[2] not in _KINDS:
        raise NodePortKitError(f"{event!r} is no event", hint=hint)
    moment, pod, kind = event
    if isinstance(moment, float) and math.isfinite(moment) and 0 <= moment <= 1:
        moment = round(moment * connections)
    if not isinstance(moment, int) or isinstance(moment, bool) or not 0 <= moment <= connections:
        raise NodePortKitError(f"{event[0]!r} is no moment of a run of {connections:,} connections", hint=hint)
    if not known.eq(pod).any():
        raise NotFound(f"There is no pod {pod!r} behind the service", hint=nearest(str(pod), known))
    return moment, pod, kind


def _with(endpoints: pd.DataFrame, there: dict[str, bool]) -> pd.DataFrame:
    if not there:
        return endpoints
    state = endpoints["pod"].map(there)
    met, here = state.notna(), state.eq(True)
    return endpoints.assign(
        ready=endpoints["ready"].mask(met, here),
        serving=endpoints["serving"].mask(met, here),
        terminating=endpoints["terminating"].mask(met, False),
    )
