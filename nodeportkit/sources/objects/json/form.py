"""Objects written as JSON: each a slice of the bytes, decoded when its turn comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
import numpy as np

from nodeportkit.sources.large import Bytes
from nodeportkit.sources.objects.documents import Head
from nodeportkit.sources.objects.json.lists import Piece
from nodeportkit.sources.objects.json.text import end_of_first
from nodeportkit.sources.objects.marks import locate
from nodeportkit.sources.objects.table_form import JsonTable
from nodeportkit.sources.objects.typed import Typed

__all__ = ["JsonForm"]

_T = TypeVar("_T")


class Document(Typed):
    """The top of a document, whatever it is."""

    api_version: Any = None
    kind: Any = None
    type: Any = None
    object: msgspec.Raw = msgspec.Raw()
    items: list[msgspec.Raw] | msgspec.UnsetType | None = msgspec.UNSET


class JsonForm:
    """Objects written as JSON: each a slice of the bytes, decoded when its turn comes."""

    table_type = JsonTable

    def __init__(self, data: Bytes, first_line: int = 1) -> None:
        self._data = data
        self._piece = Piece(data if isinstance(data, bytes) else b"", 0)
        self._first_line = first_line
        self._counted = (0, first_line)
        self._decoders: dict[Any, Any] = {}

    def decoder(self, type_: type[_T]) -> Callable[[Any], _T]:
        """See `Form.decoder`."""
        known: Callable[[Any], _T] | None = self._decoders.get(type_)
        if known is None:
            known = self._decoders[type_] = msgspec.json.Decoder(type_).decode
        return known

    def first(self, view: memoryview) -> tuple[Head | None, int]:
        """The top of the document that the bytes begin with, and how long it is; None if they begin with none."""
        try:
            return self._top(view), len(view)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            length = end_of_first(error) if isinstance(error, msgspec.DecodeError) else None
        if not length:
            return None, 0
        return self.first(view[:length])[0], length

    def head(self, item: Any) -> Head:
        """See `DocumentForm.head`."""
        return self._top(item)

    def _top(self, item: Any) -> Head:
        try:
            top = self.decoder(Document)(item)
        except msgspec.ValidationError:
            # No object, or none of those that hold others. Wrong types are found before what is malformed further on.
            return Head(elements=self._elements(item))
        tops = (top.api_version, top.kind, top.type)
        version, kind, type_ = (value if isinstance(value, str) else None for value in tops)
        items = None if top.items is msgspec.UNSET else top.items or []
        return Head(version, kind, type_, top.object if len(memoryview(top.object)) else None, items)

    def _elements(self, item: Any) -> list[Any] | None:
        try:
            elements = self.decoder(list[msgspec.Raw])(item)
        except msgspec.ValidationError:
            self.decoder(msgspec.Raw)(item)
            return None
        return elements

    def line(self, item: Any) -> int:
        """See `Form.line`."""
        return self.line_at(_address(item) - _address(self._piece.text) + self._piece.offset)

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return len(self._data)

    def look_at(self, piece: Piece) -> None:
        """Items come from this piece from now on, and not from the data itself."""
        self._piece = piece

    def line_at(self, offset: int) -> int:
        """The line of a byte; quick for bytes asked for in order."""
        at, line = self._counted if self._counted[0] <= offset else (0, self._first_line)
        line += bytes(self._data[at:offset]).count(b"\n")
        self._counted = (offset, line)
        return line

    def column_at(self, offset: int) -> int:
        """The column of a byte, in characters."""
        line = bytes(self._data[:offset]).rpartition(b"\n")[2]
        return len(line.decode("utf-8", "replace")) + 1

    def line_of(self, item: Any, path: str) -> int:
        """See `Form.line_of`."""
        within = locate(bytes(item).decode("utf-8", "replace"), path)
        return self.line(item) + (within[0] if within else 0)


def _address(data: Any) -> int:
    """Where in memory the bytes are: a slice of JSON does not know its offset."""
    return int(np.frombuffer(data, dtype=np.uint8).__array_interface__["data"][0])
