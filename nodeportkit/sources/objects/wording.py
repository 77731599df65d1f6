"""What is wrong with a field, in words for people."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["misfit"]

_EXPECTED = re.compile(r"Expected `(?P<wanted>.+?)`, got `(?P<got>.+?)`(?: - at `(?P<path>.*)`)?$", re.DOTALL)
_TOO_LARGE = re.compile(r"Expected `int` (?:<=|>=) .+?(?: - at `(?P<path>.*)`)?$", re.DOTALL)
_NAMES: Final = {
    "int": "a whole number",
    "str": "text",
    "float": "a number with a fraction",
    "bool": "true or false",
    "object": "a mapping",
    "array": "a list",
    "null": "nothing",
}
_HINTS: Final = {
    ("int", "str"): "Write the number without quotes.",
    ("str", "int"): "Write it in quotes.",
    ("str", "float"): "Write it in quotes.",
    ("str", "bool"): "Write it in quotes: without them, YAML reads yes, no, on, off and the like as true or false.",
    ("bool", "str"): "Write true or false without quotes.",
    ("array", "object"): "Write each entry as an item that begins with a dash.",
    ("object", "array"): "Write it without the dash.",
}
_LOOK_UP: Final = "`kubectl explain` shows what belongs into each field."


def misfit(text: str) -> tuple[str, str, str]:
    """What a msgspec error says, for people: the message, what to do, and the path of the field.

    Examples
    --------
    >>> misfit("Expected `int | null`, got `str` - at `$.spec.ports[0].nodePort`")
    ('spec.ports[0].nodePort is text where a whole number belongs', 'Write the number without quotes.', '$.spec.ports[0].nodePort')
    """
    match = _EXPECTED.match(text)
    if too_large := _TOO_LARGE.match(text):
        path = too_large["path"] or "$"
        return f"{_field(path)} is larger than any number that Kubernetes has a place for", _LOOK_UP, path
    if not match:
        return text, _LOOK_UP, "$"
    wanted = [part for part in match["wanted"].split(" | ") if part != "null"]
    path = match["path"] or "$"
    expected = " or ".join(_NAMES.get(part, part) for part in wanted)
    hint = next((_HINTS[part, match["got"]] for part in wanted if (part, match["got"]) in _HINTS), _LOOK_UP)
    return f"{_field(path)} is {_NAMES.get(match['got'], match['got'])} where {expected} belongs", hint, path


def _field(path: str) -> str:
    return path.removeprefix("$").removeprefix(".") or "it"
