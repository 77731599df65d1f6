"""Lists of objects, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from nodeportkit.live.kinds import Kind
from nodeportkit.live.server import Refused, Server

__all__ = ["pages"]

_PAGE: Final = 500
_TRIES: Final = 3
_EXPIRED: Final = 410


class _Metadata(msgspec.Struct, rename={"token": "continue", "version": "resourceVersion"}):
    token: str = ""
    version: str = ""


class _List(msgspec.Struct):
    metadata: _Metadata


def pages(server: Server, kind: Kind, namespace: str | None, *, size: int = _PAGE) -> tuple[list[bytes], str]:
    """The objects of a kind, as the JSON of one list a page, and the version at which they were so.

    Raises
    ------
    Refused, Unreachable
        If the server does not give them.
    """
    for left in reversed(range(_TRIES)):
        try:
            found = list(_pages(server, kind, namespace, size))
        except Refused as error:
            # Between two pages the server may forget the moment of the first.
            if error.code != _EXPIRED or not left:
                raise
            continue
        return [page for page, _ in found], found[0][1]
    raise AssertionError("the last try returns or raises")


def _pages(server: Server, kind: Kind, namespace: str | None, size: int) -> Iterator[tuple[bytes, str]]:
    query: dict[str, Any] = {"limit": size}
    while True:
        page = server.get(kind.path(namespace), **query)
        told = msgspec.json.decode(page, type=_List).metadata
        yield page, told.version
        if not told.token:
            return
        query = {"limit": size, "continue": told.token}
