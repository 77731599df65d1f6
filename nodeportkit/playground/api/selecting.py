"""Which objects a request is about: label selectors and field selectors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from nodeportkit.errors import ReadError
from nodeportkit.playground.api.failures import bad_request
from nodeportkit.playground.resources import Resource
from nodeportkit.playground.store import Object
from nodeportkit.selectors import match_labels, parse_selector

__all__ = ["selection"]

_METADATA: Final = {"metadata.name": ("metadata", "name"), "metadata.namespace": ("metadata", "namespace")}


def selection(resource: Resource, labels: str, fields: str) -> Callable[[Object], bool]:
    """A test for objects: whether both selectors take them.

    Raises
    ------
    ApiError
        If a selector cannot be read, or names a field that cannot be selected by.
    """
    terms = [_term(resource, part) for part in fields.split(",") if part]
    if labels:
        try:
            parse_selector(labels)
        except ReadError as error:
            raise bad_request(_said(error.message)) from error

    def takes(thing: Object) -> bool:
        if labels and not match_labels(labels, thing["metadata"].get("labels") or {}):
            return False
        return all((_at(thing, path) == value) is wanted for path, value, wanted in terms)

    return takes


def _said(message: str) -> str:
    """What is wrong with a label selector, as a server says it (staging/src/k8s.io/apimachinery/pkg/labels/selector.go)."""
    message = message.replace(", expected ", ", expected: ").replace("found the end", "found ''")
    if message.endswith("',' or the end"):
        return message.replace("the end", "'end of string'")
    return f"unable to parse requirement: {message}"


def _term(resource: Resource, part: str) -> tuple[tuple[str, ...], str, bool]:
    sign = next((sign for sign in ("!=", "==", "=") if sign in part), None)
    if sign is None:
        raise bad_request(f"invalid selector: '{part}'; can't understand '{part}'")
    name, _, value = part.partition(sign)
    known = {**_METADATA, **resource.fields}
    if name not in known:
        if resource.fields:
            raise bad_request(f"field label not supported: {name}")
        only = '"metadata.name", "metadata.namespace"'
        raise bad_request(f'"{name}" is not a known field selector: only {only}')
    return known[name], value, sign != "!="


def _at(thing: Any, path: tuple[str, ...]) -> str:
    """The value at a path as selectors see it: text, "" where there is none."""
    for name in path:
        thing = thing.get(name) if isinstance(thing, dict) else None
    if isinstance(thing, bool):
        return "true" if thing else "false"
    return "" if thing is None else str(thing)
