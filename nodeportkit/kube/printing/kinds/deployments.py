"""Deployments."""

from datetime import datetime

from nodeportkit.cells import INVALID
from nodeportkit.errors import ReadError
from nodeportkit.kube.printing.fields import age, containers, mapping, name, number
from nodeportkit.kube.printing.registry import Column, KindPrinter, Object
from nodeportkit.selectors import requirements

COLUMNS = (
    Column("Name", "The deployment's name.", format="name"),
    Column("Ready", "How many of its pods are ready, of how many wanted."),
    Column("Up-to-date", "How many of its pods are made from its present template."),
    Column("Available", "How many of its pods have been ready for long enough."),
    Column("Age", "Time since it was created."),
    Column("Containers", "The names of its containers.", wide=True),
    Column("Images", "The images of its containers.", wide=True),
    Column("Selector", "Which pods are its own.", wide=True),
)


def cells(deployment: Object, now: datetime) -> list[str | int]:
    """Print a deployment."""
    names, images = containers(deployment)
    return [
        name(deployment),
        f"{number(deployment, 'status', 'readyReplicas')}/{number(deployment, 'spec', 'replicas', default=1)}",
        number(deployment, "status", "updatedReplicas"),
        number(deployment, "status", "availableReplicas"),
        age(deployment, now),
        names,
        images,
        _selector(deployment),
    ]


def _selector(deployment: Object) -> str:
    """Print the selector: blank where it is empty, unlike that of the other workloads."""
    try:
        return ",".join(str(requirement) for requirement in requirements(mapping(deployment, "spec", "selector")))
    except ReadError:
        return INVALID


PRINTER = KindPrinter("Deployment", COLUMNS, cells, groups=("apps", "extensions"))
