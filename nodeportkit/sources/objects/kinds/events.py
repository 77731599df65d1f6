"""Events, of the core API and of events.k8s.io: what the cluster's own parts noticed of an object."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from nodeportkit.sources.objects.kinds import Part
from nodeportkit.sources.objects.typed import KubernetesObject, Typed, Whole

__all__ = ["KINDS", "LONGEST_MESSAGE", "TYPE", "columns"]

KINDS: Final = {"Event": ("", "events.k8s.io")}
# kubernetes/kubernetes pkg/apis/core/validation/events.go: NoteLengthLimit.
LONGEST_MESSAGE: Final = 1024


class About(Typed):
    """The object that an event tells of."""

    kind: str | None = None
    namespace: str | None = None
    name: str | None = None


class Series(Typed):
    """How often it happened, where it goes on happening."""

    count: Whole | None = None
    last_observed_time: str | None = None


class Event(KubernetesObject):
    """An event; the fields of both APIs, which store the same objects."""

    involved_object: About | None = None
    regarding: About | None = None
    type: str | None = None
    reason: str | None = None
    message: str | None = None
    note: str | None = None
    count: Whole | None = None
    deprecated_count: Whole | None = None
    series: Series | None = None
    event_time: str | None = None
    first_timestamp: str | None = None
    last_timestamp: str | None = None
    deprecated_first_timestamp: str | None = None
    deprecated_last_timestamp: str | None = None


TYPE: Final = Event
_NOTHING: Final = About()


def columns(events: Sequence[Event], namespace: str) -> list[Part]:  # noqa: ARG001 (an event says of what it tells)
    """The rows of `events`."""
    about = [event.involved_object or event.regarding or _NOTHING for event in events]
    rows: dict[str, list[Any]] = {
        "namespace": [thing.namespace or "" for thing in about],
        "kind": [thing.kind or "" for thing in about],
        "name": [thing.name or "" for thing in about],
        "type": [event.type or "" for event in events],
        "reason": [event.reason or "" for event in events],
        "message": [(event.message or event.note or "").strip()[:LONGEST_MESSAGE] for event in events],
        "count": [_count(event) for event in events],
        "last_seen": [_last_seen(event) for event in events],
    }
    return [Part("events", rows)]


def _count(event: Event) -> int:
    """How often, as `kubectl get events` counts (printEvent in pkg/printers/internalversion/printers.go)."""
    return (event.series and event.series.count) or event.count or event.deprecated_count or 1


def _last_seen(event: Event) -> str | None:
    """When last, as `kubectl get events` finds it."""
    return (
        (event.series and event.series.last_observed_time)
        or event.last_timestamp
        or event.deprecated_last_timestamp
        or event.first_timestamp
        or event.deprecated_first_timestamp
        or event.event_time
    )
