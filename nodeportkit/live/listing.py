"""Lists of objects, page by page; and all that the frames tell of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Protocol

import msgspec

from nodeportkit.errors import NodePortKitError
from nodeportkit.live.kinds import KINDS, PROXY, Kind
from nodeportkit.live.server import Refused
from nodeportkit.progress import report

__all__ = ["Answering", "pages", "proxy_settings", "told"]

_PAGE: Final = 500
_TRIES: Final = 3
_EXPIRED: Final = 410


class Answering(Protocol):
    """Whoever can ask an API server."""

    def get(self, path: str, **query: Any) -> bytes:
        """The body of an answer; raises Refused or Unreachable if there is none."""


class _Metadata(
    msgspec.Struct, rename={"token": "continue", "version": "resourceVersion", "left": "remainingItemCount"}
):
    token: str = ""
    version: str = ""
    left: int | None = None  # some servers do not tell


class _List(msgspec.Struct):
    metadata: _Metadata


def told(server: Answering, namespace: str | None) -> tuple[list[bytes], list[NodePortKitError]]:
    """All that the frames tell of, as JSON, and what was refused of it.

    Raises
    ------
    Refused, Unreachable
        If the server does not answer, or does not give what nothing can be said without.
    """
    found: list[bytes] = []
    problems: list[NodePortKitError] = []
    for kind in KINDS:
        try:
            found += pages(server, kind, namespace)[0]
        except Refused as error:
            if kind.needed:
                raise
            problems.append(error)
    return [*found, *proxy_settings(server)], problems


def proxy_settings(server: Answering) -> list[bytes]:
    """kube-proxy's ConfigMap; nothing where there is none, or it is not for this user to read."""
    try:
        return [server.get(PROXY)]
    except Refused:
        return []


def pages(server: Answering, kind: Kind, namespace: str | None, *, size: int = _PAGE) -> tuple[list[bytes], str]:
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


def _pages(server: Answering, kind: Kind, namespace: str | None, size: int) -> Iterator[tuple[bytes, str]]:
    query: dict[str, Any] = {"limit": size}
    done, total = 0, None
    while True:
        report("Asking the cluster", done, total, kind.plural)
        page = server.get(kind.path(namespace), **query)
        about = msgspec.json.decode(page, type=_List).metadata
        yield page, about.version
        if not about.token:
            return
        done += size
        total = None if about.left is None else done + about.left
        query = {"limit": size, "continue": about.token}
