"""Which endpoints of a service port kube-proxy sends new connections to, by entry node.

kubernetes/kubernetes pkg/proxy/topology.go (`CategorizeEndpoints`, `topologyModeFromHints`); KEP-1669 for terminating
endpoints, KEP-2433 and KEP-3015 for hints.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["Policy", "usable"]

Policy = Literal["Cluster", "Local"]
Mask = npt.NDArray[np.bool_]

_HINTS: Final = (("nodes", "name"), ("zones", "zone"))  # same node is preferred to same zone


def usable(endpoints: pd.DataFrame, nodes: pd.DataFrame, policy: Policy) -> Mask:
    """Tell which endpoints take new connections, for each node that a connection enters at.

    - A condition that is missing reads as kube-proxy reads it: ready unless said otherwise, serving if ready, not
      terminating. An endpoint without a node is local to none.
    - Policy Cluster: the ready endpoints; if there is none, those that are terminating and still serve. Of ready ones only
      those whose hints name the node, if each has a hint for nodes and one names it; else the same with the node's zone.
    - Policy Local: the same with the endpoints of the node itself, whatever hints say.

    Parameters
    ----------
    endpoints
        The endpoints of one service port in one IP family: columns ready, serving, terminating, node, hints.
    nodes
        The entry nodes: columns name and zone.
    policy
        The traffic policy that holds for the connection.

    Returns
    -------
    numpy.ndarray
        A row for each node, a column for each endpoint. Each usable endpoint of a row gets the same share.

    Examples
    --------
    >>> endpoints = pd.DataFrame(
    ...     {
    ...         "ready": [True, False, True],
    ...         "serving": [True, False, True],
    ...         "terminating": [False, False, False],
    ...         "node": ["a", "a", "b"],
    ...         "hints": [{}, {}, {}],
    ...     }
    ... )
    >>> nodes = pd.DataFrame({"name": ["a", "c"], "zone": ["z", "z"]})
    >>> usable(endpoints, nodes, "Cluster")
    array([[ True, False,  True],
           [ True, False,  True]])
    >>> usable(endpoints, nodes, "Local")
    array([[ True, False, False],
           [False, False, False]])
    """
    ready = _condition(endpoints["ready"], default=True)
    serving = np.where(endpoints["serving"].isna(), ready, _condition(endpoints["serving"], default=True))
    leaving = serving & _condition(endpoints["terminating"], default=False)
    names = _objects(nodes["name"])
    if policy == "Local":
        local = np.equal.outer(names, _objects(endpoints["node"])).astype(np.bool_) & (names != None)[:, None]  # noqa: E711
        return _ready_else_leaving(local & ready, local & leaving)
    everywhere = np.ones((len(names), 1), dtype=np.bool_)
    return _ready_else_leaving(_near(endpoints["hints"], nodes, ready), everywhere & leaving)


def _ready_else_leaving(ready: Mask, leaving: Mask) -> Mask:
    return np.where(ready.any(axis=1, keepdims=True), ready, leaving)


def _near(hints: pd.Series[Any], nodes: pd.DataFrame, ready: Mask) -> Mask:
    """The ready endpoints that hints leave to each node."""
    chosen = np.tile(ready, (len(nodes), 1))
    undecided = np.ones(len(nodes), dtype=np.bool_)
    for kind, column in _HINTS:
        named = [hint.get(kind) or () if isinstance(hint, Mapping) else () for hint in hints]
        if not ready.any() or not all(names for names, is_ready in zip(named, ready, strict=True) if is_ready):
            continue
        places = _objects(nodes[column])
        meant = np.array([[place in names for names in named] for place in pd.unique(places)], dtype=np.bool_)
        meant = meant[pd.factorize(places, use_na_sentinel=False)[0]] & ready
        decided = undecided & meant.any(axis=1) & np.array([bool(place) for place in places], dtype=np.bool_)
        chosen[decided] = meant[decided]
        undecided &= ~decided
    return chosen


def _objects(values: pd.Series[Any]) -> npt.NDArray[np.object_]:
    """The values, None where they are missing."""
    return values.astype(object).where(values.notna(), None).to_numpy(dtype=object)


def _condition(values: pd.Series[Any], *, default: bool) -> Mask:
    return values.astype("boolean").fillna(default).to_numpy(dtype=np.bool_)
