"""Config maps."""

from datetime import datetime

from nodeportkit.kube.printing.fields import age, mapping, name
from nodeportkit.kube.printing.registry import Column, KindPrinter, Object

COLUMNS = (
    Column("Name", "The config map's name.", format="name"),
    Column("Data", "How many entries it has."),
    Column("Age", "Time since it was created."),
)


def cells(config_map: Object, now: datetime) -> list[str | int]:
    """Print a config map."""
    entries = len(mapping(config_map, "data")) + len(mapping(config_map, "binaryData"))
    return [name(config_map), str(entries), age(config_map, now)]


PRINTER = KindPrinter("ConfigMap", COLUMNS, cells)
