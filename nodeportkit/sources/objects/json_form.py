"""JSON -> objects: one document, many, lines of a watch, lists of any length."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from itertools import chain
from typing import Any, Final, TypeVar

import msgspec
import numpy as np

from nodeportkit.errors import ReadError
from nodeportkit.progress import tracked
from nodeportkit.sources.garbage import no_garbage_collection
from nodeportkit.sources.large import Bytes
from nodeportkit.sources.objects.alike import Columns
from nodeportkit.sources.objects.collect import Batch, Collector, Objects
from nodeportkit.sources.objects.documents import Head, add_document
from nodeportkit.sources.objects.json_lists import LongList, Piece, Span, long_list
from nodeportkit.sources.objects.json_text import end_of_first, offset_of
from nodeportkit.sources.objects.marks import locate
from nodeportkit.sources.objects.processes import SHARE_HERE, SpanProcess, processes_for
from nodeportkit.sources.objects.table_form import JsonTable
from nodeportkit.sources.objects.typed import Typed

__all__ = ["read_json"]

_BLANK = re.compile(rb"[ \t\r\n]*")
_T = TypeVar("_T")
_LONGEST_LINE: Final = 65_536
_SAVE_AS_UTF8: Final = "Save the file again, as UTF-8."
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


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


def read_json(
    data: Bytes,
    source: str = "text",
    *,
    namespace: str = "default",
    now: datetime | None = None,
    first_line: int = 1,
) -> Objects:
    """What a JSON text tells of a cluster.

    One object, a list (`kubectl get -o json`), a list of one kind (`kubectl get --raw`), the events of a watch line by
    line, or several of these one after the other.

    Parameters
    ----------
    data
        The text as bytes; UTF-8, or UTF-16 with a mark, as PowerShell writes it.
    source
        The file's name, for errors.
    namespace
        The namespace of objects that say none.
    now
        The moment to which ages count; without it they are unknown.
    first_line
        The number of the text's first line in its file, for errors.

    Raises
    ------
    ReadError
        If it is no JSON, or a field has another type than Kubernetes gives it; with line and column.

    Examples
    --------
    >>> found = read_json(
    ...     b'{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"ports": [{"port": 80}]}}'
    ... )
    >>> found.fragments[1].rows[["service", "port", "target_port"]]
      service  port target_port
    0     web    80          80
    """
    data = _utf8(data)

    def begin() -> tuple[JsonForm, Collector]:
        form = JsonForm(data, first_line)
        return form, Collector(form, source, namespace=namespace, now=now)

    with no_garbage_collection():
        try:
            if (found := long_list(data)) and _add_long_list(*(begun := begin()), found, source, namespace):
                return begun[1].result()
            data = bytes(data)
            form, collector = begin()
            for document, head in _documents(data, form, source):
                add_document(collector, form, document, head)
            return collector.result()
        except UnicodeDecodeError as error:
            raise _not_utf8(bytes(data), source, first_line, error) from None


def _add_long_list(form: JsonForm, collector: Collector, found: LongList, source: str, namespace: str) -> bool:
    """Take a long list; False if it turns out not to be what it looked like."""
    kind = found.kind.removesuffix("List") or None
    implied = (found.api_version if kind else None, kind)
    here, *elsewhere = found.items.parted(processes_for(len(found.items)), first=SHARE_HERE)
    with ExitStack() as running:
        processes = [running.enter_context(SpanProcess(span, implied, namespace)) for span in elsewhere]
        batches = chain(_read_here(form, here, source), *(_read_there(form, process) for process in processes))
        try:
            collector.add_batches(batches, *implied)
        except (msgspec.DecodeError, RecursionError):
            return False
    return True


def _read_here(form: JsonForm, span: Span, source: str) -> Iterator[Batch]:
    """The items, piece by piece; who listens hears how far all of the list is, as the rest is read meanwhile."""
    whole, end = form.size, span.stop
    pieces = tracked(
        span.pieces(), f"Reading {source}", "bytes", total=whole, place=lambda piece: piece.offset * whole // end
    )
    return (_PieceOfList(form, piece) for piece in pieces)


def _read_there(form: JsonForm, process: SpanProcess) -> Iterator[Batch | Columns]:
    """What the process found, or the items, piece by piece, if it gives no answer."""
    columns = process.columns()
    if columns is not None:
        yield columns
    else:
        yield from (_PieceOfList(form, piece) for piece in process.span.pieces())


class _PieceOfList:
    """Items that are written one after the other: see `Batch`."""

    def __init__(self, form: JsonForm, piece: Piece) -> None:
        self._form = form
        self._piece = piece

    def decode(self, type_: type[_T]) -> list[_T]:
        return self._piece.decode(type_)

    def items(self) -> list[msgspec.Raw]:
        self._form.look_at(self._piece)
        return self._piece.decode(msgspec.Raw)


def _utf8(data: Bytes) -> Bytes:
    for mark, encoding in _MARKS:
        if data[: len(mark)] == mark:
            text = data[len(mark) :]
            return text if encoding == "utf-8" else text.decode(encoding, "replace").encode()
    return data


def _documents(data: bytes, form: JsonForm, source: str) -> Iterator[tuple[Any, Head]]:
    """The documents that stand one after the other, each with its top; most often there is one, or one on each line."""
    view = memoryview(data)
    at, end = _not_blank(data, 0), len(data)
    while at < end:
        # Lines first: a watch has very many of them, and a document over several lines fails on its first at once.
        line_end = data.find(b"\n", at, min(at + _LONGEST_LINE, end))
        head, length = form.first(view[at:line_end]) if line_end >= 0 else (None, 0)
        if head is None:
            head, length = form.first(view[at:])
        if head is None:
            raise _malformed(view[at:], at, form, source)
        yield view[at : at + length], head
        at = _not_blank(data, at + length)


def _not_blank(data: bytes, at: int) -> int:
    """The offset of the next byte that is not blank."""
    match = _BLANK.match(data, at)
    return match.end() if match else at


def _not_utf8(data: bytes, source: str, first_line: int, error: UnicodeDecodeError) -> ReadError:
    """The error for bytes that are no text; `error` knows only the one text that they stand in."""
    offset, reason = 0, error.reason
    try:
        data.decode()
    except UnicodeDecodeError as first:
        offset, reason = first.start, first.reason
    form = JsonForm(data, first_line)
    return ReadError(
        f"no JSON: it is not UTF-8: {reason}",
        source=source,
        line=form.line_at(offset),
        column=form.column_at(offset),
        hint=_SAVE_AS_UTF8,
    )


def _malformed(view: memoryview, start: int, form: JsonForm, source: str) -> ReadError:
    """The error for bytes that begin with no JSON document."""
    offset = start + len(view)
    message, hint = "the JSON ends before it is whole", "Save the output again, whole."
    try:
        msgspec.json.decode(view, type=msgspec.Raw)
    except RecursionError:
        offset, message, hint = start, "it is nested too deeply", "No Kubernetes object is."
    except UnicodeDecodeError as error:
        offset, message, hint = start, f"it is not UTF-8: {error.reason}", _SAVE_AS_UTF8
    except msgspec.DecodeError as error:
        place = offset_of(error)
        if place is not None:
            offset = start + place
            message = str(error).partition(" (byte")[0].removeprefix("JSON is malformed: ")
            hint = "JSON wants quoted keys, commas between entries and none after the last."
    line = form.line_at(offset)
    return ReadError(f"no JSON: {message}", source=source, line=line, column=form.column_at(offset), hint=hint)
