"""Replica sets."""

from datetime import datetime

from nodeportkit.kube.printing.fields import age, containers, name, number, selector
from nodeportkit.kube.printing.registry import Column, KindPrinter, Object

COLUMNS = (
    Column("Name", "The replica set's name.", format="name"),
    Column("Desired", "How many pods are wanted.", type="integer"),
    Column("Current", "How many pods there are.", type="integer"),
    Column("Ready", "How many of them are ready.", type="integer"),
    Column("Age", "Time since it was created."),
    Column("Containers", "The names of its containers.", wide=True),
    Column("Images", "The images of its containers.", wide=True),
    Column("Selector", "Which pods are its own.", wide=True),
)


def cells(replica_set: Object, now: datetime) -> list[str | int]:
    """Print a replica set."""
    names, images = containers(replica_set)
    return [
        name(replica_set),
        number(replica_set, "spec", "replicas", default=1),
        number(replica_set, "status", "replicas"),
        number(replica_set, "status", "readyReplicas"),
        age(replica_set, now),
        names,
        images,
        selector(replica_set),
    ]


PRINTER = KindPrinter("ReplicaSet", COLUMNS, cells, groups=("apps", "extensions"))
