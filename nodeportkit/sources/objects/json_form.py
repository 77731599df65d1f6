"""JSON -> objects: one document, many, lines of a watch, lists of any length."""

from __future__ import annotations

import codecs
import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import msgspec
import numpy as np

from nodeportkit.errors import ReadError
from nodeportkit.sources.objects.collect import Collector, Objects
from nodeportkit.sources.objects.documents import Head, add_document
from nodeportkit.sources.objects.marks import locate
from nodeportkit.sources.objects.typed import Typed

__all__ = ["read_json"]

_BYTE = re.compile(r"\(byte (\d+)\)")
_TRAILING: Final = "trailing characters"
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
    items: list[msgspec.Raw] | None = None


class JsonForm:
    """Objects written as JSON: each a slice of the bytes, decoded when its turn comes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._start = _address(data) if data else 0
        self._counted = (0, 1)
        self._decoders: dict[Any, Any] = {}

    def decode(self, item: Any, type_: Any) -> Any:
        """See `Form.decode`."""
        decoder = self._decoders.get(type_)
        if decoder is None:
            decoder = self._decoders[type_] = msgspec.json.Decoder(type_).decode
        return decoder(item)

    def head(self, item: Any) -> Head:
        """See `DocumentForm.head`."""
        try:
            top: Document = self.decode(item, Document)
        except msgspec.ValidationError:
            return self._bare_list(item)
        kind, type_, version = (
            value if isinstance(value, str) else None for value in (top.kind, top.type, top.api_version)
        )
        return Head(version, kind, type_, top.object if len(bytes(top.object)) else None, top.items)

    def _bare_list(self, item: Any) -> Head:
        try:
            return Head(elements=self.decode(item, list[msgspec.Raw]))
        except msgspec.ValidationError:
            return Head()

    def line(self, item: Any) -> int:
        """See `Form.line`."""
        return self.line_at(_address(item) - self._start)

    def line_at(self, offset: int) -> int:
        """The line of a byte; quick for bytes asked for in order."""
        at, line = self._counted if self._counted[0] <= offset else (0, 1)
        line += self._data.count(b"\n", at, offset)
        self._counted = (offset, line)
        return line

    def column_at(self, offset: int) -> int:
        """The column of a byte, in characters."""
        start = self._data.rfind(b"\n", 0, offset) + 1
        return len(self._data[start:offset].decode("utf-8", "replace")) + 1

    def line_of(self, item: Any, path: str) -> int:
        """See `Form.line_of`."""
        within = locate(bytes(item).decode("utf-8", "replace"), path)
        return self.line(item) + (within[0] if within else 0)


def _address(data: Any) -> int:
    """Where in memory the bytes are: a slice of JSON does not know its offset."""
    return int(np.frombuffer(data, dtype=np.uint8).__array_interface__["data"][0])


def read_json(data: bytes, source: str = "text", *, namespace: str = "default", now: datetime | None = None) -> Objects:
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
    form = JsonForm(data)
    collector = Collector(form, source, namespace=namespace, now=now)
    with _no_garbage_collection():
        for document in _documents(data, form, source):
            add_document(collector, form, document)
        return collector.result()


def _utf8(data: bytes) -> bytes:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = data[len(mark) :]
            return text if encoding == "utf-8" else text.decode(encoding, "replace").encode()
    return data


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Decoding makes many objects and no garbage: looking for some would cost as much as the decoding."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _documents(data: bytes, form: JsonForm, source: str) -> Iterator[Any]:
    """The documents that stand one after the other; most often there is one, or one on each line."""
    view = memoryview(data)
    at, end = 0, len(data.rstrip())
    while at < end:
        line_end = data.find(b"\n", at, end)
        if line_end >= 0 and (document := _whole(view[at:line_end])) is not None:
            yield document
            at = line_end + 1
            continue
        length = _length(view[at:end], at, form, source)
        yield _whole(view[at : at + length])
        at += length
        while at < end and data[at : at + 1].isspace():
            at += 1


def _whole(view: memoryview) -> Any:
    """The bytes as one document, None if they are none."""
    try:
        return msgspec.json.decode(view, type=msgspec.Raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _length(view: memoryview, at: int, form: JsonForm, source: str) -> int:
    """How long the document is that begins the bytes."""
    try:
        msgspec.json.decode(view, type=msgspec.Raw)
    except RecursionError as error:
        raise ReadError("is nested too deeply", source=source, line=form.line_at(at)) from error
    except msgspec.DecodeError as error:
        place = _BYTE.search(str(error))
        offset = int(place[1]) if place else len(view)
        if _TRAILING in str(error):
            return offset
        raise _malformed(str(error), at + offset, form, source) from None
    return len(view)


def _malformed(text: str, offset: int, form: JsonForm, source: str) -> ReadError:
    line = form.line_at(offset)
    if "truncated" in text:
        message, hint = "the JSON ends before it is whole", "Save the output again, whole."
    else:
        message = _BYTE.sub("", text).strip().removeprefix("JSON is malformed: ")
        hint = "JSON wants quoted keys, commas between entries and none after the last."
    return ReadError(f"no JSON: {message}", source=source, line=line, column=form.column_at(offset), hint=hint)
