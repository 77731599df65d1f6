"""Secrets: how many entries they have, and none of them."""

from datetime import datetime

from nodeportkit.kube.printing.fields import age, mapping, name, text
from nodeportkit.kube.printing.registry import Column, KindPrinter, Object

COLUMNS = (
    Column("Name", "The secret's name.", format="name"),
    Column("Type", "What it is for: Opaque, kubernetes.io/tls, ..."),
    Column("Data", "How many entries it has."),
    Column("Age", "Time since it was created."),
)


def cells(secret: Object, now: datetime) -> list[str | int]:
    """Print a secret."""
    return [name(secret), text(secret, "type") or "Opaque", str(len(mapping(secret, "data"))), age(secret, now)]


PRINTER = KindPrinter("Secret", COLUMNS, cells)
