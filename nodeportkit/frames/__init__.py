"""The schema of every frame: its columns, their types, and what each means.

A `Cluster` holds these frames, long-form, one row a thing. A cell is missing (`pd.NA`, or `pd.NaT` for times) where the
source did not show it or where the object has no such value; nothing is guessed. Lists and dicts tell the two apart:
`[]` and `{}` are known to be empty, a missing cell is unknown.
"""

from nodeportkit.frames.schemas import SCHEMAS, STRING, Column, Schema
from nodeportkit.frames.typed import conform, empty, stack

__all__ = ["SCHEMAS", "STRING", "Column", "Schema", "conform", "empty", "stack"]
