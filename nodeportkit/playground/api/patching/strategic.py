"""Strategic merge patches: lists are merged entry by entry, and directives begin with `$`.

staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go, and
https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md.
"""

from __future__ import annotations

from typing import Any, Final

from nodeportkit.playground.api.failures import bad_request
from nodeportkit.playground.api.patching.lists import Listing, listing

__all__ = ["strategic_merge"]

_PATCH: Final = "$patch"
_RETAIN: Final = "$retainKeys"
_DELETE_FROM: Final = "$deleteFromPrimitiveList/"
_ORDER: Final = "$setElementOrder/"


def strategic_merge(kind: str, thing: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """The object with the patch merged into it; both are left as they are.

    Examples
    --------
    >>> service = {"spec": {"ports": [{"port": 80, "name": "http"}, {"port": 443}]}}
    >>> strategic_merge("Service", service, {"spec": {"ports": [{"port": 80, "nodePort": 30080}]}})["spec"]["ports"]
    [{'port': 80, 'name': 'http', 'nodePort': 30080}, {'port': 443}]
    """
    return _map(kind, (), thing, patch)


def _map(kind: str, path: tuple[str, ...], old: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    directive = patch.get(_PATCH)
    if directive == "replace":
        return {key: _plain(value) for key, value in patch.items() if key != _PATCH}
    if directive == "delete":
        return {}
    if directive not in (None, "merge"):
        raise bad_request(f"Unknown patch type: {directive}")
    merged = dict(old)
    if isinstance(retained := patch.get(_RETAIN), list):
        merged = {key: value for key, value in merged.items() if key in retained}
    for key, value in patch.items():
        if key in (_PATCH, _RETAIN) or key.startswith(_ORDER):
            continue
        if key.startswith(_DELETE_FROM):
            name = key.removeprefix(_DELETE_FROM)
            before = merged.get(name) or []
            if not isinstance(before, list) or not isinstance(value, list):
                raise bad_request(f"invalid patch format of primitive list: {key}")
            merged[name] = [item for item in before if item not in value]
        elif value is None:
            merged.pop(key, None)
        elif isinstance(value, dict):
            there = merged.get(key)
            merged[key] = _map(kind, (*path, key), there if isinstance(there, dict) else {}, value)
        elif isinstance(value, list):
            merged[key] = _list(kind, (*path, key), merged.get(key), value, patch.get(f"{_ORDER}{key}"))
        else:
            merged[key] = value
    for key, order in patch.items():
        name = key.removeprefix(_ORDER)
        if key.startswith(_ORDER) and name not in patch and isinstance(merged.get(name), list):
            merged[name] = _ordered(merged[name], order, listing(kind, (*path, name)))
    return merged


def _list(kind: str, path: tuple[str, ...], old: Any, patch: list[Any], order: Any) -> list[Any]:
    how = listing(kind, path)
    before = old if isinstance(old, list) else []
    if how is None or any(isinstance(item, dict) and item == {_PATCH: "replace"} for item in patch):
        return [_plain(item) for item in patch if item != {_PATCH: "replace"}]
    if not how.key:
        merged = [*before, *(item for item in patch if item not in before)]
    else:
        merged = _entries(kind, path, before, patch, how)
    return _ordered(merged, order, how)


def _entries(kind: str, path: tuple[str, ...], old: list[Any], patch: list[Any], how: Listing) -> list[Any]:
    merged = list(old)
    for item in patch:
        if not isinstance(item, dict) or how.key not in item:
            shown = ".".join(path)
            raise bad_request(f"map: {item} does not contain declared merge key: {how.key} ({shown})")
        at = [i for i, known in enumerate(merged) if isinstance(known, dict) and known.get(how.key) == item[how.key]]
        if item.get(_PATCH) == "delete":
            merged = [known for i, known in enumerate(merged) if i not in at]
        elif at and item.get(_PATCH) != "replace":
            merged[at[0]] = _map(kind, path, merged[at[0]], item)
        elif at:
            merged[at[0]] = _plain({key: value for key, value in item.items() if key != _PATCH})
        else:
            merged.append(_map(kind, path, {}, item))
    return merged


def _ordered(items: list[Any], order: Any, how: Listing | None) -> list[Any]:
    """The items in the order that the patch names; those that it does not name keep their places among them."""
    if not isinstance(order, list) or how is None:
        return items

    def name(item: Any) -> Any:
        return item.get(how.key) if how.key and isinstance(item, dict) else item

    wanted = [name(item) for item in order]
    named = iter(sorted((i for i in items if name(i) in wanted), key=lambda item: wanted.index(name(item))))
    return [next(named) if name(item) in wanted else item for item in items]


def _plain(value: Any) -> Any:
    """A value of a patch as it is stored: without directives and nulls."""
    if isinstance(value, dict):
        return {
            k: _plain(v) for k, v in value.items() if v is not None and not k.startswith(("$patch", "$retain", "$set"))
        }
    return [_plain(item) for item in value] if isinstance(value, list) else value
