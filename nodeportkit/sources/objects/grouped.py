"""Rows that many objects have in common -> frames, without doing anything for each object."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nodeportkit.frames import SCHEMAS, conform
from nodeportkit.sources.objects.kinds import Groups
from nodeportkit.sources.reader import Fragment

__all__ = ["Grouped"]

Group = tuple[tuple[Any, ...], ...]


class Grouped:
    """The groups of rows that objects have, in the order of the objects.

    Parameters
    ----------
    frame
        The schema of the rows.
    groups
        Those of the first objects, which are yet to be added.
    """

    def __init__(self, frame: str, groups: Groups) -> None:
        self._frame = frame
        self._columns = groups.columns
        self._home = groups.home
        self._groups: list[Group] = []

    def add(self, groups: Groups) -> None:
        """Take the groups of further objects."""
        self._groups.extend(groups.rows)

    def fragment(self, objects: pd.DataFrame, *, distinct: bool) -> Fragment | None:
        """The rows: of each object beside what names it, or else each group once; None if that gives none.

        Parameters
        ----------
        objects
            The objects, a row each.
        distinct
            Whether no two of them are the same one.
        """
        if not self._home:
            groups, _ = self._numbered()
            rows = self._rows(list(dict.fromkeys(groups)))
            return Fragment(self._frame, rows) if len(rows) else None
        covers = pd.DataFrame({name: objects[of].array for name, of in self._home.items()}, copy=False)
        rows, differ = self._beside(covers)
        return Fragment(self._frame, rows, covers=covers, distinct=distinct and differ)

    def _beside(self, objects: pd.DataFrame) -> tuple[pd.DataFrame, bool]:
        """The rows of each object beside its columns, and whether each object's rows differ in their keys."""
        groups, number = self._numbered()
        sizes = np.fromiter(map(len, groups), np.int64, len(groups))
        counts = sizes[number]
        # The rows of a group follow each other in the table of all groups, from where it starts there.
        shift = (np.cumsum(sizes) - sizes)[number] - (np.cumsum(counts) - counts)
        row = np.repeat(shift, counts) + np.arange(counts.sum())
        rows = self._rows(groups)
        owner = np.repeat(np.arange(len(objects)), counts)
        typed = {name: rows[name].array.take(row) for name in self._columns}
        typed |= {str(name): values.array.take(owner) for name, values in objects.items()}
        return conform(self._frame, typed, copy=False), all(self._is_distinct(group) for group in groups)

    def _numbered(self) -> tuple[list[Group], Any]:
        """The different groups, and for each object the number of its group; most stand beside others of the same."""
        ids = np.fromiter(map(id, self._groups), np.int64, len(self._groups))
        starts = np.flatnonzero(np.concatenate([[True], ids[1:] != ids[:-1]]))
        groups: list[Group] = []
        numbers: dict[int, int] = {}
        number = np.empty(len(starts), dtype=np.int64)
        for run, start in enumerate(starts.tolist()):
            number[run] = numbers.setdefault(id(self._groups[start]), len(groups))
            if number[run] == len(groups):
                groups.append(self._groups[start])
        return groups, np.repeat(number, np.diff(starts, append=len(ids)))

    def _rows(self, groups: list[Group]) -> pd.DataFrame:
        rows = [row for group in groups for row in group]
        columns: dict[str, Any] = dict(zip(self._columns, zip(*rows, strict=True), strict=True)) if rows else {}
        lists = {name: list(map(list, cells)) for name, cells in columns.items() if self._kind(name) == "list"}
        return conform(self._frame, columns | lists, copy=False)

    def _is_distinct(self, group: Group) -> bool:
        key = [at for at, name in enumerate(self._columns) if name in SCHEMAS[self._frame].key]
        return len({tuple(row[at] for at in key) for row in group}) == len(group)

    def _kind(self, column: str) -> str:
        return SCHEMAS[self._frame][column].kind
