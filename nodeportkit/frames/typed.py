"""Columns of any kind -> a frame of a schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

import numpy as np
import pandas as pd

from nodeportkit.frames.schemas import OBJECTS, SCHEMAS, Column, Schema

__all__ = ["conform", "empty", "stack"]

# Since pandas 3 a copy costs nothing until one of the two is written to.
_COPIES_ON_WRITE: Final = int(pd.__version__.partition(".")[0]) >= 3


def empty(frame: str) -> pd.DataFrame:
    """An empty frame of the schema named `frame`.

    Examples
    --------
    >>> list(empty("ports"))[:5]
    ['namespace', 'service', 'port_name', 'protocol', 'port']
    """
    return _empty(frame).copy(deep=False)


@cache
def _empty(frame: str) -> pd.DataFrame:
    return conform(frame, {})


def conform(frame: str, columns: Mapping[str, Sequence[Any]] | pd.DataFrame, *, copy: bool = True) -> pd.DataFrame:
    """The columns given as a frame of the schema named `frame`: all its columns, in its order, with its types.

    Columns that are not given are missing throughout. None counts as missing.

    Parameters
    ----------
    frame
        The name of the schema.
    columns
        Lists, arrays or Series by the name of the column.
    copy
        Whether arrays of the right type are copied. Without it, the frame takes them over: they are to be nobody else's.

    Raises
    ------
    KeyError
        If a column is not of the schema.
    ValueError
        If columns differ in length.

    Examples
    --------
    >>> conform("ports", {"service": ["web"], "port": [80]})[["service", "port", "node_port"]]
      service  port  node_port
    0     web    80       <NA>
    """
    schema = SCHEMAS[frame]
    if isinstance(columns, pd.DataFrame) and _conforms(columns, schema):
        return columns.copy(deep=not _COPIES_ON_WRITE)
    for name in columns:
        schema[str(name)]
    rows = len(columns) if isinstance(columns, pd.DataFrame) else max((len(v) for v in columns.values()), default=0)
    if lengths := {str(name): len(values) for name, values in columns.items() if len(values) != rows}:
        # A single cell would fill its column.
        raise ValueError(f"columns of {frame} differ in length: {rows} rows, but {lengths}")
    index = pd.RangeIndex(rows)
    data = {c.name: _typed(columns.get(c.name), c, rows) for c in schema.columns}
    # A Series is taken as it is; an array of objects would be searched for a type that they have in common.
    data = {n: pd.Series(v, index=index, dtype=object, copy=False) if v.dtype == object else v for n, v in data.items()}
    return pd.DataFrame(data, index=index, copy=copy)


def stack(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The frames below each other, with rows numbered anew; those without rows have no say in the types.

    Examples
    --------
    >>> stack([empty("specs"), conform("specs", {"container": ["web"]})])["container"].tolist()
    ['web']
    """
    filled = [frame for frame in frames if len(frame)] or frames[:1]
    return filled[0] if len(filled) == 1 else pd.concat(filled, ignore_index=True)


def _conforms(frame: pd.DataFrame, schema: Schema) -> bool:
    """Whether the frame is of the schema already, so that its columns need not be looked at."""
    return (
        isinstance(frame.index, pd.RangeIndex)
        and (frame.index.start, frame.index.step) == (0, 1)
        and frame.columns.tolist() == schema.names
        and frame.dtypes.tolist() == [c.dtype for c in schema.columns]
        and not any(type(None) in set(map(type, frame[c.name].to_numpy())) for c in schema.columns if c.kind in OBJECTS)
    )


def _typed(values: Any, column: Column, rows: int) -> Any:
    """`values` as an array of the column's type, missing throughout where there are none."""
    dtype = column.dtype
    if values is None:
        if column.kind in OBJECTS:
            return np.full(rows, pd.NA, dtype=object)
        # A list of so many missing values would be looked at one by one.
        return _missing(column.kind, dtype).take(np.zeros(rows, dtype=np.intp))
    if column.kind in OBJECTS:
        return _objects(values)
    if getattr(values, "dtype", None) == dtype:
        return getattr(values, "array", values)
    return pd.array(values, dtype=dtype)


@cache
def _missing(kind: str, dtype: Any) -> Any:
    """An array of one missing cell."""
    return pd.array([pd.NaT if kind in ("age", "time") else pd.NA], dtype=dtype)


def _objects(values: Any) -> np.ndarray[Any, Any]:
    """An object array with one Python object a cell: numpy would make a matrix of lists of equal length."""
    cells = np.fromiter(values, dtype=object, count=len(values))
    if not set(map(type, values)) <= {dict, list}:  # where all are, pandas need not be asked of each
        missing = pd.isna(cells)
        cells[missing] = pd.NA
    return cells
