"""Lists, page by page: all pages show the moment of the first."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nodeportkit.kube.validation.status import failure
from nodeportkit.playground.api.failures import ApiError, bad_request, expired
from nodeportkit.playground.resources import Resource
from nodeportkit.playground.store import Expired, Object, Store

__all__ = ["Page", "page", "version_number"]


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list: its objects, and the metadata of the list."""

    things: list[Object]
    metadata: dict[str, Any]


def page(
    store: Store,
    resource: Resource,
    namespace: str | None,
    takes: Callable[[Object], bool],
    *,
    limit: int = 0,
    token: str = "",
    version: str = "",
    selective: bool = False,
) -> Page:
    """The objects of a list, or of a part of it.

    Parameters
    ----------
    takes
        Which objects belong to it.
    limit
        How many at most; 0 for all.
    token
        Where the page before ended.
    version
        The least version that it may show.
    selective
        Whether `takes` leaves any out: then it is not told how many are left.
    """
    if version_number(version) > store.version:
        message = f"Too large resource version: {version}, current: {store.version}"
        details = {"causes": [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}]}
        raise ApiError(failure(504, "Timeout", message, {**details, "retryAfterSeconds": 1}))
    at, after = _place(token) if token else (store.version, None)
    try:
        things = (
            store.all(resource.name, namespace) if at == store.version else store.all_at(at, resource.name, namespace)
        )
    except Expired as error:
        raise expired(
            "The provided continue parameter is too old to display a consistent list result. You can start a new list "
            "without the continue parameter."
        ) from error
    found = [thing for thing in things if takes(thing) and (after is None or _name(thing) > after)]
    metadata: dict[str, Any] = {"resourceVersion": str(at)}
    if limit and len(found) > limit:
        metadata["continue"] = _token(at, _name(found[limit - 1]))
        if not selective:
            metadata["remainingItemCount"] = len(found) - limit
        found = found[:limit]
    return Page(found, metadata)


def version_number(text: str) -> int:
    """A resourceVersion as a number; 0 for none."""
    if not text:
        return 0
    if not text.isascii() or not text.isdecimal():
        said = f'strconv.ParseUint: parsing "{text}": invalid syntax'
        raise bad_request(f'invalid resource version: resourceVersion: Invalid value: "{text}": {said}')
    return int(text)


def _name(thing: Object) -> tuple[str, str]:
    return thing["metadata"].get("namespace", ""), thing["metadata"]["name"]


def _token(at: int, after: tuple[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps({"rv": at, "after": after}).encode()).decode().rstrip("=")


def _place(token: str) -> tuple[int, tuple[str, str]]:
    try:
        told = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        namespace, name = told["after"]
        return int(told["rv"]), (str(namespace), str(name))
    except (ValueError, KeyError, TypeError) as error:
        raise bad_request(
            "invalid continue token: continue key is not valid: it was not given by this server"
        ) from error
