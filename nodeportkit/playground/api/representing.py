"""The forms in which objects are answered: whole, as metadata alone, as the Table that kubectl prints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Any

from nodeportkit.kube.printing.registry import printers
from nodeportkit.playground.api.failures import not_acceptable
from nodeportkit.playground.resources import Resource
from nodeportkit.playground.store import Object

__all__ = ["Form", "as_list", "as_metadata", "as_table", "wanted_form"]

_TYPES = ("application/json", "application/yaml", "application/json;stream=watch")


class Form(Enum):
    """How an object is to be shown."""

    WHOLE = "whole"
    TABLE = "Table"
    METADATA = "PartialObjectMetadata"


def wanted_form(accept: str) -> Form:
    """The first form that the client accepts and that can be had.

    Examples
    --------
    >>> wanted_form("application/json;as=Table;v=v1;g=meta.k8s.io,application/json")
    <Form.TABLE: 'Table'>
    """
    if not accept.strip():
        return Form.WHOLE
    for part in accept.split(","):
        media, *parameters = (word.strip() for word in part.split(";"))
        told = dict(parameter.partition("=")[::2] for parameter in parameters)
        if media not in ("application/json", "application/*", "*/*", "application/yaml"):
            continue
        shape = told.get("as", "")
        if shape == "Table" and told.get("v", "v1") == "v1":
            return Form.TABLE
        if shape in ("PartialObjectMetadata", "PartialObjectMetadataList"):
            return Form.METADATA
        if not shape:
            return Form.WHOLE
    raise not_acceptable(_TYPES)


def as_metadata(thing: Object) -> Object:
    """Only what the metadata says."""
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": thing["metadata"]}


def as_list(resource: Resource, things: Sequence[Object], metadata: Object, form: Form) -> Object:
    """A list of objects; its items do not say what they are, as its kind tells it."""
    if form is Form.METADATA:
        items = [as_metadata(thing) for thing in things]
        return {
            "kind": "PartialObjectMetadataList",
            "apiVersion": "meta.k8s.io/v1",
            "metadata": metadata,
            "items": items,
        }
    bare = [{key: value for key, value in thing.items() if key not in ("kind", "apiVersion")} for thing in things]
    return {"kind": f"{resource.kind}List", "apiVersion": resource.api_version, "metadata": metadata, "items": bare}


def as_table(
    resource: Resource, things: Sequence[Object], metadata: Object, now: datetime, include: str, *, columns: bool = True
) -> Object:
    """The table that kubectl prints.

    Parameters
    ----------
    include
        What of each object comes with its row: `Metadata`, `Object` or `None`.
    columns
        Whether to say what the columns are; in a watch only the first table does.
    """
    printer = printers().get((resource.group, resource.kind))
    rows: list[dict[str, Any]] = []
    for thing in things:
        if printer:
            cells: list[Any] = list(printer.cells(thing, now))
        else:
            cells = [thing["metadata"]["name"], thing["metadata"].get("creationTimestamp", "")]
        row: dict[str, Any] = {"cells": cells}
        if include == "Object":
            row["object"] = thing
        elif include != "None":
            row["object"] = as_metadata(thing)
        rows.append(row)
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": metadata,
        "columnDefinitions": _columns(resource) if columns else None,
        "rows": rows,
    }


def _columns(resource: Resource) -> list[dict[str, Any]]:
    printer = printers().get((resource.group, resource.kind))
    if printer is None:
        return [
            {"name": "Name", "type": "string", "format": "name", "description": "Its name.", "priority": 0},
            {"name": "Created At", "type": "date", "format": "", "description": "When it was made.", "priority": 0},
        ]
    return [
        {
            "name": column.name,
            "type": column.type,
            "format": column.format,
            "description": column.description,
            "priority": column.priority,
        }
        for column in printer.columns
    ]
