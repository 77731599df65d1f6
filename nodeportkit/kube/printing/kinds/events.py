"""Events, of the core API and of events.k8s.io."""

from datetime import datetime

from nodeportkit.kube.printing.fields import mapping, moment, name, number, since, text
from nodeportkit.kube.printing.registry import Column, KindPrinter, Object

COLUMNS = (
    Column("Last Seen", "Time since it last happened."),
    Column("Type", "Normal or Warning."),
    Column("Reason", "What happened, in one word."),
    Column("Object", "What it happened to."),
    Column("Subobject", "The part of the object that it happened to.", wide=True),
    Column("Source", "Who reports it, and from which node.", wide=True),
    Column("Message", "What happened, in a sentence."),
    Column("First Seen", "Time since it first happened.", wide=True),
    Column("Count", "How often it happened.", wide=True),
    Column("Name", "The event's name.", wide=True, format="name"),
)


def cells(event: Object, now: datetime) -> list[str | int]:
    """Print an event; the series counts where there is one, and the event's own time where no other is given."""
    about = mapping(event, "involvedObject") or mapping(event, "regarding")
    source = mapping(event, "source") or mapping(event, "deprecatedSource")
    kind = text(about, "kind").lower()
    series = mapping(event, "series")
    first = moment(event, "firstTimestamp") or moment(event, "deprecatedFirstTimestamp") or moment(event, "eventTime")
    last = moment(event, "lastTimestamp") or moment(event, "deprecatedLastTimestamp") or first
    times = number(event, "count") or number(event, "deprecatedCount") or 1
    if series:
        last, times = moment(series, "lastObservedTime"), number(series, "count")
    reporter = text(source, "component") or text(event, "reportingComponent") or text(event, "reportingController")
    place = text(source, "host") or text(event, "reportingInstance")
    return [
        since(last, now),
        text(event, "type"),
        text(event, "reason"),
        f"{kind}/{text(about, 'name')}" if text(about, "name") else kind,
        text(about, "fieldPath"),
        f"{reporter}, {place}" if place else reporter,
        (text(event, "message") or text(event, "note")).strip(),
        since(first, now),
        times,
        name(event),
    ]


PRINTER = KindPrinter("Event", COLUMNS, cells, groups=("", "events.k8s.io"))
