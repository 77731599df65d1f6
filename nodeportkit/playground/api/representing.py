"""The forms in which objects are answered: whole, as metadata alone, as the Table that kubectl prints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Any, Final, NamedTuple

from nodeportkit.kube.printing.registry import printers
from nodeportkit.playground.api.exchange import JSON, YAML
from nodeportkit.playground.api.failures import not_acceptable
from nodeportkit.playground.resources import Resource
from nodeportkit.playground.store import Object

__all__ = ["Form", "Wanted", "as_list", "as_metadata", "as_table", "wanted"]

_TYPES: Final = (JSON, YAML)
_STREAMED: Final = (JSON, f"{JSON};stream=watch")
_MEDIA: Final = {JSON: JSON, YAML: YAML, "application/*": JSON, "*/*": JSON}


class Form(Enum):
    """How an object is to be shown."""

    WHOLE = "whole"
    TABLE = "Table"
    METADATA = "PartialObjectMetadata"


class Wanted(NamedTuple):
    """How an answer is wanted: in what form, and as JSON or YAML."""

    form: Form = Form.WHOLE
    media: str = JSON


def wanted(accept: str, *, streamed: bool = False) -> Wanted:
    """The first of what the client accepts that can be had.

    Parameters
    ----------
    accept
        The header.
    streamed
        Whether it is for a watch, whose events are JSON alone.

    Raises
    ------
    ApiError
        406, if nothing of it can be had.

    Examples
    --------
    >>> wanted("application/json;as=Table;v=v1;g=meta.k8s.io,application/json").form
    <Form.TABLE: 'Table'>
    >>> wanted("text/html, application/yaml;q=0.9").media
    'application/yaml'
    """
    if not accept.strip():
        return Wanted()
    for part in accept.split(","):
        name, *parameters = (word.strip() for word in part.split(";"))
        told = dict(parameter.partition("=")[::2] for parameter in parameters)
        media = _MEDIA.get(name)
        if media is None or (streamed and media != JSON):
            continue
        shape = told.get("as", "")
        if shape == "Table" and told.get("v", "v1") == "v1":
            return Wanted(Form.TABLE, media)
        if shape in ("PartialObjectMetadata", "PartialObjectMetadataList"):
            return Wanted(Form.METADATA, media)
        if not shape:
            return Wanted(Form.WHOLE, media)
    raise not_acceptable(_STREAMED if streamed else _TYPES)


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
