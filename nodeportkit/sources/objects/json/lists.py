"""A long JSON list, cut into pieces without being parsed first.

The items of a list as kubectl or the API server writes it all begin and end alike. So a list can be cut where one ends
and the next begins, far from the last cut, and each piece decoded as a list of its own: into pieces that fit a
processor's cache, and before that into spans of many pieces, for several processors. A cut in the wrong place, in a text
or deeper within an item, leaves the item's own bracket open, and such a piece is no JSON: then the list is to be read in
the ordinary way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final, TypeVar, cast

import msgspec

from nodeportkit.sources.large import Bytes

__all__ = ["LongList", "Piece", "Seam", "Span", "long_list", "pieces"]

_T = TypeVar("_T")
_SHORTEST: Final = 1 << 20
# Small enough for a processor's cache, and for memory that is at hand: larger blocks are fetched from the system each time.
_PIECE: Final = 3 << 15
# As much is read at a time; memory for it is at hand from the last one.
_CHUNK: Final = 1 << 19
_TAIL: Final = 1 << 12
# What may stand before the items: the list's own fields, its metadata among them.
_HEAD: Final = re.compile(rb'\s*\{(?:[^\[\]{}]|"metadata"\s*:\s*\{[^\[\]{}]*\})*?"items"\s*:\s*\[(\s*)(?=\{)')
_ITEM: Final = re.compile(rb'\{(?:"(?:apiVersion|kind)"\s*:\s*"[^"\\]{1,200}"\s*,\s*)*"metadata"\s*:\s*\{')
_HEAD_WITHIN: Final = 1 << 12


class Envelope(msgspec.Struct, rename="camel"):
    """The list without its items."""

    items: list[msgspec.Raw]
    kind: str
    api_version: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Some items that follow each other: JSON of their own, and where in the file it begins."""

    text: bytes
    offset: int

    def decode(self, type_: type[_T]) -> list[_T]:
        """All items as `type_`; raises msgspec.ValidationError if one does not fit."""
        decoded: list[_T] = _decoder(cast("Any", type_)).decode(self.text)
        return decoded


@cache
def _decoder(type_: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(list[type_])


@dataclass(frozen=True, slots=True)
class Seam:
    """The bytes where an item ends and the next begins.

    Attributes
    ----------
    text
        The bytes, between them a comma.
    kept
        How many of them belong to the first item.
    skipped
        How many of them come before the second.
    """

    text: bytes
    kept: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Span:
    """Items that follow each other: where in the bytes they begin, where they end, and what stands between two."""

    data: Bytes
    start: int
    stop: int
    seam: Seam

    def __len__(self) -> int:
        return self.stop - self.start

    def pieces(self) -> Iterator[Piece]:
        """The items, piece by piece."""
        at = self.start

        def read(size: int) -> bytes:
            nonlocal at
            chunk = self.data[at : min(at + size, self.stop)]
            at += len(chunk)
            return chunk

        return pieces(read, self.seam, self.start)

    def view(self) -> memoryview:
        """The bytes, without a copy where they are at hand."""
        if isinstance(self.data, bytes):
            return memoryview(self.data)[self.start : self.stop]
        return memoryview(self.data[self.start : self.stop])

    def parted(self, into: int, *, first: float = 1) -> list[Span]:
        """The items in so many spans, the first so many times as long as each other; in fewer where items are few."""
        spans, start = [], self.start
        for number in range(into - 1):
            share = (first + number) / (first + into - 1)
            cut = self._next_seam(max(start, self.start + int(len(self) * share)))
            if cut is None:
                break
            spans.append(replace(self, start=start, stop=cut + self.seam.kept))
            start = cut + self.seam.skipped
        return [*spans, replace(self, start=start)]

    def _next_seam(self, at: int) -> int | None:
        while at < self.stop:
            found = self.data[at : min(at + _CHUNK, self.stop)].find(self.seam.text)
            if found >= 0:
                return at + found
            at += _CHUNK - len(self.seam.text) + 1
        return None


def pieces(read: Callable[[int], bytes], seam: Seam, offset: int = 0) -> Iterator[Piece]:
    """The items, piece by piece.

    Parameters
    ----------
    read
        Gives the next bytes of the items, at most so many; none after the last.
    seam
        What stands between two items.
    offset
        Where in the file the first begins.
    """
    find = re.compile(re.escape(seam.text)).search
    rest = b""
    while chunk := read(max(_CHUNK, len(rest))):  # more for an item without end: to put it together costs as much again
        text, start = rest + chunk, 0
        while cut := find(text, start + _PIECE):
            yield _piece(text[start : cut.start() + seam.kept], offset + start)
            start = cut.start() + seam.skipped
        rest = text[start:]
        offset += start
    if rest:
        yield _piece(rest, offset)


def _piece(items: bytes, offset: int) -> Piece:
    # The bracket stands where the file has another byte, so that places in what follows are counted alike.
    return Piece(b"".join((b"[", items, b"]")), offset - 1)


@dataclass(frozen=True, slots=True)
class LongList:
    """What the list says of itself, and all its items."""

    api_version: str
    kind: str
    items: Span


def long_list(data: Bytes) -> LongList | None:
    """The list that the bytes are, or None if they are none, or a short one, or one that is written in another way."""
    head = _HEAD.match(data[:_HEAD_WITHIN]) if len(data) >= _SHORTEST else None
    if head is None:
        return None
    tail = max(len(data) - _TAIL, head.end())
    end = tail + data[tail:].rfind(b"]")
    try:
        envelope = msgspec.json.decode(head.group() + data[end:], type=Envelope)
    except (msgspec.DecodeError, RecursionError):
        return None
    seam = _seam(head)
    if envelope.items or not envelope.kind.endswith("List") or seam is None:
        return None
    return LongList(envelope.api_version, envelope.kind, Span(data, head.end(), end, seam))


def _seam(head: re.Match[bytes]) -> Seam | None:
    blank = head[1]
    if blank:
        # Nothing within an item is indented as little as the items are, and no text holds a line end.
        return Seam(blank + b"}," + blank + b"{", len(blank) + 1, 2 * len(blank) + 2)
    item = _ITEM.match(head.string, head.end())
    return Seam(b"}," + item.group(), 1, 2) if item else None
