"""Leases."""

from datetime import datetime

from nodeportkit.kube.printing.fields import age, name, text
from nodeportkit.kube.printing.registry import Column, KindPrinter, Object

COLUMNS = (
    Column("Name", "The lease's name.", format="name"),
    Column("Holder", "Who holds it."),
    Column("Age", "Time since it was created."),
)


def cells(lease: Object, now: datetime) -> list[str | int]:
    """Print a lease."""
    return [name(lease), text(lease, "spec", "holderIdentity"), age(lease, now)]


PRINTER = KindPrinter("Lease", COLUMNS, cells, groups=("coordination.k8s.io",))
