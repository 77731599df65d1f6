"""Connections counted by entry node and endpoint."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

__all__ = ["Tally"]

Counts = npt.NDArray[np.int64]
_DENSE: Final = 4_000_000  # so many pairs of entry node and endpoint are counted in an array of their own


class Tally:
    """Counts by entry node and endpoint, both given as positions; endpoint -1 stands for lost connections.

    Parameters
    ----------
    nodes, endpoints
        How many there are.
    by_node
        Whether the entry node is told apart.

    Examples
    --------
    >>> tally = Tally(nodes=2, endpoints=3, by_node=True)
    >>> tally.add(np.array([0, 1, 0]), np.array([2, -1, 2]), np.array([5, 1, 2]))
    >>> [values.tolist() for values in tally.counts()]
    [[0, 1], [2, -1], [7, 1]]
    """

    def __init__(self, nodes: int, endpoints: int, *, by_node: bool) -> None:
        self._width = endpoints + 1
        self._by_node = by_node
        size = self._width * (nodes if by_node else 1)
        self._dense = np.zeros(size, dtype=np.int64) if size <= _DENSE else None
        self._met = np.zeros(len(self._dense), dtype=np.bool_) if self._dense is not None else None
        self._keys = np.empty(0, dtype=np.int64)
        self._counts = np.empty(0, dtype=np.int64)

    def add(self, node: npt.NDArray[Any], endpoint: npt.NDArray[Any], count: npt.NDArray[Any]) -> None:
        """Count so many more connections for each of these pairs; 0 notes that there is such a pair."""
        keys = endpoint.astype(np.int64) + 1
        if self._by_node:
            keys += node.astype(np.int64) * self._width
        if self._dense is not None and self._met is not None:
            if len(keys) < len(self._dense):
                np.add.at(self._dense, keys, count)
            else:  # sums of float64 are exact up to 2**53 connections
                self._dense += np.bincount(keys, weights=count, minlength=len(self._dense)).astype(np.int64)
            self._met[keys] = True
            return
        keys, counts = np.concatenate([self._keys, keys]), np.concatenate([self._counts, count])
        self._keys, place = np.unique(keys, return_inverse=True)
        self._counts = np.bincount(place, weights=counts).astype(np.int64)

    def counts(self) -> tuple[Counts, Counts, Counts]:
        """Entry node, endpoint and count of every pair, lost connections after the others of their node."""
        if self._dense is not None and self._met is not None:
            keys = np.flatnonzero(self._met)
            counts = self._dense[keys]
        else:
            keys, counts = self._keys, self._counts
        node, endpoint = np.divmod(keys, self._width)
        order = np.lexsort((np.where(endpoint == 0, self._width, endpoint), node))
        return node[order], endpoint[order] - 1, counts[order]
