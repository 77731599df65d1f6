"""The Table that the API server prints for `kubectl get`, as JSON: cells, and a little of each object.

meta.k8s.io/v1 Table (staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/types.go): `includeObject` decides whether a row
carries its object whole, its metadata alone, or nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from nodeportkit.frames import SCHEMAS, conform
from nodeportkit.sources.command import Command
from nodeportkit.sources.objects.gather import times
from nodeportkit.sources.objects.typed import KubernetesObject, Metadata, Typed, labels, owner
from nodeportkit.sources.reader import Context, Fragment
from nodeportkit.sources.tables.columns import kind_of
from nodeportkit.sources.tables.listing import listing, resources

__all__ = ["DictTable", "JsonTable", "table_fragments"]

_OBJECT_FRAMES: Final = ("nodes", "services", "pods", "workloads", "policies", "namespaces")


class ColumnDefinition(Typed):
    """The heading of a column."""

    name: str | None = None


class DictRow(Typed):
    """A row of a table that stands in memory."""

    cells: list[Any] | None = None
    object: Any = None


class JsonRow(Typed):
    """A row of a table that is written as JSON."""

    cells: list[Any] | None = None
    object: msgspec.Raw = msgspec.Raw()


class DictTable(Typed):
    """A table that stands in memory."""

    column_definitions: list[ColumnDefinition] | None = None
    rows: list[DictRow] | None = None


class JsonTable(Typed):
    """A table that is written as JSON."""

    column_definitions: list[ColumnDefinition] | None = None
    rows: list[JsonRow] | None = None


def table_fragments(
    table: DictTable | JsonTable, objects: Sequence[KubernetesObject], source: str, namespace: str
) -> list[Fragment] | None:
    """What the cells tell, and the metadata beside them; None if it is not known what the table shows.

    Parameters
    ----------
    table
        The table.
    objects
        What each row carries of its object.
    source
        The file's name, for errors.
    namespace
        The namespace of objects that say none.
    """
    names = [(column.name or "").upper() for column in table.column_definitions or ()]
    rows = [_texts(row.cells or [], len(names)) for row in table.rows or ()]
    columns = [list(cells) for cells in zip(*rows, strict=True)] if rows else [[] for _ in names]
    kind = kind_of(names, columns, None)
    metas = [thing.metadata or Metadata() for thing in objects]
    if "NAMESPACE" not in names:
        names, columns = ["NAMESPACE", *names], [[meta.namespace or namespace for meta in metas], *columns]
    context = Context(source, Command("", namespace=namespace))
    found = listing(kind, names, columns, context)
    make = resources().get(kind)
    if found is None or make is None:
        return None
    by_name = dict(zip(zip(columns[0], (meta.name for meta in metas), strict=True), metas, strict=True))
    fragments = make(found)
    return [*fragments, *(_metadata(f, by_name, namespace) for f in fragments if f.frame in _OBJECT_FRAMES)]


def _texts(cells: list[Any], width: int) -> list[str]:
    texts = ["" if cell is None else str(cell) for cell in cells[:width]]
    return texts + [""] * (width - len(texts))


def _metadata(fragment: Fragment, by_name: dict[Any, Metadata], namespace: str) -> Fragment:
    """Labels, time of creation and owner of the objects in a fragment, as far as the rows carried them."""
    rows, schema = fragment.rows, SCHEMAS[fragment.frame]
    namespaces = rows["namespace"] if "namespace" in schema.names else [namespace] * len(rows)
    metas = [by_name.get(key, Metadata()) for key in zip(namespaces, rows["name"], strict=True)]
    known = [meta.name is not None for meta in metas]
    told: dict[str, Any] = {name: rows[name] for name in schema.key}
    told["labels"] = [labels(meta) if is_known else None for meta, is_known in zip(metas, known, strict=True)]
    told["created"] = times([meta.creation_timestamp for meta in metas])
    if "owner_kind" in schema.names:
        owners = [owner(meta) for meta in metas]
        told |= {"owner_kind": [kind for kind, _ in owners], "owner_name": [name for _, name in owners]}
    return Fragment(fragment.frame, conform(fragment.frame, told))
