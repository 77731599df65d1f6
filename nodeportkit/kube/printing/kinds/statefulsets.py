"""Stateful sets."""

from datetime import datetime

from nodeportkit.kube.printing.fields import age, containers, name, number
from nodeportkit.kube.printing.registry import Column, KindPrinter, Object

COLUMNS = (
    Column("Name", "The stateful set's name.", format="name"),
    Column("Ready", "How many of its pods are ready, of how many wanted."),
    Column("Age", "Time since it was created."),
    Column("Containers", "The names of its containers.", wide=True),
    Column("Images", "The images of its containers.", wide=True),
)


def cells(stateful_set: Object, now: datetime) -> list[str | int]:
    """Print a stateful set."""
    ready = number(stateful_set, "status", "readyReplicas")
    wanted = number(stateful_set, "spec", "replicas", default=1)
    return [name(stateful_set), f"{ready}/{wanted}", age(stateful_set, now), *containers(stateful_set)]


PRINTER = KindPrinter("StatefulSet", COLUMNS, cells, groups=("apps",))
