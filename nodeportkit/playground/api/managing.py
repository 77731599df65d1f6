"""Who manages which field: metadata.managedFields, and server-side apply, which goes by it.

sigs.k8s.io/structured-merge-diff, https://kubernetes.io/docs/reference/using-api/server-side-apply/. What the playground's
own controllers write is managed by nobody.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeAlias

from nodeportkit.kube.validation.status import failure
from nodeportkit.playground.api.failures import ApiError
from nodeportkit.playground.api.patching.lists import listing
from nodeportkit.playground.store import Object, copied

__all__ = ["applied", "claimed"]

# A path is a tuple of steps as FieldsV1 writes them: `f:spec`, `k:{"port":80,"protocol":"TCP"}`, `v:"x"`.
_Path: TypeAlias = tuple[str, ...]
_Fields: TypeAlias = dict[_Path, Any]
_NOT_MANAGED: Final = frozenset(
    {("f:apiVersion",), ("f:kind",)}
    | {
        ("f:metadata", f"f:{name}")
        for name in (
            "name",
            "namespace",
            "uid",
            "resourceVersion",
            "creationTimestamp",
            "generation",
            "managedFields",
            "selfLink",
            "generateName",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
        )
    }
)
# Maps that are replaced whole.
_ATOMIC: Final = ("selector", "nodeSelector", "matchLabels", "podSelector", "namespaceSelector")
_DEFAULTS: Final = {"protocol": "TCP"}


def claimed(old: Object | None, new: Object, manager: str, when: str, subresource: str = "") -> Object:
    """The new object, with what changed in it managed by whoever changed it."""
    before, after = _fields(old) if old else {}, _fields(new)
    changed = {path for path, value in after.items() if path not in before or before[path] != value}
    if old is None:
        changed = {path for path in changed if path[0] != "f:status"}  # the server's own doing
    entries = [_without(entry, {p for p in before if p not in after} | changed) for entry in _entries(old or {})]
    if changed:
        mine = _entry(entries, manager, "Update", subresource)
        held = (_paths(mine["fieldsV1"]) if mine else set()) | changed
        entries = [it for it in entries if it is not mine]
        entries.append(_made(manager, "Update", new, when, held, subresource))
    return _with(new, entries)


def applied(live: Object | None, config: Object, manager: str, when: str, *, force: bool) -> Object:
    """The object after a manager has applied a configuration.

    Raises
    ------
    ApiError
        409, if other managers hold fields that it wants to be different, and it does not force them.
    """
    wanted = _fields(config)
    before = _fields(live) if live else {}
    entries = _entries(live or {})
    mine = _entry(entries, manager, "Apply", "")
    others = [entry for entry in entries if entry is not mine]
    disputed = [
        (entry, path)
        for entry in others
        for path in sorted(_paths(entry["fieldsV1"]) & wanted.keys())
        if before.get(path) != wanted[path]
    ]
    if disputed and not force:
        raise _conflict(disputed)
    taken = {path for _, path in disputed}
    others = [_without(entry, taken) for entry in others]
    merged = _merge(config.get("kind", ""), (), copied(live) if live else {}, config)
    given_up = (_paths(mine["fieldsV1"]) if mine else set()) - wanted.keys()
    held = {path for entry in others for path in _paths(entry["fieldsV1"])}
    # Entries of lists go whole, unless somebody else holds a part of them.
    for path in sorted(given_up - held, key=lambda path: (path[-1] != ".", path)):
        if path[-1] != "." or not any(other[: len(path) - 1] == path[:-1] for other in held):
            _remove(merged, path)
    entry = _made(manager, "Apply", config, when, set(wanted), "")
    if mine and mine["fieldsV1"] == entry["fieldsV1"]:
        entry["time"] = mine["time"]
    return _with(merged, [*others, entry])


def _fields(thing: Object) -> _Fields:
    """The leaves of an object: what can be managed, with its value."""
    found = dict(_leaves(thing.get("kind", ""), (), (), thing))
    return {
        path: value for path, value in found.items() if path[:1] not in _NOT_MANAGED and path[:2] not in _NOT_MANAGED
    }


def _leaves(kind: str, path: _Path, names: tuple[str, ...], value: Any) -> Iterator[tuple[_Path, Any]]:
    if isinstance(value, dict) and value and not (names and names[-1] in _ATOMIC):
        for key, item in value.items():
            yield from _leaves(kind, (*path, f"f:{key}"), (*names, key), item)
        return
    how = listing(kind, names) if isinstance(value, list) and value else None
    if how is None:
        yield path, value
    elif not how.keys:
        for item in value:
            yield (*path, f"v:{json.dumps(item)}"), item
    else:
        for item in value:
            step = _key(item, how.keys)
            yield (*path, step, "."), True
            for key, part in item.items():
                yield from _leaves(kind, (*path, step, f"f:{key}"), (*names, key), part)


def _key(item: Object, keys: Iterable[str]) -> str:
    told = {key: item.get(key, _DEFAULTS.get(key)) for key in sorted(keys)}
    return "k:" + json.dumps({key: value for key, value in told.items() if value is not None}, separators=(",", ":"))


def _paths(fields: Object, path: _Path = ()) -> set[_Path]:
    """The paths that a FieldsV1 holds."""
    found: set[_Path] = set()
    for step, below in fields.items():
        if below:
            found |= _paths(below, (*path, step))
        else:
            found.add((*path, step))
    return found


def _tree(paths: Iterable[_Path]) -> Object:
    tree: Object = {}
    for path in sorted(paths):
        at = tree
        for step in path:
            at = at.setdefault(step, {})
    return tree


def _entries(thing: Object) -> list[Object]:
    return [dict(entry) for entry in thing.get("metadata", {}).get("managedFields") or ()]


def _entry(entries: list[Object], manager: str, operation: str, subresource: str) -> Object | None:
    for entry in entries:
        if (entry["manager"], entry["operation"], entry.get("subresource", "")) == (manager, operation, subresource):
            return entry
    return None


def _made(manager: str, operation: str, thing: Object, when: str, paths: set[_Path], subresource: str) -> Object:
    return {
        "manager": manager,
        "operation": operation,
        "apiVersion": thing["apiVersion"],
        "time": when,
        "fieldsType": "FieldsV1",
        "fieldsV1": _tree(paths),
        **({"subresource": subresource} if subresource else {}),
    }


def _without(entry: Object, paths: set[_Path]) -> Object:
    return {**entry, "fieldsV1": _tree(_paths(entry["fieldsV1"]) - paths)}


def _with(thing: Object, entries: list[Object]) -> Object:
    kept = [entry for entry in entries if entry["fieldsV1"]]
    metadata = {key: value for key, value in thing["metadata"].items() if key != "managedFields"}
    return {**thing, "metadata": {**metadata, **({"managedFields": kept} if kept else {})}}


def _conflict(disputed: list[tuple[Object, _Path]]) -> ApiError:
    causes = []
    for entry, path in disputed:
        using = f'conflict with "{entry["manager"]}" using {entry["apiVersion"]}'
        causes.append({"reason": "FieldManagerConflict", "message": using, "field": _shown(path)})
    said = [f"{cause['message']}: {cause['field']}" for cause in causes]
    plural = "s" * (len(said) != 1)
    listed = said[0] if len(said) == 1 else "\n" + "\n".join(f"- {line}" for line in said)
    message = f"Apply failed with {len(said)} conflict{plural}: {listed}"
    return ApiError(failure(409, "Conflict", message, {"causes": causes}))


def _shown(path: _Path) -> str:
    text = ""
    for step in path:
        kind, _, rest = step.partition(":")
        if kind == "f":
            text += f".{rest}"
        elif kind == "k":
            text += "[" + ",".join(f"{key}={json.dumps(value)}" for key, value in json.loads(rest).items()) + "]"
        elif kind == "v":
            text += f"[={rest}]"
    return text


def _merge(kind: str, names: tuple[str, ...], live: Any, config: Any) -> Any:
    """The live value with the configuration merged into it."""
    if isinstance(config, dict) and isinstance(live, dict) and not (names and names[-1] in _ATOMIC):
        merged = dict(live)
        for key, value in config.items():
            merged[key] = _merge(kind, (*names, key), live.get(key), value)
        return merged
    how = listing(kind, names) if isinstance(config, list) and isinstance(live, list) else None
    if how is None:
        return copied(config)
    if not how.keys:
        return [*live, *(item for item in config if item not in live)]
    found = {_key(item, how.keys): item for item in live}
    wanted = {_key(item, how.keys): item for item in config}
    there = {step: _merge(kind, names, found.get(step, {}), item) for step, item in wanted.items()}
    return [*there.values(), *(item for step, item in found.items() if step not in wanted)]


def _remove(thing: Any, path: _Path) -> None:
    """Take the field at a path out, and what is left empty above it."""
    step, *rest = path
    kind, _, name = step.partition(":")
    if kind == "f" and isinstance(thing, dict) and name in thing:
        if not rest:
            del thing[name]
            return
        _remove(thing[name], tuple(rest))
        if thing[name] in ({}, []):
            del thing[name]
    elif kind == "k" and isinstance(thing, list):
        wanted = json.loads(name)
        for item in list(thing):
            if all(item.get(key, _DEFAULTS.get(key)) == value for key, value in wanted.items()):
                if not rest or rest == ["."]:
                    thing.remove(item)
                else:
                    _remove(item, tuple(rest))
    elif kind == "v" and isinstance(thing, list):
        value = json.loads(name)
        if value in thing:
            thing.remove(value)
