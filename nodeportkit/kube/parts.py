"""Parts of an object given as a dict of the API's JSON; what is missing or null is empty, as in Go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

__all__ = ["Object", "copied", "mapping", "mappings", "number", "strings", "text"]

Object: TypeAlias = Mapping[str, Any]


def copied(value: Any) -> Any:
    """A copy of what JSON can say, in a fifth of the time that copy.deepcopy takes."""
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    return [copied(item) for item in value] if isinstance(value, list) else value


def mapping(thing: Object, *keys: str) -> dict[str, Any]:
    """Look up a mapping within mappings.

    Examples
    --------
    >>> mapping({"spec": {"selector": {"app": "web"}}}, "spec", "selector"), mapping({}, "spec")
    ({'app': 'web'}, {})
    """
    found: Any = thing
    for key in keys:
        found = found.get(key)
        if not isinstance(found, Mapping):
            return {}
    return found if isinstance(found, dict) else dict(found)


def mappings(thing: Object, key: str) -> list[dict[str, Any]]:
    """Look up a list of mappings."""
    found = thing.get(key)
    return [item if isinstance(item, dict) else {} for item in found] if isinstance(found, list | tuple) else []


def strings(thing: Object, key: str) -> list[str]:
    """Look up a list of texts."""
    found = thing.get(key)
    return [str(item) for item in found] if isinstance(found, list | tuple) else []


def text(thing: Object, key: str) -> str:
    """Look up a text."""
    found = thing.get(key)
    return found if isinstance(found, str) else ""


def number(thing: Object, key: str) -> int:
    """Look up a whole number."""
    found = thing.get(key)
    return found if isinstance(found, int) else 0
