"""Names as numbers, so that large frames are compared without sorting or hashing their texts again and again."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["Positions", "numbered", "positions"]

Positions = npt.NDArray[np.int64]


def numbered(*columns: pd.Series) -> list[Positions]:
    """A number for each value, the same for equal values in whichever column; -1 where a value is missing.

    Examples
    --------
    >>> numbered(pd.Series(["a", "b", None]), pd.Series(["b", "c"]))
    [array([ 0,  1, -1]), array([1, 2])]
    """
    values = np.concatenate([column.to_numpy(dtype=object) for column in columns])
    codes = pd.factorize(values)[0].astype(np.int64)
    return np.split(codes, np.cumsum([len(column) for column in columns])[:-1])


def positions(parts: pd.DataFrame, objects: pd.DataFrame) -> Positions:
    """The position of the object that each part belongs to, -1 where there is none; the columns correspond in order.

    Examples
    --------
    >>> objects = pd.DataFrame({"namespace": ["a", "a"], "name": ["web", "api"]})
    >>> positions(pd.DataFrame({"namespace": ["a", "b"], "service": ["api", "api"]}), objects)
    array([ 1, -1])
    """
    of_objects, of_parts = np.zeros(len(objects), dtype=np.int64), np.zeros(len(parts), dtype=np.int64)
    missing = np.zeros(len(parts), dtype=np.bool_)
    for one, other in zip(objects, parts, strict=True):
        left, right = numbered(objects[one], parts[other])
        base = max(left.max(initial=-1), right.max(initial=-1)) + 2
        of_objects, of_parts = of_objects * base + left + 1, of_parts * base + right + 1
        missing |= right < 0
    first = pd.Series(of_objects).drop_duplicates()
    found = pd.Index(first).get_indexer(of_parts)
    return np.where((found < 0) | missing, -1, first.index.to_numpy()[found] if len(first) else -1)
