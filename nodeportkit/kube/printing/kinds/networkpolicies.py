"""Network policies."""

from datetime import datetime

from nodeportkit.kube.printing.fields import age, mapping, name
from nodeportkit.kube.printing.registry import Column, KindPrinter, Object
from nodeportkit.selectors import format_selector

COLUMNS = (
    Column("Name", "The network policy's name.", format="name"),
    Column("Pod-Selector", "The labels of the pods that it is about."),
    Column("Age", "Time since it was created."),
)


def cells(policy: Object, now: datetime) -> list[str | int]:
    """Print a network policy."""
    return [name(policy), format_selector(dict(mapping(policy, "spec", "podSelector"))), age(policy, now)]


PRINTER = KindPrinter("NetworkPolicy", COLUMNS, cells, groups=("networking.k8s.io",))
