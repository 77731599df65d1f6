"""What a check is, and the frame of what checks found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from nodeportkit.auditing.finding import Certainty, Finding, Severity
from nodeportkit.auditing.scene import Scene
from nodeportkit.frames import STRING

__all__ = ["COLUMNS", "SEVERITIES", "Check", "findings_frame"]

SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "note")
COLUMNS: Final = (
    "check",
    "severity",
    "certainty",
    "object",
    "field",
    "message",
    "fix",
    "namespace",
    "service",
)


@dataclass(frozen=True, slots=True)
class Check:
    """What a check looks for; its id is the name of its module.

    Attributes
    ----------
    title
        What it is called, in a few words.
    about
        What it finds, and why that matters.
    certainty
        `fact`: the objects prove it; `hint`: they point to it; `advice`: it works, but see why.
    severity
        `error`: connections fail; `warning`: some do, or may; `note`: good to know.
    needs
        The frames that have to be looked at: without one of them, the check finds nothing.
    look
        The function that finds.
    """

    title: str
    about: str
    certainty: Certainty
    severity: Severity
    needs: tuple[str, ...]
    look: Callable[[Scene], Iterable[Finding]]


def findings_frame(found: Iterable[tuple[str, Check, Finding]]) -> pd.DataFrame:
    """The findings as a frame, the worst first, facts before hints and advice."""
    rows: list[dict[str, Any]] = [
        {
            "check": name,
            "severity": one.severity or check.severity,
            "certainty": one.certainty or check.certainty,
            **{column: getattr(one, column) for column in COLUMNS[3:]},
        }
        for name, check, one in found
    ]
    frame = pd.DataFrame({column: pd.array([row[column] for row in rows], dtype=STRING) for column in COLUMNS})
    ranks = {"severity": SEVERITIES, "certainty": ("fact", "hint", "advice")}
    order = pd.DataFrame({column: frame[column].map(values.index) for column, values in ranks.items()})
    order = order.assign(check=frame["check"], namespace=frame["namespace"], object=frame["object"])
    ordered = order.sort_values(list(order.columns), kind="stable").index
    return frame.take(ordered.to_numpy()).reset_index(drop=True)
