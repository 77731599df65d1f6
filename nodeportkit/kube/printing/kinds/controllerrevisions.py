"""Controller revisions: the templates that stateful sets and daemon sets have had."""

from datetime import datetime

from nodeportkit.kube.printing.fields import age, items, name, number, text
from nodeportkit.kube.printing.registry import Column, KindPrinter, Object

COLUMNS = (
    Column("Name", "The revision's name.", format="name"),
    Column("Controller", "Whose template it is."),
    Column("Revision", "Its number: the highest is the newest."),
    Column("Age", "Time since it was created."),
)


def cells(revision: Object, now: datetime) -> list[str | int]:
    """Print a controller revision."""
    return [name(revision), _controller(revision), str(number(revision, "revision")), age(revision, now)]


def _controller(revision: Object) -> str:
    for reference in items(revision, "metadata", "ownerReferences"):
        if reference.get("controller"):
            group = text(reference, "apiVersion").rpartition("/")[0]
            return f"{'.'.join(filter(None, (text(reference, 'kind').lower(), group)))}/{text(reference, 'name')}"
    return "<none>"


PRINTER = KindPrinter("ControllerRevision", COLUMNS, cells, groups=("apps",))
