"""A long JSON list, cut into pieces without being parsed first.

The items of a list as kubectl or the API server writes it all begin and end alike. So a list can be cut where one ends
and the next begins, far from the last cut, and each piece decoded as a list of its own. A cut in the wrong place, in a
text or deeper within an item, leaves the item's own bracket open, and such a piece is no JSON: then the list is to be
read in the ordinary way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from nodeportkit.progress import tracked

__all__ = ["LongList", "Piece", "long_list"]

_SHORTEST: Final = 1 << 20
# Small enough for a processor's cache, and for memory that is at hand: larger blocks are fetched from the system each time.
_PIECE: Final = 3 << 15
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

    text: bytes | memoryview
    offset: int


@dataclass(frozen=True, slots=True)
class LongList:
    """What the list says of itself, and its items, piece by piece."""

    api_version: str
    kind: str
    pieces: Iterable[Piece]


def long_list(data: bytes | memoryview, source: str = "text") -> LongList | None:
    """The list that the bytes are, or None if they are none, or a short one, or one that is written in another way."""
    head = _HEAD.match(data, 0, _HEAD_WITHIN) if len(data) >= _SHORTEST else None
    if head is None:
        return None
    tail = max(len(data) - _TAIL, head.end())
    end = tail + bytes(data[tail:]).rfind(b"]")
    try:
        envelope = msgspec.json.decode(bytes(data[: head.end()]) + bytes(data[end:]), type=Envelope)
    except (msgspec.DecodeError, RecursionError):
        return None
    seam = _seam(data, head)
    if envelope.items or not envelope.kind.endswith("List") or seam is None:
        return None
    pieces = _pieces(data, head.end(), end, *seam)
    told = tracked(pieces, f"Reading {source}", "bytes", total=len(data), place=lambda piece: piece.offset)
    return LongList(envelope.api_version, envelope.kind, told)


def _seam(data: bytes | memoryview, head: re.Match[bytes]) -> tuple[bytes, int] | None:
    """The bytes where an item ends and the next begins, and how many of them belong to the first."""
    blank = head[1]
    if blank:
        # Nothing within an item is indented as little as the items are, and no text holds a line end.
        return blank + b"}," + blank + b"{", len(blank) + 1
    item = _ITEM.match(data, head.end())
    return (b"}," + item.group(), 1) if item else None


def _pieces(data: bytes | memoryview, start: int, end: int, seam: bytes, kept: int) -> Iterator[Piece]:
    find, skipped = re.compile(re.escape(seam)).search, seam.index(b"{", kept)
    view = memoryview(data)
    while start < end:
        cut = find(view, start + _PIECE, end)
        stop = cut.start() + kept if cut else end
        yield Piece(b"".join((b"[", view[start:stop], b"]")), start - 1)
        start = cut.start() + skipped if cut else end
