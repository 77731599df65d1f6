"""`kubectl get events` and `kubectl events` -> events.

Since 1.14 or so OBJECT is `pod/web-0`, for `kubectl events` `Pod/web-0`; before, KIND and NAME stood apart. LAST SEEN of
`kubectl events` tells how often as well: `3m (x4 over 6m)`.
"""

from __future__ import annotations

from typing import Any, Final

from nodeportkit.cells import RepeatedAge, column, parse_repeated_age
from nodeportkit.errors import ReadError
from nodeportkit.frames import conform
from nodeportkit.sources.kinds import CLUSTER_WIDE, full_kind, kind_name
from nodeportkit.sources.reader import Fragment
from nodeportkit.sources.tables.listing import Listing
from nodeportkit.sources.tables.options import is_watch

__all__ = ["KINDS", "fragments"]

KINDS: Final = ("events",)
_LONGEST_MESSAGE: Final = 1024


def fragments(found: Listing) -> list[Fragment]:
    """The events of the table; of one that a watch printed several times, the last."""
    bad: dict[str, ReadError] = {}
    objects = [_object(cell) for cell in _objects(found)]
    seen: list[RepeatedAge | None] = column(
        found.get("LAST SEEN" if "LAST SEEN" in found.columns else "LASTSEEN"), parse_repeated_age, None, bad
    )
    counts = [int(cell) if cell and cell.isdecimal() and len(cell) < 10 else None for cell in found.get("COUNT")]
    rows: dict[str, Any] = {
        "namespace": [
            "" if full_kind(kind) in CLUSTER_WIDE else namespace
            for (kind, _), namespace in zip(objects, found.namespaces, strict=True)
        ],
        "kind": [kind for kind, _ in objects],
        "name": [name for _, name in objects],
        "type": found.get("TYPE"),
        "reason": found.get("REASON"),
        "message": [None if cell is None else cell.strip()[:_LONGEST_MESSAGE] for cell in found.get("MESSAGE")],
        "count": [
            count or (age.times if age is not None and age.times > 1 else None)
            for count, age in zip(counts, seen, strict=True)
        ],
        "age": [None if age is None else age.last for age in seen],
    }
    events = conform("events", rows)
    events = events[events["name"].notna()]
    if is_watch(found.context.command):
        events = events.drop_duplicates(["namespace", "kind", "name", "type", "reason", "message"], keep="last")
    return [Fragment("events", events.reset_index(drop=True))]


def _objects(found: Listing) -> list[str | None]:
    """What each event tells of, as `pod/web-0`; NAME of old tables is the object's name with a dot and a number."""
    if "OBJECT" in found.columns:
        return found.get("OBJECT")
    pairs = zip(found.get("KIND"), found.get("NAME"), strict=True)
    return [f"{kind}/{name.rpartition('.')[0] or name}" if kind and name else None for kind, name in pairs]


def _object(cell: str | None) -> tuple[str, str | None]:
    kind, _, name = (cell or "").partition("/")
    return kind_name(kind), name or None
