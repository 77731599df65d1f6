"""Namespaces."""

from datetime import datetime

from nodeportkit.kube.printing.fields import age, name, text
from nodeportkit.kube.printing.registry import Column, KindPrinter, Object

COLUMNS = (
    Column("Name", "The namespace's name.", format="name"),
    Column("Status", "Active, or Terminating while what is in it is being deleted."),
    Column("Age", "Time since it was created."),
)


def cells(namespace: Object, now: datetime) -> list[str | int]:
    """Print a namespace."""
    return [name(namespace), text(namespace, "status", "phase"), age(namespace, now)]


PRINTER = KindPrinter("Namespace", COLUMNS, cells, namespaced=False)
