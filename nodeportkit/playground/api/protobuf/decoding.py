"""Protobuf bodies -> plain objects.

The envelope is `k8s`, a zero byte and runtime.Unknown (staging/src/k8s.io/apimachinery/pkg/runtime/generated.proto). `wire.txt` has a
line a message: its name, then `number:field:type`, as in the generated.proto files of k8s.io/api. A type with `?` is a
pointer in Go, of which 0 and false mean something; one with `!` is embedded, and its fields stand in those of its message.
"""

from __future__ import annotations

import base64
import importlib.resources
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, NamedTuple

from nodeportkit.playground.api.failures import bad_request

__all__ = ["MEDIA", "decode_body"]

MEDIA: Final = "application/vnd.kubernetes.protobuf"
_MAGIC: Final = b"k8s\0"
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_DEEPEST: Final = 40
_LONGEST_VARINT: Final = 10


class _Field(NamedTuple):
    """A field of a message."""

    name: str
    type: str
    repeated: bool
    map: bool
    pointer: bool
    embedded: bool


class _Broken(ValueError):
    """Bytes that are no such message."""


@cache
def _messages() -> dict[str, dict[int, _Field]]:
    table = importlib.resources.files(__package__).joinpath("wire.txt").read_text(encoding="utf-8")
    found: dict[str, dict[int, _Field]] = {}
    for line in table.splitlines():
        name, *fields = line.split(" ")
        found[name] = {}
        for field in fields:
            number, key, type_ = field.split(":", 2)
            plain = type_.rstrip("!?").removeprefix("[]").removeprefix("map:")
            found[name][int(number)] = _Field(
                key, plain, type_.startswith("[]"), type_.startswith("map:"), type_.endswith("?"), type_.endswith("!")
            )
    return found


def decode_body(data: bytes) -> dict[str, Any]:
    r"""The object that a body holds.

    Raises
    ------
    ApiError
        If it is no such body, or of a kind that is not known here.

    Examples
    --------
    >>> body = b"k8s\0\n\x0f\n\x02v1\x12\tNamespace\x12\x08\n\x06\n\x04shop"
    >>> decode_body(body)
    {'apiVersion': 'v1', 'kind': 'Namespace', 'metadata': {'name': 'shop'}}
    """
    if not data.startswith(_MAGIC):
        raise bad_request("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")
    try:
        envelope = dict(_parts(data[len(_MAGIC) :]))
        told = dict(_parts(_as_bytes(envelope.get(1, b""))))
        kind, version = _as_bytes(told.get(2, b"")).decode(), _as_bytes(told.get(1, b"")).decode()
        if kind not in _messages():
            raise bad_request(f'no kind "{kind}" is registered for version "{version}" in protobuf')
        return {"apiVersion": version, "kind": kind, **_message(_as_bytes(envelope.get(2, b"")), kind, 0)}
    except (ValueError, IndexError) as error:
        raise bad_request(f"the body is no protobuf message: {error}") from error


def _as_bytes(value: bytes | int) -> bytes:
    if isinstance(value, int):
        raise _Broken("a number stands where a message belongs")
    return value


def _parts(data: bytes) -> Iterator[tuple[int, bytes | int]]:
    """The numbers and values of a message's fields."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        if wire == _VARINT:
            value, at = _varint(data, at)
            yield number, value
            continue
        if wire == _BYTES:
            size, at = _varint(data, at)
        elif wire in (_FIXED64, _FIXED32):
            size = 8 if wire == _FIXED64 else 4
        else:
            raise _Broken(f"wire type {wire}")
        if at + size > len(data):
            raise _Broken("unexpected end")
        yield number, data[at : at + size]
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(_LONGEST_VARINT):
        byte = data[at + shift]
        value |= (byte & 0x7F) << (7 * shift)
        if byte < 0x80:
            return value, at + shift + 1
    raise _Broken("a number that does not end")


def _message(data: bytes, name: str, depth: int) -> dict[str, Any]:
    if depth > _DEEPEST:
        raise _Broken("nested too deeply")
    fields = _messages()[name]
    made: dict[str, Any] = {}
    for number, raw in _parts(data):
        field = fields.get(number)
        if field is None:
            continue  # of a later version, or of no meaning in a request
        if field.map:
            entry = dict(_parts(_as_bytes(raw)))
            key = _as_bytes(entry.get(1, b"")).decode()
            made.setdefault(field.name, {})[key] = _value(entry.get(2, b""), field.type, depth)
            continue
        value = _value(raw, field.type, depth)
        if field.repeated:
            made.setdefault(field.name, []).append(value)
        elif field.embedded:
            made |= value
        elif value not in ("", 0, False, None) or (field.pointer and value is not None):
            made[field.name] = value
    return made


def _value(raw: bytes | int, type_: str, depth: int) -> Any:
    match type_:
        case "string":
            return _as_bytes(raw).decode()
        case "int":
            if not isinstance(raw, int):
                raise _Broken("bytes stand where a number belongs")
            return raw - (1 << 64) if raw >> 63 else raw
        case "bool":
            return bool(raw)
        case "bytes":
            return base64.b64encode(_as_bytes(raw)).decode()
        case "IntOrString":
            told = dict(_parts(_as_bytes(raw)))
            if told.get(1, 0):
                return _as_bytes(told.get(3, b"")).decode()
            return _value(told.get(2, 0), "int", depth)
        case "Quantity":
            return _as_bytes(dict(_parts(_as_bytes(raw))).get(1, b"")).decode()
        case "Time" | "MicroTime":
            seconds = dict(_parts(_as_bytes(raw))).get(1)
            return (
                datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
                if isinstance(seconds, int)
                else None
            )
    if type_ not in _messages():
        return None
    return _message(_as_bytes(raw), type_, depth + 1)
