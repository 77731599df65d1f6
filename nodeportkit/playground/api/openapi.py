"""The OpenAPI documents (version 3) that kubectl asks for before it creates, applies, edits and explains.

Before it writes, kubectl looks for one thing in them: whether the resource's paths take `fieldValidation`. If they do, it leaves the
validation of fields to the server.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any, Final, cast

from nodeportkit.kube.decoding.types import types
from nodeportkit.playground.api.descriptions import description_of
from nodeportkit.playground.resources import Resource, resources

__all__ = ["document", "index"]

_PLAIN: Final[dict[str, dict[str, Any]]] = {
    "string": {"type": "string"},
    "bool": {"type": "boolean"},
    "int32": {"type": "integer", "format": "int32"},
    "int64": {"type": "integer", "format": "int64"},
    "any": {"type": "object"},
}
# What a server gives schemas of their own, though they are texts and numbers in JSON.
_NAMED: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "time": ("Time", {"type": "string", "format": "date-time"}),
    "quantity": ("Quantity", {"oneOf": [{"type": "string"}, {"type": "number"}]}),
    "intstr": ("IntOrString", {"oneOf": [{"type": "integer"}, {"type": "string"}], "format": "int-or-string"}),
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
    schemas = _Schemas()
    for resource in mine:
        paths |= _paths(resource)
        schemas.add(resource.kind)["x-kubernetes-group-version-kind"] = [_kind_of(resource)]
    return {
        "openapi": "3.0.0",
        "info": {"title": "nodeportkit playground", "version": "v1.37.0"},
        "paths": paths,
        "components": {"schemas": schemas.finished()},
    }


def _kind_of(resource: Resource) -> dict[str, str]:
    return {"group": resource.group, "kind": resource.kind, "version": resource.version}


def _name(type_: str) -> str:
    name, _, group = type_.partition("@")
    return f"io.nodeportkit.{group or 'core'}.{name}"


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


class _Schemas:
    """The schemas of types, and of those that they are made of."""

    def __init__(self) -> None:
        self._known: dict[str, Any] = {}
        self._described: set[str] = set()

    def add(self, type_: str) -> dict[str, Any]:
        """Add the schema of a type if it is not there yet; gives it."""
        name = _name(type_)
        if name in self._known:
            return cast("dict[str, Any]", self._known[name])
        about = description_of(type_)
        told: dict[str, Any] = {"type": "object"}
        self._known[name] = told
        if about.text:
            told["description"] = about.text
        fields = types().get(type_)
        if fields is None:
            told["x-kubernetes-preserve-unknown-fields"] = True
            return told
        told["properties"] = {field: self._field(of, about.fields.get(field, "")) for field, of in fields.items()}
        if required := sorted(about.required & fields.keys()):
            told["required"] = required
        return told

    def finished(self) -> dict[str, Any]:
        """All of them. What says of a type what it is says it once: kubectl prints it for the field and for its type."""
        for name in self._described:
            self._known[name].pop("description", None)
        return self._known

    def _field(self, of: str, description: str) -> dict[str, Any]:
        told = self._of(of)
        if not description and of in types():
            description = description_of(of).text
            self._described.add(_name(of))
        return {**told, "description": description} if description else told

    def _of(self, of: str) -> dict[str, Any]:
        if of.startswith("[]"):
            return {"type": "array", "items": self._of(of.removeprefix("[]"))}
        if of.startswith("map[string]"):
            return {"type": "object", "additionalProperties": self._of(of.removeprefix("map[string]"))}
        if of in _PLAIN:
            return dict(_PLAIN[of])
        if of in _NAMED:
            name, told = _NAMED[of]
            self._known[_name(name)] = told
            return _reference(name)
        if of not in types():
            return {"type": "string"}  # a text by another name
        self.add(of)
        return {**_reference(of), "default": {}}


def _reference(type_: str) -> dict[str, Any]:
    return {"allOf": [{"$ref": f"#/components/schemas/{_name(type_)}"}]}
