"""What a text tells, in a form that a fixture's JSON file can hold."""

from __future__ import annotations

from typing import Any

import pandas as pd

from nodeportkit.sources.reader import Fragment
from nodeportkit.sources.scan import scan


def plain(value: Any) -> Any:
    """A cell of a frame as JSON has it: ages in seconds, missing cells as null."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, pd.Timedelta):
        return int(value.total_seconds())
    return value.item() if hasattr(value, "item") else value


def rows_of(frame: pd.DataFrame) -> list[list[Any]]:
    return [[plain(value) for value in row] for row in frame.astype(object).to_numpy().tolist()]


def fragment(found: Fragment) -> dict[str, Any]:
    """A fragment without the columns of which it says nothing."""
    rows = rows_of(found.rows)
    shown = [i for i in range(found.rows.shape[1]) if any(row[i] is not None for row in rows)]
    return {
        "frame": found.frame,
        "complete": list(found.complete),
        "detail": found.detail,
        "covers": None if found.covers is None else rows_of(found.covers),
        "columns": [found.rows.columns[i] for i in shown],
        "rows": [[row[i] for i in shown] for row in rows] if shown else [],
    }


def told(text: str) -> dict[str, Any]:
    """The tables, outcomes, unread lines and fragments of a text."""
    found = scan(text)
    return {
        "tables": [
            {
                "kind": finding.table.kind,
                "line": finding.table.line,
                "columns": list(finding.table.frame.columns),
                "rows": finding.table.frame.to_numpy().tolist(),
            }
            for finding in found.findings
            if finding.table is not None
        ],
        "outcomes": [[outcome.kind, outcome.line] for finding in found.findings for outcome in finding.outcomes],
        "unread": [line for line, _ in found.unread],
        "fragments": [fragment(part) for finding in found.findings for part in finding.fragments()],
    }
