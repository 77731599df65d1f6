"""Scales: what `kubectl get --subresource=scale` prints of a workload."""

from datetime import datetime

from nodeportkit.kube.printing.fields import age, name, number
from nodeportkit.kube.printing.registry import Column, KindPrinter, Object

COLUMNS = (
    Column("Name", "The workload's name.", format="name"),
    Column("Desired", "How many pods are wanted.", type="integer"),
    Column("Available", "How many there are.", type="integer"),
    Column("Age", "Time since it was created."),
)


def cells(scale: Object, now: datetime) -> list[str | int]:
    """Print a scale."""
    return [name(scale), number(scale, "spec", "replicas"), number(scale, "status", "replicas"), age(scale, now)]


PRINTER = KindPrinter("Scale", COLUMNS, cells, groups=("autoscaling",))
