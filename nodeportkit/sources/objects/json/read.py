"""JSON -> objects: one document, many, lines of a watch, lists of any length."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from itertools import chain
from typing import Any, Final, TypeVar

import msgspec

from nodeportkit.progress import tracked
from nodeportkit.sources.garbage import no_garbage_collection
from nodeportkit.sources.large import Bytes
from nodeportkit.sources.objects.alike import Columns
from nodeportkit.sources.objects.collect import Batch, Collector, Objects
from nodeportkit.sources.objects.documents import Head, add_document
from nodeportkit.sources.objects.json.errors import malformed, not_utf8
from nodeportkit.sources.objects.json.form import JsonForm
from nodeportkit.sources.objects.json.lists import LongList, Piece, Span, long_list
from nodeportkit.sources.objects.json.processes import SHARE_HERE, SpanProcess, processes_for

__all__ = ["read_json"]

_T = TypeVar("_T")
_BLANK: Final = re.compile(rb"[ \t\r\n]*")
_LONGEST_LINE: Final = 65_536
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


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
            raise not_utf8(bytes(data), source, first_line, error) from None


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
    """What the process found, and the items that it left, piece by piece."""
    columns, left = process.answer()
    if columns is not None:
        yield columns
    yield from (_PieceOfList(form, piece) for piece in left.pieces())


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
            raise malformed(view[at:], at, form, source)
        yield view[at : at + length], head
        at = _not_blank(data, at + length)


def _not_blank(data: bytes, at: int) -> int:
    """The offset of the next byte that is not blank."""
    match = _BLANK.match(data, at)
    return match.end() if match else at
