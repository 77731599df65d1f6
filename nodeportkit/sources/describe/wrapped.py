"""Descriptions whose lists of addresses a terminal has wrapped at its right edge."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

__all__ = ["unwrap"]

_ADDRESSES: Final = re.compile(r"[0-9a-f.:,\[\]]+(?: \+ \d+ more\.\.\.)?")
_MOST_LINES: Final = 2_000
_NARROWEST: Final = 40


def unwrap(lines: Sequence[str], at: int) -> tuple[list[str], list[int]] | None:
    """The lines with the wrapped ones from `at` on joined, and where each of them began; None if none is wrapped.

    A line goes on below where it is as wide as the widest, and more addresses stand below at the margin.

    Examples
    --------
    >>> lines = [
    ...     "Name:       web",
    ...     "Endpoints:  10.244.1.10:80,10.244.1.11:80,1",
    ...     "0.244.1.12:80",
    ...     "Events:     <none>",
    ... ]
    >>> unwrap(lines, 0)[0][1:]
    ['Endpoints:  10.244.1.10:80,10.244.1.11:80,10.244.1.12:80', 'Events:     <none>']
    """
    end = min(len(lines), at + _MOST_LINES)
    width = max(map(len, lines[at:end]))
    pieces = {
        place
        for place in range(at + 1, end)
        if len(lines[place - 1]) == width >= _NARROWEST and _ADDRESSES.fullmatch(lines[place])
    }
    if not pieces:
        return None
    result: list[str] = []
    places: list[int] = []
    for place, line in enumerate(lines):
        if place in pieces:
            result[-1] += line
        else:
            result.append(line)
            places.append(place)
    return result, places
