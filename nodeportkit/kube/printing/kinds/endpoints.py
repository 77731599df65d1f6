"""Endpoints."""

from datetime import datetime

from nodeportkit.cells import NONE, format_endpoint, format_list
from nodeportkit.kube.printing.fields import age, items, name, number, text
from nodeportkit.kube.printing.registry import Column, KindPrinter, Object

COLUMNS = (
    Column("Name", "The name of the service that they belong to.", format="name"),
    Column("Endpoints", "Up to three ready addresses with their ports, and how many more there are."),
    Column("Age", "Time since they were created."),
)


def cells(endpoints: Object, now: datetime) -> list[str | int]:
    """Print endpoints; subsets without a ready address give a blank cell."""
    subsets = items(endpoints, "subsets")
    listed = [
        format_endpoint(text(address, "ip"), number(port, "port") if port else None)
        for subset in subsets
        for port in items(subset, "ports") or [{}]  # a headless service can have none
        for address in items(subset, "addresses")
    ]
    return [name(endpoints), format_list(listed, most=3, missing="" if subsets else NONE), age(endpoints, now)]


PRINTER = KindPrinter("Endpoints", COLUMNS, cells)
