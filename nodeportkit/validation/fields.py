"""What a person meant by a field that does not exist."""

from __future__ import annotations

import difflib
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from typing import Final

from nodeportkit.kube.decoding import Mistyped, Unknown
from nodeportkit.kube.decoding.types import fields_of
from nodeportkit.sources.objects.slips.vocabulary import value_fits

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
# How fields were written in versions of Ingress before v1: what has the field now, its path from there, how to write it.
_RENAMED: Final = {
    "serviceName": ("service", "service.name", "`service:` and below it `name:`"),
    "servicePort": (
        "service",
        "service.port.number",
        "`service:`, below it `port:`, and below that `number:` or `name:`",
    ),
    "backend": ("defaultBackend", "defaultBackend", "`defaultBackend:`"),
}
_NEAR: Final = 0.7
_DEEPEST: Final = 5
_STEP: Final = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Guess:
    """What is meant, in words; and where it belongs, if that is certain enough to go on with it there."""

    words: str
    path: str | None = None


def guess(unknown: Unknown, kind: str) -> Guess:
    """What a person meant by an unknown field.

    Examples
    --------
    >>> guess(Unknown("spec.ports[0].nodeport", "nodeport", ("nodePort", "port")), "Service")
    Guess(words='Capitals count: write `nodePort`.', path='spec.ports[0].nodePort')
    """
    key, here = unknown.key, unknown.path[: -len(unknown.key)]
    same = next((name for name in unknown.known if name.lower() == key.lower()), None)
    if same:
        return Guess(f"Capitals count: write `{same}`.", here + same)
    holder, path, written = _RENAMED.get(key, ("", "", ""))
    if holder in unknown.known:
        return Guess(f"So it was before networking.k8s.io/v1: now write {written}.", here + path)
    for name in sorted(unknown.known, key=len, reverse=True):
        value = key.removeprefix(name).lstrip("=: ")
        if key.startswith(name) and value_fits(name, value):
            return Guess(f"A colon and a blank are missing: write `{name}: {value}`.")
    near = difflib.get_close_matches(key, unknown.known, n=1, cutoff=_NEAR)
    home = _home(unknown, kind)
    if home:
        words = f"`{key}` belongs to {home.rpartition('.')[0] or 'the top of the object'}: look at the indentation."
        certain = home if "[]" not in home and not near else None
        return Guess(f"{words} Or write `{near[0]}`, if that is meant." if near else words, certain)
    if near:
        return Guess(f"Did you mean `{near[0]}`?", here + near[0])
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
    if mistyped.path in ("spec.selector.matchLabels", "spec.selector.matchExpressions") and wanted == "string":
        return "The selector of a Service has the labels right below it: `app: web`, without `matchLabels:` between."
    if wanted.startswith("[]"):
        return f"`{name}` is {got}, and takes a list: write each entry as an item that begins with a dash."
    if wanted.startswith("map") or fields_of(wanted):
        return f"`{name}` is {got}, and takes a mapping: keys below it, indented, each with a colon and a blank."
    if wanted == "bytes" and mistyped.got == "string":
        return f"`{name}` is plain text, where values are base64. Of a Secret, write it below `stringData:` instead."
    words = f"`{name}` is {got}, and takes {_WANTED.get(wanted, 'text')}"
    if mistyped.got == "string" and wanted in ("int32", "int64", "bool"):
        return f"{words}: write it without quotes."
    if mistyped.got.startswith("number") and wanted in ("int32", "int64"):
        return f"{words} that fits."
    if wanted not in _WANTED or wanted == "string":
        return f"{words}: write it in quotes." if mistyped.got in ("number", "bool") else f"{words}, not {got}."
    return f"{words}."


def _home(unknown: Unknown, kind: str) -> str | None:
    """The path of a field of that name: of several, the one with the most of the way in common, then the shortest."""
    homes = [path for path in _paths(kind) if path.rpartition(".")[2] == unknown.key]
    way = _STEP.sub("[]", unknown.path).split(".")
    return min(homes, key=lambda home: (-_shared(home.split("."), way), home.count(".")), default=None)


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many steps two ways have in common from the start."""
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))))


@cache
def _paths(kind: str) -> tuple[str, ...]:
    """The paths of the fields of a kind, those of its status and those deep inside left out."""
    found = []
    todo = deque([("", kind)])
    while todo:
        path, name = todo.popleft()
        for field, type_ in (fields_of(name) or {}).items():
            below = f"{path}.{field}" if path else field
            found.append(below)
            if below != "status" and below.count(".") < _DEEPEST:
                item = type_.removeprefix("[]")
                todo.append((below if item == type_ else f"{below}[]", item))
    return tuple(found)
