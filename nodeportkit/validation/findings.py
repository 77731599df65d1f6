"""What is told of a manifest, row by row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import Final

import pandas as pd

from nodeportkit.frames import STRING

__all__ = ["COLUMNS", "Finding", "to_frame"]

COLUMNS: Final = ("severity", "object", "field", "message", "explanation", "line")


@dataclass(slots=True)
class Finding:
    """One row of the answer."""

    severity: str
    object: str
    field: str
    message: str
    explanation: str = ""
    line: int | None = None


def to_frame(findings: Iterable[Finding]) -> pd.DataFrame:
    """The findings as a frame."""
    rows = [astuple(finding) for finding in findings]
    frame = pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)
    return frame.astype({**dict.fromkeys(COLUMNS[:-1], STRING), "line": "Int64"})
