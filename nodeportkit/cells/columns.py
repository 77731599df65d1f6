"""A whole column of cells, each different text read once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from nodeportkit.errors import ReadError

__all__ = ["NONE", "UNKNOWN", "column", "own", "wrong"]

T = TypeVar("T")

NONE: Final = "<none>"
UNKNOWN: Final = "<unknown>"


def wrong(what: str, text: object, hint: str) -> ReadError:
    """Make the error of a cell that cannot be read."""
    return ReadError(f"{text!r} is no {what}", hint=hint)


def column(
    texts: Iterable[Any], parse: Callable[[str], T], missing: Any, bad: dict[str, ReadError] | None = None
) -> list[T | Any]:
    """Read each cell with `parse`, each different text once; `missing` stands for cells that are missing or blank.

    Each row has a list or dict of its own, so that changing one changes no other; what is nested in it may be shared.

    Parameters
    ----------
    bad
        Give a dict to go on where a cell cannot be read: it gets each such text with its error, and the cell is missing.

    Examples
    --------
    >>> from nodeportkit.cells import parse_ready
    >>> errors = {}
    >>> column(["2/3", "oops", None], parse_ready, missing=None, bad=errors)
    [(2, 3), None, None]
    >>> print(errors["oops"])
    'oops' is no READY cell. kubectl prints the ready ones and all, such as 2/3.
    """
    cells = list(texts)
    known: dict[Any, Any] = dict.fromkeys(cells, missing)
    for text in known:
        if isinstance(text, str) and text and not text.isspace():
            try:
                known[text] = parse(text)
            except ReadError as error:
                if bad is None:
                    raise
                bad[text] = error
    found = [known[cell] for cell in cells]
    return own(found) if any(isinstance(value, (dict, list)) for value in known.values()) else found


def own(values: Iterable[Any]) -> list[Any]:
    """The values, each list and dict a copy.

    Examples
    --------
    >>> labels = {"app": "web"}
    >>> first, second, missing = own([labels, labels, None])
    >>> first == second, first is second
    (True, False)
    """
    values = list(values)
    if set(map(type, values)) == {dict}:
        return list(map(dict.copy, values))
    return [value.copy() if isinstance(value, (dict, list)) else value for value in values]
