"""What a client asks, and what it is answered, whatever carries it."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

__all__ = ["JSON", "YAML", "Answer", "Request"]

JSON: Final = "application/json"
YAML: Final = "application/yaml"

_TRUE: Final = ("1", "true", "True")


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks.

    Attributes
    ----------
    query
        The query parameters, each with all its values.
    headers
        By their names in lower case.
    """

    method: str
    path: str
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def one(self, name: str, default: str = "") -> str:
        """The first value of a query parameter."""
        return next(iter(self.query.get(name, ())), default)

    def flag(self, name: str) -> bool:
        """Whether a query parameter says yes."""
        return self.one(name) in _TRUE


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server answers: a document, a text, or as they come the events of a watch or the lines of a log."""

    code: int
    document: Any = None
    events: AsyncIterator[Any] | None = None
    warnings: tuple[str, ...] = ()
    text: str | None = None
    lines: AsyncIterator[str] | None = None
    type: str = JSON

    @property
    def content(self) -> bytes:
        """The document as it is sent; one that is bytes already is sent as it is."""
        if isinstance(self.document, bytes):
            return self.document
        if self.type != YAML:
            return json.dumps(self.document, separators=(",", ":")).encode()
        text: str = yaml.dump(self.document, Dumper=_Yaml, default_flow_style=False, allow_unicode=True)
        return text.encode()


class _Yaml(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """YAML in which a text is a text to Go's readers too, which take 1e3 for a number and y for a truth."""


_Yaml.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"[-+]?[\d_.]+[eE][-+]?\d+"), list("-+.0123456789"))
_Yaml.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"[-+]?0o?[0-9_]+"), list("-+0"))
_Yaml.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"[yYnN]"), list("yYnN"))
