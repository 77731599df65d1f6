"""Masks and pairs of positions: the language in which checks ask about a whole cluster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nodeportkit.kube.endpoints.numbering import Positions

__all__ = ["Floats", "Mask", "Pairs", "first_of", "isin", "label_keys", "mask", "rows", "true"]

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Positions of services (or ports, or policies) and of the pods that go with them, side by side."""

    left: Positions
    pod: Positions

    def counts(self, length: int) -> npt.NDArray[np.int64]:
        """How many pods go with each of so many."""
        return np.bincount(self.left, minlength=length).astype(np.int64)

    def where(self, mask: Mask) -> Pairs:
        """Those for which the mask holds."""
        return Pairs(self.left[mask], self.pod[mask])


def true(values: pd.Series[Any]) -> Mask:
    """Where nullable values are true for certain."""
    return values.astype("boolean").fillna(False).to_numpy(dtype=np.bool_)


def mask(values: Iterable[Any]) -> Mask:
    """Whether each value is true, as an array."""
    return np.fromiter(map(bool, values), dtype=np.bool_)


def rows(chosen: Mask) -> list[int]:
    """The positions at which a mask holds."""
    return [int(at) for at in np.flatnonzero(chosen)]


def isin(values: Positions, known: Positions) -> Mask:
    """Which numbers occur among the known ones; each is looked up, not the known ones gone through."""
    return pd.Index(known).unique().get_indexer(pd.Index(values)) >= 0


def first_of(groups: Positions) -> Positions:
    """The position of the first row of each group, in the order of their numbers."""
    return np.unique(groups, return_index=True)[1].astype(np.int64)


def label_keys(selector: Mapping[str, Any]) -> set[str]:
    """The keys of labels that a selector asks for, plain or with matchLabels and matchExpressions."""
    keys = set(selector) - {"matchLabels", "matchExpressions"}
    keys |= set(selector.get("matchLabels") or {}) if isinstance(selector.get("matchLabels"), Mapping) else set()
    expressions = selector.get("matchExpressions")
    return (
        keys | {e["key"] for e in expressions or [] if isinstance(e, Mapping)}
        if isinstance(expressions, list)
        else keys
    )
