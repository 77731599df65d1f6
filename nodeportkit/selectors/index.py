"""Many selectors over many objects: an inverted index from label to the objects that carry it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from nodeportkit.selectors.match import Requirement, requirements

__all__ = ["LabelIndex"]

Positions = npt.NDArray[np.int64]


class LabelIndex:
    """Which of many objects a selector selects, found without looking at all of them.

    It is built in one pass over all labels. A question then costs what the rarest of its labels costs: with `app=web` on
    six pods and `tier=front` on 100,000, six are looked at.

    Parameters
    ----------
    labels
        The labels of each object; None or `pd.NA` where they are unknown.
    namespaces
        The namespace of each object; None for objects without (then ask with namespace "").
    keys
        The keys that will be asked for, where they are known beforehand: the index is then built in less time.

    Examples
    --------
    >>> index = LabelIndex([{"app": "web"}, {"app": "api"}, None], ["shop", "shop", "shop"])
    >>> index.matching("shop", {"app": "web"})
    array([0])
    >>> index.unknown("shop")
    array([2])
    """

    def __init__(
        self, labels: Iterable[Any], namespaces: Iterable[Any] | None = None, *, keys: Collection[str] | None = None
    ) -> None:
        self._labels: list[Mapping[str, str] | None] = [
            it if type(it) is dict or isinstance(it, Mapping) else None for it in labels
        ]
        rows = len(self._labels)
        self._groups: dict[Any, int] = {}
        groups = self._groups
        if namespaces is None:
            groups[""] = 0
            group = np.zeros(rows, dtype=np.int64)
        else:
            group = np.fromiter((groups.setdefault(n, len(groups)) for n in namespaces), np.int64, rows)
        known = np.fromiter((it is not None for it in self._labels), np.bool_, rows)
        self._rows = _Buckets(group[known], np.flatnonzero(known))
        self._unknown = _Buckets(group[~known], np.flatnonzero(~known))

        self._items: dict[tuple[str, str], int] = {}
        items = self._items
        if keys is None:
            codes = [items.setdefault(item, len(items)) for it in self._labels if it for item in it.items()]
            counts = np.fromiter((len(it) if it else 0 for it in self._labels), np.int64, rows)
        else:
            asked = frozenset(keys)
            codes = [
                items.setdefault(item, len(items))
                for it in self._labels
                if it
                for item in it.items()
                if item[0] in asked
            ]
            counts = np.fromiter((len(asked & it.keys()) if it else 0 for it in self._labels), np.int64, rows)
        owners = np.repeat(np.arange(rows), counts)
        self._width = max(len(groups), 1)
        self._buckets = _Buckets(np.array(codes, dtype=np.int64) * self._width + group[owners], owners)

    def matching(self, namespace: str, selector: str | Mapping[str, Any]) -> Positions:
        """Find the objects that a selector selects in a namespace: their positions, in order.

        Objects whose labels are unknown are never among them: see `unknown`. As everywhere, an empty selector selects all.

        Parameters
        ----------
        selector
            Anything that `match_labels` takes, but None.

        Raises
        ------
        ReadError
            If the selector is malformed.
        """
        group = self._groups.get(namespace)
        if group is None:
            return np.empty(0, dtype=np.int64)
        pairs, others = _pairs(selector)
        codes = [self._items.get(pair) for pair in pairs]
        slices = [self._buckets.get(-1 if code is None else code * self._width + group) for code in codes]
        slices.sort(key=len)
        found = slices[0] if slices else self._rows.get(group)
        for wider in slices[1:]:
            found = found[_contains(wider, found)]
        if others:
            chosen = [all(r.matches(self._labels[row] or {}) for r in others) for row in found.tolist()]
            found = found[np.array(chosen, dtype=np.bool_)]
        return found.copy()

    def unknown(self, namespace: str) -> Positions:
        """Find the objects of a namespace whose labels are unknown: their positions, in order."""
        return self._unknown.get(self._groups.get(namespace, -1)).copy()


def _pairs(selector: str | Mapping[str, Any]) -> tuple[list[tuple[str, str]], list[Requirement]]:
    """The labels that a selector wants just so, and its other requirements."""
    if isinstance(selector, dict) and all(type(value) is str for value in selector.values()):
        return list(selector.items()), []  # plain labels, as services have them
    pairs, others = [], []
    for requirement in requirements(selector):
        if requirement.pair is None:
            others.append(requirement)
        else:
            pairs.append(requirement.pair)
    return pairs, others


class _Buckets:
    """Rows by key, each bucket in ascending order."""

    def __init__(self, keys: Positions, rows: Positions) -> None:
        order = np.argsort(keys, kind="stable")
        self._rows = rows[order]
        ordered = keys[order]
        starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else ordered
        ends = np.r_[starts[1:], len(ordered)]
        self._bounds: dict[int, Sequence[int]] = dict(
            zip(ordered[starts].tolist(), zip(starts.tolist(), ends.tolist(), strict=False), strict=True)
        )

    def get(self, key: int) -> Positions:
        start, end = self._bounds.get(key, (0, 0))
        return self._rows[start:end]


def _contains(ordered: Positions, wanted: Positions) -> npt.NDArray[np.bool_]:
    """Tell which of `wanted` stand in `ordered`, in time that hardly grows with `ordered`."""
    if not len(ordered):
        return np.zeros(len(wanted), dtype=np.bool_)
    at = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    there: npt.NDArray[np.bool_] = ordered[at] == wanted
    return there
