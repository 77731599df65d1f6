"""A table as a list of objects, which the modules of the resources turn into rows of frames."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pandas as pd

from nodeportkit.sources.kinds import CLUSTER_WIDE
from nodeportkit.sources.reader import Context, Fragment
from nodeportkit.sources.tables.cells import Distinct, distinct

__all__ = ["Listing", "listing", "resources"]


@dataclass(frozen=True, slots=True)
class Listing:
    """The objects that a table shows, one a row, each once.

    Attributes
    ----------
    kind
        Their resource.
    columns
        The cells by column: "" where blank, None where the text ends before them.
    namespaces
        Their namespaces.
    names
        Their names, without `kind/`.
    complete
        The namespaces of which the table shows every object.
    context
        Where the table comes from.
    """

    kind: str
    columns: dict[str, Sequence[Any]]
    namespaces: Sequence[Any]
    names: Sequence[Any]
    complete: tuple[str, ...]
    context: Context

    def __len__(self) -> int:
        return len(self.names)

    def get(self, column: str) -> list[Any]:
        """The cells of a column; None for each where the table has no such column."""
        return list(self._column(column))

    def distinct(self, column: str) -> Distinct:
        """The different cells of a column."""
        return distinct(self._column(column))

    def _column(self, name: str) -> Sequence[Any]:
        return self.columns.get(name) or [None] * len(self)

    def take(self, places: Sequence[int]) -> Listing:
        """The rows at some positions."""
        return replace(
            self,
            columns={name: [cells[i] for i in places] for name, cells in self.columns.items()},
            namespaces=[self.namespaces[i] for i in places],
            names=[self.names[i] for i in places],
        )

    def parents(self, *names: str) -> pd.DataFrame:
        """The objects as the columns `names`, namespace first, for `Fragment.covers`."""
        return pd.DataFrame(dict(zip(names, (self.namespaces, self.names), strict=True)), dtype=object)


def listing(
    kind: str,
    names: Sequence[str],
    cells: Sequence[Sequence[str]],
    context: Context,
    *,
    complete: tuple[str, ...] = (),
    cut: bool = False,
) -> Listing | None:
    """The table with these columns as a list of objects; None if it does not show their names and namespaces.

    Of an object that was printed several times (`-w`) the last print counts.

    Parameters
    ----------
    kind
        The resource.
    names, cells
        The columns: their names, and the cells of each.
    context
        Where the table comes from.
    complete
        The namespaces of which the table shows every object.
    cut
        Whether the last row ends too early; then its last cell may be half a cell.
    """
    columns: dict[str, Sequence[Any]] = {}
    for name, column in zip(names, cells, strict=True):
        columns.setdefault(name, column)
    if kind == "events":  # their own names are not printed
        columns.setdefault("NAME", columns.get("OBJECT", [""] * len(cells[0])))
    if "NAME" not in columns:
        return None
    if cut:
        last = max((i for i, column in enumerate(cells) if column[-1]), default=-1)
        for name in names[max(last, 0) :]:
            columns[name] = [*columns[name][:-1], None]
    objects = columns["NAME"]
    if any(name and "/" in name for name in objects[:1]):
        objects = [name.rpartition("/")[2] if name else name for name in objects]
    command = context.command
    if command is not None and command.all_namespaces and "NAMESPACE" not in columns and kind not in CLUSTER_WIDE:
        return None
    namespaces = columns.get("NAMESPACE") or [context.namespace] * len(objects)
    found = Listing(kind, columns, namespaces, objects, complete, context)
    return found if kind == "events" else _last_of_each(found)  # many tell of one object


def _last_of_each(found: Listing) -> Listing:
    """The rows without those that a later row replaces, and without those that have no whole name."""
    events = found.columns.get("EVENT")
    if events is None and len(set(found.names)) == len(found) and all(found.names):
        return found
    keys = list(zip(found.namespaces, found.names, strict=True))
    last = {key: i for i, key in enumerate(keys) if key[1]}
    if len(last) == len(keys) and events is None:
        return found
    return found.take([i for i in last.values() if events is None or events[i] != "DELETED"])


@cache
def resources() -> dict[str, Callable[[Listing], list[Fragment]]]:
    """What turns the table of a resource into rows of frames, by resource: every module here that has `KINDS`."""
    import nodeportkit.sources.tables as room

    found: dict[str, Callable[[Listing], list[Fragment]]] = {}
    for module in pkgutil.iter_modules(room.__path__):
        reader: Any = importlib.import_module(f"{room.__name__}.{module.name}")
        for kind in getattr(reader, "KINDS", ()):
            found[kind] = reader.fragments
    return found
