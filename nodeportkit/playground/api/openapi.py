"""The OpenAPI documents (version 3) that kubectl asks for before it creates, applies, edits and explains.

kubectl looks for one thing in them before it writes: whether the resource's paths take `fieldValidation`. If they do, it
leaves the validation of fields to the server.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any, Final

from nodeportkit.kube.decoding.types import types
from nodeportkit.playground.resources import Resource, resources

__all__ = ["document", "index"]

_PLAIN: Final[dict[str, dict[str, Any]]] = {
    "string": {"type": "string"},
    "bool": {"type": "boolean"},
    "int32": {"type": "integer", "format": "int32"},
    "int64": {"type": "integer", "format": "int64"},
    "time": {"type": "string", "format": "date-time"},
    "quantity": {"type": "string"},
    "intstr": {"oneOf": [{"type": "integer"}, {"type": "string"}], "format": "int-or-string"},
    "any": {"type": "object"},
}
_QUERY: Final = ("dryRun", "fieldManager", "fieldValidation", "pretty")
_WRITES: Final = {"post": "post", "put": "put", "patch": "patch"}


@cache
def index() -> dict[str, Any]:
    """The document at /openapi/v3: where the others are, each with a hash of what it holds."""
    paths = {}
    for group, version in sorted({(resource.group, resource.version) for resource in resources()}):
        path = f"apis/{group}/{version}" if group else f"api/{version}"
        digest = hashlib.sha256(json.dumps(document(group, version), sort_keys=True).encode()).hexdigest().upper()
        paths[path] = {"serverRelativeURL": f"/openapi/v3/{path}?hash={digest}"}
    return {"paths": paths}


@cache
def document(group: str, version: str) -> dict[str, Any] | None:
    """The document of a group and version; None if nothing of it is served."""
    mine = [resource for resource in resources() if (resource.group, resource.version) == (group, version)]
    if not mine:
        return None
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    for resource in mine:
        paths |= _paths(resource)
        _add_schema(resource.kind, schemas)
        schemas[_name(resource.kind)]["x-kubernetes-group-version-kind"] = [_kind_of(resource)]
    return {
        "openapi": "3.0.0",
        "info": {"title": "nodeportkit playground", "version": "v1.37.0"},
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _kind_of(resource: Resource) -> dict[str, str]:
    return {"group": resource.group, "kind": resource.kind, "version": resource.version}


def _name(type_: str) -> str:
    return f"io.nodeportkit.{type_}"


def _paths(resource: Resource) -> dict[str, Any]:
    base = f"/apis/{resource.group}/{resource.version}" if resource.group else f"/api/{resource.version}"
    where = f"{base}/namespaces/{{namespace}}" if resource.namespaced else base
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{_name(resource.kind)}"}}}

    def operation(action: str) -> dict[str, Any]:
        told: dict[str, Any] = {
            "operationId": f"{action}{resource.kind}",
            "x-kubernetes-action": action,
            "x-kubernetes-group-version-kind": _kind_of(resource),
            "responses": {"200": {"description": "OK", "content": content}},
        }
        if action in _WRITES:
            told["requestBody"] = {"content": content}
            told["parameters"] = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in _QUERY]
        return told

    return {
        f"{where}/{resource.plural}": {"get": operation("list"), "post": operation("post")},
        f"{where}/{resource.plural}/{{name}}": {verb: operation(verb) for verb in ("get", "put", "patch", "delete")},
    }


def _add_schema(type_: str, schemas: dict[str, Any]) -> None:
    """Add the schema of a type, and those of the types that it is made of."""
    name = _name(type_)
    if name in schemas:
        return
    told: dict[str, Any] = {"type": "object", "description": f"The fields of a {type_}."}
    schemas[name] = told
    fields = types().get(type_)
    if fields is None:
        told["x-kubernetes-preserve-unknown-fields"] = True
        return
    told["properties"] = {field: _schema(of, schemas) for field, of in fields.items()}


def _schema(of: str, schemas: dict[str, Any]) -> dict[str, Any]:
    if of.startswith("[]"):
        return {"type": "array", "items": _schema(of.removeprefix("[]"), schemas)}
    if of.startswith("map[string]"):
        return {"type": "object", "additionalProperties": _schema(of.removeprefix("map[string]"), schemas)}
    if of in _PLAIN:
        return dict(_PLAIN[of])
    if of not in types():
        return {"type": "string"}  # a text by another name
    _add_schema(of, schemas)
    return {"allOf": [{"$ref": f"#/components/schemas/{_name(of)}"}], "default": {}}
