"""Patches that know nothing of Kubernetes: JSON Patch (RFC 6902) and JSON Merge Patch (RFC 7386)."""

from __future__ import annotations

from typing import Any

import jsonpatch

from nodeportkit.kube.validation.status import failure
from nodeportkit.playground.api.failures import ApiError, bad_request
from nodeportkit.playground.store import copied

__all__ = ["json_merge", "json_patch"]


def json_merge(thing: Any, patch: Any) -> Any:
    """The value with the patch merged into it: null deletes, a list replaces.

    Examples
    --------
    >>> json_merge({"labels": {"app": "web", "tier": "x"}}, {"labels": {"tier": None, "type": "front-end"}})
    {'labels': {'app': 'web', 'type': 'front-end'}}
    """
    if not isinstance(patch, dict):
        return patch
    merged = dict(thing) if isinstance(thing, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = json_merge(merged.get(key), value)
    return merged


def json_patch(thing: dict[str, Any], operations: Any) -> dict[str, Any]:
    """The object after the operations.

    Examples
    --------
    >>> json_patch({"spec": {"replicas": 1}}, [{"op": "replace", "path": "/spec/replicas", "value": 3}])
    {'spec': {'replicas': 3}}
    """
    if not isinstance(operations, list):
        raise bad_request("json: cannot unmarshal object into Go value of type jsonpatch.Patch")
    try:
        patched: dict[str, Any] = jsonpatch.JsonPatch(operations).apply(copied(thing))
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException, TypeError, KeyError) as error:
        message = "the server rejected our request due to an error in our request"
        raise ApiError(failure(422, "Invalid", message)) from error
    return patched
