"""Where new connections enter: the entry nodes and their weights."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from nodeportkit.errors import NodePortKitError, NotFound, nearest

__all__ = ["Entry", "entry_nodes"]

Entry: TypeAlias = str | Mapping[str, float] | None


def entry_nodes(nodes: pd.DataFrame, entry: Entry) -> tuple[pd.DataFrame, npt.NDArray[np.float64]]:
    """The nodes at which connections enter, and the share of new connections that enters at each; together 1.

    Parameters
    ----------
    nodes
        A frame of nodes. If it is empty, there is one entry node without a name.
    entry
        None: every node alike, without those known to be not ready, unless all are. A name: that node only. A mapping of
        names to weights: these, in proportion.

    Raises
    ------
    NotFound
        If there is no node of a name.
    NodePortKitError
        If weights are no finite numbers from 0 up, or all are 0.

    Examples
    --------
    >>> nodes = pd.DataFrame({"name": ["a", "b", "c"], "ready": [True, True, True]})
    >>> found, weights = entry_nodes(nodes, {"c": 3, "a": 1})
    >>> found["name"].tolist(), weights.tolist()
    (['a', 'c'], [0.25, 0.75])
    """
    if entry is None:
        if nodes.empty:
            return nodes.reindex([0]), np.ones(1)
        up = ~nodes["ready"].eq(False).fillna(False).to_numpy(dtype=bool)
        found = nodes[up] if up.any() else nodes
        return found, np.full(len(found), 1 / len(found))
    wanted = {entry: 1.0} if isinstance(entry, str) else dict(entry)
    names = nodes["name"]
    for name, weight in wanted.items():
        if not names.eq(name).any():
            raise NotFound(f"There is no node {name!r} here", hint=nearest(str(name), names.dropna()))
        if not _is_weight(weight):
            raise NodePortKitError(
                f"{weight!r} is no weight for entry node {name!r}",
                hint="Give finite numbers from 0 up; they are put in proportion.",
            )
    wanted = {name: weight for name, weight in wanted.items() if weight > 0}
    if not wanted:
        raise NodePortKitError(
            "no connection enters anywhere: all entry weights are 0", hint="Give one node a weight above 0."
        )
    found = nodes[names.isin(list(wanted)).to_numpy(dtype=bool)]
    weights = np.array([float(wanted[name]) for name in found["name"]])
    weights /= weights.max()  # so that huge weights do not sum to infinity
    return found, weights / weights.sum()


def _is_weight(value: object) -> bool:
    return isinstance(value, int | float | np.number) and math.isfinite(float(value)) and float(value) >= 0
