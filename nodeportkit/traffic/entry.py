"""Where new connections enter: the entry nodes and their weights."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from nodeportkit.errors import NodePortKitError, NotFound, nearest
from nodeportkit.kube.columns import cell_lists

__all__ = ["Entry", "entry_nodes", "entry_rows"]

Entry: TypeAlias = str | Mapping[str, float] | None


def entry_nodes(nodes: pd.DataFrame, entry: Entry) -> tuple[pd.DataFrame, npt.NDArray[np.float64]]:
    """The nodes at which connections enter, and the share of new connections that enters at each; together 1.

    Parameters
    ----------
    nodes
        A frame of nodes, with at least one of them.
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
    rows, weights = entry_rows(cell_lists(nodes, ("name", "ready")), entry)
    return nodes.take(rows), weights


def entry_rows(
    nodes: Sequence[Mapping[str, Any]], entry: Entry
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """The same of rows of the nodes frame, as dicts with None for what is missing: the positions of those nodes."""
    if entry is None:
        up = np.array([node["ready"] in (True, None) for node in nodes], dtype=np.bool_)
        found = np.flatnonzero(up if up.any() else ~up)
        return found, np.full(len(found), 1 / len(found))
    wanted = {entry: 1.0} if isinstance(entry, str) else dict(entry)
    names = {node["name"] for node in nodes} - {None}
    for name, weight in wanted.items():
        if name not in names:
            raise NotFound(f"There is no node {name!r} here", hint=nearest(str(name), sorted(names)))
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
    found = np.array([row for row, node in enumerate(nodes) if node["name"] in wanted], dtype=np.intp)
    weights = np.array([float(wanted[nodes[int(row)]["name"]]) for row in found])
    weights /= weights.max()  # so that huge weights do not sum to infinity
    return found, weights / weights.sum()


def _is_weight(value: object) -> bool:
    return isinstance(value, int | float | np.number) and math.isfinite(float(value)) and float(value) >= 0
