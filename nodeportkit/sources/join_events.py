"""What happened, when several prints tell of it.

Events are history: that a later listing does not show one any more, or that its object is deleted, undoes nothing. The API
server forgets them after an hour (kube-apiserver --event-ttl).
"""

from __future__ import annotations

from typing import Final

import pandas as pd

from nodeportkit.frames import SCHEMAS, conform, empty
from nodeportkit.sources.reader import Fragment

__all__ = ["join_events"]

_KEY: Final = list(SCHEMAS["events"].key)


def join_events(fragments: list[Fragment]) -> pd.DataFrame:
    """One row for what happened to an object in the same words, in the order of first appearance.

    Of two prints the later tells how often and when last; what one list shows several times, as containers of one pod have
    each an event of their own, is counted together.
    """
    typed = [_together(conform("events", fragment.rows)) for fragment in fragments]
    filled = [frame for frame in typed if len(frame)]
    if not filled:
        return empty("events")
    rows = pd.concat(filled, ignore_index=True)
    if rows.duplicated(_KEY).any():
        rows = rows.groupby(_KEY, sort=False, dropna=False, as_index=False).last()[list(rows.columns)]
    return conform("events", rows)


def _together(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of one print without repetitions."""
    if not rows.duplicated(_KEY).any():
        return rows
    groups = rows.groupby(_KEY, sort=False, dropna=False, as_index=False)
    once = groups.agg(last_seen=("last_seen", "max"), age=("age", "min"))
    once["count"] = groups["count"].sum(min_count=1)["count"]  # unknown if no print shows it
    return conform("events", once[list(rows.columns)])
