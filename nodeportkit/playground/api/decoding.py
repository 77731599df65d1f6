"""What a client sent -> an object: JSON or YAML, of the right kind, with unknown fields noticed."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, NamedTuple

import yaml

from nodeportkit.kube.decoding import decode
from nodeportkit.kube.decoding.types import fields_of
from nodeportkit.playground.api import protobuf
from nodeportkit.playground.api.exchange import JSON, YAML
from nodeportkit.playground.api.failures import bad_request, unsupported_media_type
from nodeportkit.playground.resources import Resource

__all__ = ["Body", "Options", "Sent", "as_object", "named", "parsed", "read"]

_DEEPEST: Final = 200
_MOST_VALUES: Final = 500_000  # aliases of YAML make many out of few
_SHOWN: Final = 100
_ACCEPTED: Final = (JSON, YAML, protobuf.MEDIA)


@dataclass(frozen=True, slots=True)
class Options:
    """How a client wants something written.

    Attributes
    ----------
    manager
        Who writes, for managedFields: `fieldManager`, or the beginning of the User-Agent.
    dry_run
        Do everything but keep it.
    validation
        Strict, Warn or Ignore: what becomes of fields that are unknown, or sent twice.
    force
        Whether server-side apply takes over fields of other managers.
    subresource
        `status`, where that is written.
    tracked
        Whether managedFields is to say who wrote it.
    warnings
        Grows: what the client is to be told beside the answer.
    """

    manager: str = "unknown"
    dry_run: bool = False
    validation: str = "Warn"
    force: bool = False
    subresource: str = ""
    tracked: bool = False
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sent:
    """A body and its type."""

    data: bytes
    type: str = JSON


class Body(NamedTuple):
    """What a body holds, and what it says twice: only the last of it counts.

    Attributes
    ----------
    twice
        As a server warns of it: `duplicate field "spec.type"`, or `line 3: key "type" already set in map` of YAML.
    """

    value: Any
    twice: tuple[str, ...] = ()


def parsed(body: Sent, kind: str) -> Any:
    """The value that a body holds.

    Raises
    ------
    ApiError
        If it is no JSON (or YAML, where its type says so), or of another type.
    """
    return read(body, kind).value


def read(body: Sent, kind: str) -> Body:
    """The same with what the body says twice."""
    media = body.type.split(";")[0].strip().lower()
    if media == protobuf.MEDIA:
        return Body(protobuf.decode_body(body.data))
    try:
        if media in ("", JSON) or media.endswith("+json"):
            return _read_json(body.data)
        if media == YAML or media.endswith("+yaml"):
            return _read_yaml(body.data)
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        start = body.data[:_SHOWN].decode("utf-8", "replace")
        raise bad_request(
            f"the object provided is unrecognized (must be of type {kind}): couldn't get version/kind; "
            f"json parse error: {_said(error)} ({start})"
        ) from error
    raise unsupported_media_type(_ACCEPTED)


class _Twice(dict[str, Any]):
    """An object of JSON in which names stand twice."""

    names: tuple[str, ...]


def _read_json(data: bytes) -> Body:
    seen = False

    def made(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal seen
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        seen = True
        twice = _Twice(found)
        names = [name for name, _ in pairs]
        twice.names = tuple(name for position, name in enumerate(names) if name in names[:position])
        return twice

    value = json.loads(data, parse_constant=_no_number, object_pairs_hook=made)
    plain = _Plain().of(value)
    return Body(plain, tuple(f'duplicate field "{path}"' for path in _twice(value, "")) if seen else ())


def _twice(value: Any, path: str) -> Iterator[str]:
    """The paths of what stands twice."""
    if isinstance(value, dict):
        if isinstance(value, _Twice):
            yield from (f"{path}{name}" for name in value.names)
        for key, item in value.items():
            yield from _twice(item, f"{path}{key}.")
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _twice(item, f"{path.removesuffix('.')}[{position}].")


def _read_yaml(data: bytes) -> Body:
    _refuse_deep(data)
    loader = _Yaml(data)
    try:
        value = loader.get_single_data()
    finally:
        loader.dispose()
    return Body(_Plain().of(value), tuple(loader.twice))


class _Yaml(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML as Kubernetes reads it: a moment is a text."""

    yaml_implicit_resolvers: ClassVar = {
        first: [(tag, pattern) for tag, pattern in known if not tag.endswith(":timestamp")]
        for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def __init__(self, text: bytes) -> None:
        super().__init__(text)
        self.twice: list[str] = []

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
        """Note keys that stand twice."""
        keys = [(key.value, key.start_mark.line + 1) for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        seen: set[str] = set()
        for key, line in keys:
            if key in seen:
                self.twice.append(f'line {line}: key "{key}" already set in map')
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def _refuse_deep(text: bytes) -> None:
    """Raise a ValueError for YAML that is nested so deeply that libyaml, which recurses in C, would end the process."""
    depth = 0
    for event in yaml.parse(text, Loader=_Yaml):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise ValueError("exceeded max depth")


def _said(error: Exception) -> str:
    return "unexpected end of JSON input" if "Expecting" in str(error) else " ".join(str(error).split())


def _no_number(text: str) -> None:
    raise ValueError(f"invalid character '{text[0]}' looking for beginning of value")


class _Plain:
    """Copies values that JSON can say: not nested more deeply, and not more of them, than any object has."""

    def __init__(self) -> None:
        self._left = _MOST_VALUES

    def of(self, value: Any, depth: int = 0) -> Any:
        """The value, or a ValueError that says what is wrong with it."""
        self._left -= 1
        if depth > _DEEPEST or self._left < 0:
            raise ValueError("exceeded max depth" if depth > _DEEPEST else "document contains excessive aliasing")
        if isinstance(value, dict):
            return {self._text(key): self.of(item, depth + 1) for key, item in value.items()}
        if isinstance(value, list):
            return [self.of(item, depth + 1) for item in value]
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError("a number is out of range")
        return self._text(value) if isinstance(value, str | bytes) else value

    def _text(self, value: Any) -> str:
        """A text without halves of characters, which no client could be sent."""
        text = value if isinstance(value, str) else value.decode() if isinstance(value, bytes) else str(value)
        return text if text.isascii() else text.encode("utf-8", "replace").decode()


def as_object(value: Any, resource: Resource, options: Options, twice: Sequence[str] = ()) -> dict[str, Any]:
    """The value as an object of the resource; what it says of its own kind must agree, and unknown fields are dealt with.

    Parameters
    ----------
    twice
        What the body says twice.

    Raises
    ------
    ApiError
        If it is another kind, a field has the wrong type, or one is unknown or sent twice and validation is Strict.
    """
    if not isinstance(value, dict):
        raise bad_request(
            f"the object provided is unrecognized (must be of type {resource.kind}): couldn't get version/kind; "
            f"json parse error: json: cannot unmarshal {named(value)} into Go value of type struct"
        )
    kind, version = value.get("kind") or resource.kind, value.get("apiVersion") or resource.api_version
    if (kind, version) != (resource.kind, resource.api_version):
        group, _, plain = str(version).rpartition("/")
        raise bad_request(
            f'{kind} in version "{plain}" cannot be handled as a {resource.kind}: converting ({group or plain}.{kind}) to '
            f"({resource.group or 'core'}.{resource.kind}): unknown conversion"
        )
    thing: dict[str, Any] = {"apiVersion": resource.api_version, "kind": resource.kind}
    thing |= {key: item for key, item in value.items() if key not in thing}
    if not isinstance(thing.setdefault("metadata", {}), dict):
        thing["metadata"] = {}
    return _known(thing, resource, options, twice)


def named(value: Any) -> str:
    """What Go's encoding/json calls a value."""
    return {list: "array", str: "string", bool: "bool", int: "number", float: "number", dict: "object"}.get(
        type(value), "null"
    )


def _known(thing: dict[str, Any], resource: Resource, options: Options, twice: Sequence[str]) -> dict[str, Any]:
    if fields_of(resource.kind) is None:
        return thing
    unknown, mistyped = decode(thing, resource.kind)
    handled = f'{resource.kind} in version "{resource.version}" cannot be handled as a {resource.kind}'
    if mistyped:
        raise bad_request(f"{handled}: {mistyped[0].message}")
    # YAML is made JSON first; in JSON, fields are met in order, of which unknown ones first is the best that we know.
    lines = [told for told in twice if told.startswith("line ")]
    doubts = [*(f'unknown field "{it.path}"' for it in unknown), *(told for told in twice if told not in lines)]
    if options.validation == "Strict" and (lines or doubts):
        first = ["\n  ".join(["yaml: unmarshal errors:", *lines])] if lines else []
        raise bad_request(f"{handled}: strict decoding error: {', '.join([*first, *doubts])}")
    if options.validation == "Warn":
        options.warnings.extend([*lines, *doubts])
    for it in unknown:
        _drop(thing, it.path)
    return thing


def _drop(thing: Any, path: str) -> None:
    """Take the field at a path like `spec.ports[0].prots` out: what the kind does not have is not kept."""
    steps: list[Any] = []
    for part in path.split("."):
        name, *positions = part.replace("]", "").split("[")
        steps += [name, *map(int, positions)]
    at: Any = thing
    for step in steps[:-1]:
        try:
            at = at[step]
        except (KeyError, IndexError, TypeError):
            return
    if isinstance(at, dict):
        at.pop(steps[-1], None)
