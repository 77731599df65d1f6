"""Shares in words: "two of three connections"."""

from __future__ import annotations

from typing import Final

__all__ = ["connections", "percent"]

_NUMBERS: Final = (
    "No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve",
)  # fmt: skip
_ALMOST: Final = 1e-6


def percent(share: float) -> str:
    """A share in per cent, with one figure after the point; none where it would be a zero.

    Examples
    --------
    >>> percent(1 / 6), percent(0.25), percent(0.0004), percent(0.9996)
    ('16.7 %', '25 %', '< 0.1 %', '> 99.9 %')
    """
    if _ALMOST < share < 0.0005:
        return "< 0.1 %"
    if 0.9995 < share < 1 - _ALMOST:
        return "> 99.9 %"
    return f"{100 * share:.1f}".removesuffix(".0") + " %"


def connections(share: float, one: str, many: str) -> str:
    """What a share of the connections does: the words for it with the verb for one and for many.

    Examples
    --------
    >>> connections(2 / 3, "takes", "take")
    'Two of three connections take'
    >>> connections(1, "is", "are"), connections(0.25, "is", "are"), connections(0.583, "is", "are")
    ('Every connection is', 'One of four connections is', '58.3 % of the connections are')
    """
    if share < _ALMOST:
        return f"No connection {one}"
    if share > 1 - _ALMOST:
        return f"Every connection {one}"
    for whole in range(2, len(_NUMBERS)):
        part = round(share * whole)
        if abs(share * whole - part) < _ALMOST * whole:
            return f"{_NUMBERS[part]} of {_NUMBERS[whole].lower()} connections {one if part == 1 else many}"
    return f"{percent(share)} of the connections {many}"
