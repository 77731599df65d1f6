"""Fields that an object does not have, and values of the wrong type, as a server with fieldValidation=Strict finds them.

sigs.k8s.io/json, `UnmarshalStrict`; the messages are Go's encoding/json's. Fields are looked at in alphabetical order,
which is how kubectl sends them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from nodeportkit.kube.decoding.types import fields_of

__all__ = ["Mistyped", "Unknown", "decode"]

_LIMITS: Final = {"int32": 2**31, "int64": 2**63}
_QUANTITY: Final = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
# What Go calls the types that are no plain words to it.
_PACKAGES: Final = {"UID": "types.UID", "time": "string", "bytes": "[]uint8"}
_TIME: Final = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)"
)
_BASE64: Final = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


@dataclass(frozen=True, slots=True)
class Unknown:
    """A field that its type does not have: its path, its key, and the fields that the type has."""

    path: str
    key: str
    known: tuple[str, ...]

    @property
    def message(self) -> str:
        """The server's words."""
        return f'strict decoding error: unknown field "{self.path}"'


@dataclass(frozen=True, slots=True)
class Mistyped:
    """A value of the wrong type: its path, the server's words, what it is and what belongs there (as Go says it)."""

    path: str
    message: str
    got: str
    wanted: str


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands: its path, the struct that has it as a field, and the path of that field without positions."""

    path: str
    struct: str
    field: str


def decode(thing: Mapping[str, Any], kind: str) -> tuple[list[Unknown], list[Mistyped]]:
    """What a server would not read of an object of a kind.

    Parameters
    ----------
    thing
        The object.
    kind
        One of `nodeportkit.kube.decoding.types.ROOTS`.

    Returns
    -------
    list of Unknown, list of Mistyped

    Examples
    --------
    >>> unknown, mistyped = decode({"spec": {"typo": 1, "ports": [{"nodePort": "30080"}]}}, "Service")
    >>> unknown[0].message, mistyped[0].message
    ('strict decoding error: unknown field "spec.typo"',
     'json: cannot unmarshal string into Go struct field ServicePort.spec.ports.nodePort of type int32')
    """
    unknown: list[Unknown] = []
    mistyped: list[Mistyped] = []
    for found in _struct(thing, kind, _Place("", kind, "")):
        if isinstance(found, Unknown):
            unknown.append(found)
        else:
            mistyped.append(found)
    return unknown, mistyped


def _struct(thing: Mapping[str, Any], name: str, place: _Place) -> Iterator[Unknown | Mistyped]:
    fields = fields_of(name) or {}
    for key, value in sorted(thing.items()):
        path, field = _joined(place.path, key), _joined(place.field, key)
        if key not in fields:
            yield Unknown(path, key, tuple(fields))
        elif value is not None:
            yield from _value(value, fields[key], _Place(path, name, field))


def _value(value: Any, type_: str, place: _Place) -> Iterator[Unknown | Mistyped]:
    if type_.startswith("[]"):
        if not isinstance(value, list | tuple):
            yield _mistyped(value, type_, place)
            return
        for position, item in enumerate(value):
            if item is not None:
                at = _Place(f"{place.path}[{position}]", place.struct, place.field)
                yield from _value(item, type_.removeprefix("[]"), at)
    elif type_.startswith("map[string]"):
        if not isinstance(value, Mapping):
            yield _mistyped(value, type_, place)
            return
        for key, item in sorted(value.items()):
            if item is not None:
                at = _Place(f"{place.path}.{key}", place.struct, place.field)
                yield from _value(item, type_.removeprefix("map[string]"), at)
    elif fields_of(type_) is not None:
        if isinstance(value, Mapping):
            yield from _struct(value, type_, place)
        else:
            yield _mistyped(value, type_, place)
    elif not _fits(value, type_):
        yield _mistyped(value, type_, place)


def _fits(value: Any, type_: str) -> bool:
    number = isinstance(value, int) and not isinstance(value, bool)
    if type_ in _LIMITS:
        return number and -_LIMITS[type_] <= value < _LIMITS[type_]
    if type_ == "bool":
        return isinstance(value, bool)
    if type_ == "intstr":
        return isinstance(value, str) or _fits(value, "int32")
    if type_ == "quantity":
        return number or isinstance(value, str | float)
    if type_ == "time" and isinstance(value, str):
        return _is_time(value)
    if type_ == "bytes" and isinstance(value, str):
        return _BASE64.fullmatch(value) is not None
    return type_ == "any" or isinstance(value, str)


def _is_time(value: str) -> bool:
    """Whether it is a moment as RFC 3339 writes it, of a day that there is."""
    if _TIME.fullmatch(value) is None or not value.isascii():
        return False
    try:
        datetime.fromisoformat(f"{value[:10]}T00:00:00")
    except ValueError:
        return False
    return True


def _mistyped(value: Any, type_: str, place: _Place) -> Mistyped:
    if type_ == "quantity":
        return Mistyped(place.path, _QUANTITY, _name(value), type_)
    if isinstance(value, str) and type_ == "time":
        layout = "2006-01-02T15:04:05Z07:00"
        return Mistyped(
            place.path, f'parsing time "{value}" as "{layout}": cannot parse "{value}" as "2006"', "string", type_
        )
    if isinstance(value, str) and type_ == "bytes":
        return Mistyped(place.path, f"illegal base64 data at input byte {_first_wrong(value)}", "string", type_)
    wanted = "int32" if type_ == "intstr" else type_
    got = _name(value)
    if got == "number" and wanted in _LIMITS:
        got = f"number {value}"
    struct = place.struct.partition("@")[0]
    message = f"json: cannot unmarshal {got} into Go struct field {struct}.{place.field} of type {_go(wanted)}"
    return Mistyped(place.path, message, got, type_)


def _name(value: Any) -> str:
    """What encoding/json calls a value."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, str):
        return "string"
    if isinstance(value, Mapping):
        return "object"
    return "array" if isinstance(value, list | tuple) else "number"


def _go(type_: str) -> str:
    for prefix in ("[]", "map[string]"):
        if type_.startswith(prefix):
            return prefix + _go(type_.removeprefix(prefix))
    if type_ in ("string", "bool", *_LIMITS):
        return type_
    return {"quantity": "resource.Quantity", "intstr": "intstr.IntOrString"}.get(type_) or _PACKAGES.get(
        type_, f"v1.{type_.partition('@')[0]}"
    )


def _first_wrong(text: str) -> int:
    """Where a text ceases to be base64."""
    right = re.match(r"[A-Za-z0-9+/]*", text)
    return min(right.end() if right else 0, len(text) // 4 * 4 + len(text) % 4)


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
