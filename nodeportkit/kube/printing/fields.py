"""The fields of an object given as a dict: missing ones are empty, malformed ones are named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from nodeportkit.cells import UNKNOWN, format_age
from nodeportkit.errors import ReadError
from nodeportkit.kube.printing.registry import Object
from nodeportkit.selectors import format_selector

__all__ = [
    "age",
    "containers",
    "items",
    "mapping",
    "moment",
    "name",
    "number",
    "selector",
    "since",
    "strings",
    "text",
    "texts",
]


def mapping(thing: Object, *path: str) -> Mapping[str, Any]:
    """Find the mapping at a path; empty where it is missing."""
    found: Any = thing
    for depth, field in enumerate(path):
        found = found.get(field)
        if found is None:
            return {}
        if not isinstance(found, Mapping):
            raise _malformed(thing, path[: depth + 1], found, "a mapping")
    return found  # type: ignore[no-any-return]


def items(thing: Object, *path: str) -> list[Mapping[str, Any]]:
    """Find the list of mappings at a path; empty where it is missing."""
    found = mapping(thing, *path[:-1]).get(path[-1])
    if found is None:
        return []
    if not isinstance(found, list | tuple) or not all(isinstance(item, Mapping) for item in found):
        raise _malformed(thing, path, found, "a list of mappings")
    return list(found)


def texts(thing: Object, *path: str) -> list[str]:
    """Find the list of texts at a path; empty where it is missing."""
    found = mapping(thing, *path[:-1]).get(path[-1])
    if found is None:
        return []
    if not isinstance(found, list | tuple):
        raise _malformed(thing, path, found, "a list")
    return [str(item) for item in found]


def text(thing: Object, *path: str) -> str:
    """Find the text at a path; "" where it is missing."""
    found = mapping(thing, *path[:-1]).get(path[-1])
    if found is None:
        return ""
    if isinstance(found, Mapping | list | tuple):
        raise _malformed(thing, path, found, "text")
    return str(found)


def number(thing: Object, *path: str, default: int = 0) -> int:
    """Find the whole number at a path; `default` where it is missing."""
    found = mapping(thing, *path[:-1]).get(path[-1])
    if found is None:
        return default
    if not isinstance(found, int) or isinstance(found, bool):
        raise _malformed(thing, path, found, "a whole number")
    return found


def strings(thing: Object, *path: str) -> dict[str, str]:
    """Find the mapping of texts (labels, a selector) at a path; empty where it is missing."""
    return {str(key): str(value) for key, value in mapping(thing, *path).items()}


def moment(thing: Object, *path: str) -> datetime | None:
    """Find the time at a path; None where it is missing or Go's zero time."""
    found = mapping(thing, *path[:-1]).get(path[-1])
    if found is None or found == "":
        return None
    try:
        time = found if isinstance(found, datetime) else datetime.fromisoformat(found)
    except (TypeError, ValueError):
        raise _malformed(thing, path, found, "a time such as 2024-05-11T23:39:57Z") from None
    if time.year == 1:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def since(time: datetime | None, now: datetime) -> str:
    """Print how long ago a time was, `<unknown>` without one."""
    return UNKNOWN if time is None else format_age((now - time).total_seconds())


def age(thing: Object, now: datetime) -> str:
    """Print the age of an object."""
    return since(moment(thing, "metadata", "creationTimestamp"), now)


def name(thing: Object) -> str:
    """Find the name of an object."""
    return text(thing, "metadata", "name")


def containers(thing: Object) -> tuple[str, str]:
    """Print the names and the images of the containers of a workload's template."""
    found = items(thing, "spec", "template", "spec", "containers")
    return ",".join(text(c, "name") for c in found), ",".join(text(c, "image") for c in found)


def selector(thing: Object) -> str:
    """Print the selector of a workload."""
    try:
        return format_selector(mapping(thing, "spec", "selector"))
    except ReadError:
        return "<error>"


def _malformed(thing: Object, path: tuple[str, ...], found: object, wanted: str) -> ReadError:
    metadata = thing.get("metadata")
    called = metadata.get("name") if isinstance(metadata, Mapping) else None
    source = " ".join(str(part) for part in (thing.get("kind"), called) if part) or None
    return ReadError(f"{'.'.join(path)} is {found!r:.60}", source=source, hint=f"It should be {wanted}.")
