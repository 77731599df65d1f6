"""Which endpoints of a service port kube-proxy sends new connections to, by entry node.

kubernetes/kubernetes pkg/proxy/topology.go (`CategorizeEndpoints`, `topologyModeFromHints`); KEP-1669 for terminating
endpoints, KEP-2433 and KEP-3015 for hints.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from nodeportkit.kube.columns import Objects, objects

__all__ = ["Conditions", "Places", "Policy", "conditions", "places", "read_conditions", "usable"]

Policy = Literal["Cluster", "Local"]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Conditions:
    """What decides about endpoints: read once for many service ports, and taken apart by service port.

    Attributes
    ----------
    ready
        Whether an endpoint is ready.
    leaving
        Whether it is terminating and still serves.
    node, hints
        The columns of these names, None for what is missing.
    """

    ready: Mask
    leaving: Mask
    node: Objects
    hints: Objects

    def take(self, rows: npt.NDArray[np.intp]) -> Conditions:
        """Those of some rows."""
        return Conditions(self.ready[rows], self.leaving[rows], self.node[rows], self.hints[rows])


@dataclass(frozen=True, slots=True)
class Places:
    """The entry nodes: their names and zones, None for what is missing."""

    name: Objects
    zone: Objects


def conditions(endpoints: pd.DataFrame) -> Conditions:
    """Read the columns ready, serving, terminating, node and hints as kube-proxy reads them."""
    return read_conditions(*(objects(endpoints[name]) for name in ("ready", "serving", "terminating", "node", "hints")))


def read_conditions(
    ready: Objects, serving: Objects, terminating: Objects, node: Objects, hints: Objects
) -> Conditions:
    """The same from columns that hold None for what is missing."""
    is_ready = np.array([value is None or bool(value) for value in ready], dtype=np.bool_)
    serves = np.array([r if s is None else bool(s) for s, r in zip(serving, is_ready, strict=True)], dtype=np.bool_)
    leaving = serves & np.array([bool(value) for value in terminating], dtype=np.bool_)
    return Conditions(is_ready, leaving, node, hints)


def places(nodes: pd.DataFrame) -> Places:
    """Read the columns name and zone of entry nodes."""
    return Places(objects(nodes["name"]), objects(nodes["zone"]))


def usable(endpoints: pd.DataFrame | Conditions, nodes: pd.DataFrame | Places, policy: Policy) -> Mask:
    """Tell which endpoints take new connections, for each node that a connection enters at.

    - A condition that is missing reads as kube-proxy reads it: ready unless said otherwise, serving if ready, not
      terminating. An endpoint without a node is local to none.
    - Policy Cluster: the ready endpoints; if there is none, those that are terminating and still serve. Of ready ones only
      those whose hints name the node, if each has a hint for nodes and one names it; else the same with the node's zone.
    - Policy Local: the same with the endpoints of the node itself, whatever hints say.

    Parameters
    ----------
    endpoints
        The endpoints of one service port in one IP family: columns ready, serving, terminating, node, hints; or their
        `conditions`, where many service ports are asked about.
    nodes
        The entry nodes: columns name and zone; or their `places`.
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
    known = endpoints if isinstance(endpoints, Conditions) else conditions(endpoints)
    entry = nodes if isinstance(nodes, Places) else places(nodes)
    if policy == "Local":
        local = np.equal.outer(entry.name, known.node).astype(np.bool_) & (entry.name != None)[:, None]  # noqa: E711
        return _ready_else_leaving(local & known.ready, local & known.leaving)
    everywhere = np.ones((len(entry.name), 1), dtype=np.bool_)
    return _ready_else_leaving(_near(known, entry), everywhere & known.leaving)


def _ready_else_leaving(ready: Mask, leaving: Mask) -> Mask:
    return np.where(ready.any(axis=1, keepdims=True), ready, leaving)


def _near(known: Conditions, entry: Places) -> Mask:
    """The ready endpoints that hints leave to each node."""
    ready = known.ready
    chosen = np.tile(ready, (len(entry.name), 1))
    undecided = np.ones(len(entry.name), dtype=np.bool_)
    for kind, all_places in (("nodes", entry.name), ("zones", entry.zone)):  # same node is preferred to same zone
        named = [hint.get(kind) or () if isinstance(hint, Mapping) else () for hint in known.hints]
        if not ready.any() or not all(names for names, is_ready in zip(named, ready, strict=True) if is_ready):
            continue
        meant = np.array([[place in names for names in named] for place in pd.unique(all_places)], dtype=np.bool_)
        meant = meant[pd.factorize(all_places, use_na_sentinel=False)[0]] & ready
        decided = undecided & meant.any(axis=1) & np.array([bool(place) for place in all_places], dtype=np.bool_)
        chosen[decided] = meant[decided]
        undecided &= ~decided
    return chosen
