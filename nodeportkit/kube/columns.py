"""Columns of frames as plain values: what one service needs is quicker read from these than from frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["Objects", "cell_lists", "objects", "rows_of"]

Objects = npt.NDArray[np.object_]


def objects(values: pd.Series[Any]) -> Objects:
    """The values, None where they are missing.

    Examples
    --------
    >>> objects(pd.Series([1, None], dtype="Int64")).tolist()
    [1, None]
    """
    return np.asarray(values.array.to_numpy(dtype=object, na_value=None))


def cell_lists(
    frame: pd.DataFrame, columns: Sequence[str], rows: npt.NDArray[np.intp] | None = None
) -> list[dict[str, Any]]:
    """These columns of the rows, or of some of them, as dicts with None for what is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"name": ["a", "b"], "port": pd.array([80, None], dtype="Int64")})
    >>> cell_lists(frame, ["name", "port"])
    [{'name': 'a', 'port': 80}, {'name': 'b', 'port': None}]
    """
    values = [objects(frame[name]) for name in columns]
    cells = [(one if rows is None else one[rows]).tolist() for one in values]
    return [dict(zip(columns, row, strict=True)) for row in zip(*cells, strict=True)]


def rows_of(frame: pd.DataFrame, **wanted: str) -> npt.NDArray[np.intp]:
    """The positions of the rows with these values in these columns.

    Examples
    --------
    >>> rows_of(pd.DataFrame({"namespace": ["a", "b"], "name": ["web", "web"]}), namespace="b", name="web").tolist()
    [1]
    """
    found = np.arange(len(frame))
    for column, value in wanted.items():
        same = np.asarray(objects(frame[column])[found] == value, dtype=np.bool_)
        found = found[same]
    return found
