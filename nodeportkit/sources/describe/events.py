"""The events at the end of any description, which tell of the object described.

Age is `3m`, or `3m (x4 over 6m)` for what came back. Until 1.6 FirstSeen, LastSeen and Count stood apart.
"""

from __future__ import annotations

from typing import Any, Final

from nodeportkit.cells import parse_repeated_age
from nodeportkit.errors import ReadError
from nodeportkit.sources.describe.description import Description
from nodeportkit.sources.describe.rows import Rows
from nodeportkit.sources.kinds import CLUSTER_WIDE, kind_name

__all__ = ["tell_events"]

_LONGEST_MESSAGE: Final = 1024


def tell_events(description: Description, rows: Rows) -> None:
    """Add the events of the description, as far as their columns are told apart."""
    kind = kind_name(description.kind)
    if kind == description.kind:
        return
    namespace = "" if description.kind in CLUSTER_WIDE else description.namespace or rows.namespace
    for event in description.events:
        if not event.get("Reason") or not event.get("Message"):
            continue
        row: dict[str, Any] = {
            "namespace": namespace,
            "kind": kind,
            "name": description.name,
            "type": event.get("Type") or None,
            "reason": event["Reason"],
            "message": event["Message"].strip()[:_LONGEST_MESSAGE],
        }
        rows.add("events", row | _times(event))


def _times(event: dict[str, str]) -> dict[str, Any]:
    """How often, and how long ago last."""
    try:
        age = parse_repeated_age(event.get("Age") or event.get("LastSeen") or "")
    except ReadError:
        return {}
    count = event.get("Count", "")
    return {"age": age.last, "count": int(count) if count.isdecimal() and len(count) < 10 else age.times}
