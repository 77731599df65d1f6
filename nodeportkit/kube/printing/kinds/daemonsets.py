"""Daemon sets."""

from datetime import datetime

from nodeportkit.cells import format_labels
from nodeportkit.kube.printing.fields import age, containers, name, number, selector, strings
from nodeportkit.kube.printing.registry import Column, KindPrinter, Object

COLUMNS = (
    Column("Name", "The daemon set's name.", format="name"),
    Column("Desired", "How many nodes should run its pod.", type="integer"),
    Column("Current", "How many of these nodes run it.", type="integer"),
    Column("Ready", "On how many nodes it is ready.", type="integer"),
    Column("Up-to-date", "On how many nodes it is made from the present template.", type="integer"),
    Column("Available", "On how many nodes it has been ready for long enough.", type="integer"),
    Column("Node Selector", "The labels of the nodes that it runs on."),
    Column("Age", "Time since it was created."),
    Column("Containers", "The names of its containers.", wide=True),
    Column("Images", "The images of its containers.", wide=True),
    Column("Selector", "Which pods are its own.", wide=True),
)


def cells(daemon_set: Object, now: datetime) -> list[str | int]:
    """Print a daemon set."""
    names, images = containers(daemon_set)
    return [
        name(daemon_set),
        number(daemon_set, "status", "desiredNumberScheduled"),
        number(daemon_set, "status", "currentNumberScheduled"),
        number(daemon_set, "status", "numberReady"),
        number(daemon_set, "status", "updatedNumberScheduled"),
        number(daemon_set, "status", "numberAvailable"),
        format_labels(strings(daemon_set, "spec", "template", "spec", "nodeSelector")),
        age(daemon_set, now),
        names,
        images,
        selector(daemon_set),
    ]


PRINTER = KindPrinter("DaemonSet", COLUMNS, cells, groups=("apps", "extensions"))
