"""Rows that many objects have in common -> frames, without doing anything for each object."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from nodeportkit.frames import SCHEMAS, conform

__all__ = ["Grouped"]

Group = tuple[tuple[Any, ...], ...]


class Grouped:
    """The groups of rows that objects have, in the order of the objects.

    Parameters
    ----------
    frame
        The schema of the rows.
    columns
        The columns of the rows.
    """

    def __init__(self, frame: str, columns: tuple[str, ...]) -> None:
        self._frame = frame
        self._columns = columns
        self._groups: list[Group] = []

    def add(self, groups: Iterable[Group]) -> None:
        """Take the groups of further objects."""
        self._groups.extend(groups)

    def once(self) -> pd.DataFrame:
        """The rows of each group, once."""
        return self._rows(list(dict.fromkeys(self._different())))

    def beside(self, objects: pd.DataFrame) -> tuple[pd.DataFrame, bool]:
        """The rows of each object beside its columns, and whether each object's rows differ in their keys."""
        groups = self._different()
        numbers = {id(group): number for number, group in enumerate(groups)}
        number = np.fromiter((numbers[id(group)] for group in self._groups), np.int64, len(self._groups))
        sizes = np.fromiter(map(len, groups), np.int64, len(groups))
        counts = sizes[number]
        # The rows of a group follow each other in the table of all groups, from where it starts there.
        shift = (np.cumsum(sizes) - sizes)[number] - (np.cumsum(counts) - counts)
        rows = self._rows(groups).take(np.repeat(shift, counts) + np.arange(counts.sum()))
        owner = np.repeat(np.arange(len(objects)), counts)
        typed = {name: rows[name].array for name in self._columns}
        typed |= {str(name): values.array.take(owner) for name, values in objects.items()}
        return conform(self._frame, typed), all(self._is_distinct(group) for group in groups)

    def _different(self) -> list[Group]:
        return list({id(group): group for group in self._groups}.values())

    def _rows(self, groups: list[Group]) -> pd.DataFrame:
        rows = [row for group in groups for row in group]
        columns: dict[str, Any] = dict(zip(self._columns, zip(*rows, strict=True), strict=True)) if rows else {}
        lists = {name: list(map(list, cells)) for name, cells in columns.items() if self._kind(name) == "list"}
        return conform(self._frame, columns | lists)

    def _is_distinct(self, group: Group) -> bool:
        key = [at for at, name in enumerate(self._columns) if name in SCHEMAS[self._frame].key]
        return len({tuple(row[at] for at in key) for row in group}) == len(group)

    def _kind(self, column: str) -> str:
        return SCHEMAS[self._frame][column].kind
