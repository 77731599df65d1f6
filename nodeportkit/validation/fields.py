"""What a person meant by a field that does not exist."""

from __future__ import annotations

import difflib
from collections import deque
from dataclasses import dataclass
from typing import Final

from nodeportkit.kube.decoding import Mistyped, Unknown
from nodeportkit.kube.decoding.types import fields_of
from nodeportkit.sources.objects.vocabulary import value_fits

__all__ = ["Guess", "explain_type", "guess"]

_GOT: Final = {
    "string": "text",
    "number": "a number",
    "bool": "true or false",
    "object": "a mapping",
    "array": "a list",
}
_WANTED: Final = {
    "string": "text",
    "bool": "true or false",
    "int32": "a whole number",
    "int64": "a whole number",
    "intstr": "a port number or a name",
    "quantity": "a quantity like 100m or 64Mi",
    "time": "a time",
}
_NEAR: Final = 0.7


@dataclass(frozen=True, slots=True)
class Guess:
    """What is meant: in words, and the right name of the field where it is certain enough to go on with it."""

    words: str
    name: str | None = None


def guess(unknown: Unknown, kind: str) -> Guess:
    """What a person meant by an unknown field.

    Examples
    --------
    >>> guess(Unknown("spec.ports[0].nodeport", "nodeport", ("nodePort", "port")), "Service")
    Guess(words='Capitals count: write `nodePort`.', name='nodePort')
    """
    key = unknown.key
    same = next((name for name in unknown.known if name.lower() == key.lower()), None)
    if same:
        return Guess(f"Capitals count: write `{same}`.", same)
    for name in sorted(unknown.known, key=len, reverse=True):
        value = key.removeprefix(name).lstrip("=: ")
        if key.startswith(name) and value_fits(name, value):
            return Guess(f"A colon and a blank are missing: write `{name}: {value}`.")
    near = difflib.get_close_matches(key, unknown.known, n=1, cutoff=_NEAR)
    home = _home(key, kind)
    if home and home != unknown.path:
        words = f"`{key}` belongs to {home.rpartition('.')[0] or 'the top of the object'}: look at the indentation."
        return Guess(f"{words} Or write `{near[0]}`, if that is meant." if near else words)
    if near:
        return Guess(f"Did you mean `{near[0]}`?", near[0])
    if unknown.path.startswith("metadata.") or ".metadata." in unknown.path:
        return Guess(
            f"A label or an annotation belongs below `labels:` or `annotations:`, indented by two: `{key}: ...`."
        )
    return Guess(f"There are: {', '.join(sorted(unknown.known))}.")


def explain_type(mistyped: Mistyped) -> str:
    """What is wrong with a value of the wrong type, and how to write it."""
    got = _GOT[mistyped.got.partition(" ")[0]]
    wanted = mistyped.wanted
    name = mistyped.path.rpartition(".")[2]
    if wanted.startswith("[]"):
        return f"`{name}` is {got}, and takes a list: write each entry as an item that begins with a dash."
    if wanted.startswith("map") or fields_of(wanted):
        return f"`{name}` is {got}, and takes a mapping: keys below it, indented, each with a colon and a blank."
    words = f"`{name}` is {got}, and takes {_WANTED.get(wanted, 'text')}"
    if mistyped.got == "string" and wanted in ("int32", "int64", "bool"):
        return f"{words}: write it without quotes."
    if mistyped.got.startswith("number") and wanted in ("int32", "int64"):
        return f"{words} that fits."
    if wanted not in _WANTED or wanted == "string":
        return f"{words}: write it in quotes." if mistyped.got in ("number", "bool") else f"{words}, not {got}."
    return f"{words}."


def _home(key: str, kind: str) -> str | None:
    """The path of the field of that name which is nearest to the top of a kind."""
    todo = deque([("", kind)])
    seen: set[str] = set()
    while todo:
        path, name = todo.popleft()
        fields = fields_of(name)
        if fields is None or name in seen or path.startswith("status"):
            continue
        seen.add(name)
        if key in fields:
            return f"{path}.{key}" if path else key
        for field, type_ in fields.items():
            listed = type_.startswith("[]")
            below = f"{path}.{field}" if path else field
            todo.append((f"{below}[]" if listed else below, type_.removeprefix("[]")))
    return None
