"""Service accounts."""

from datetime import datetime

from nodeportkit.kube.printing.fields import age, name
from nodeportkit.kube.printing.registry import Column, KindPrinter, Object

COLUMNS = (
    Column("Name", "The service account's name.", format="name"),
    Column("Age", "Time since it was created."),
)


def cells(service_account: Object, now: datetime) -> list[str | int]:
    """Print a service account."""
    return [name(service_account), age(service_account, now)]


PRINTER = KindPrinter("ServiceAccount", COLUMNS, cells)
