"""Dumps of proxy rules among the lines of a paste, as a source of services, their ports and endpoints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from nodeportkit.errors import ReadError
from nodeportkit.sources.proxy_rules.dumps import dump_at
from nodeportkit.sources.proxy_rules.fragments import fragments
from nodeportkit.sources.reader import Context, Finding

__all__ = ["PRIORITY", "find"]

# Before objects: what `nft -j` prints is JSON as well.
PRIORITY: Final = 15


def find(lines: Sequence[str], at: int, context: Context) -> Finding | None:
    """The dumps that begin at this line and follow each other: IPv4's and IPv6's speak of the same services."""
    dump = dump_at(lines, at, context.source)
    if dump is None:
        return None
    dumps = [dump]
    while (after := _next(lines, dump.end)) is not None:
        try:
            following = dump_at(lines, after, context.source)
        except ReadError:
            break  # of its own
        if following is None:
            break
        dump = following
        dumps.append(dump)
    unread = tuple(place for each in dumps for place in each.unread)
    modes = {each.mode for each in dumps if each.ports}
    settings = {"mode": modes.pop()} if len(modes) == 1 else {}
    return Finding(at, dump.end, fragments=lambda: fragments(dumps), unread=unread, settings=settings)


def _next(lines: Sequence[str], at: int) -> int | None:
    """The next line that is not blank."""
    while at < len(lines) and not lines[at]:
        at += 1
    return at if at < len(lines) else None
