"""How far long work is, told to whoever listens; where nobody does, it costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, TypeAlias, TypeVar

__all__ = ["Listener", "heard_by", "report", "tracked"]

_T = TypeVar("_T")

Listener: TypeAlias = Callable[[str, int | None, int | None, str], None]
"""Is told what is being done, how much of it is done, how much there is (None: nobody knows), and of what."""

_LISTENER: Final[ContextVar[Listener | None]] = ContextVar("listener", default=None)


@contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    """A block in which `listener` is told how far the work is; it is called from within the work, so it should be quick.

    Examples
    --------
    >>> with heard_by(lambda what, done, total, unit: print(f"{what}: {done} of {total} {unit}")):
    ...     names = [name.upper() for name in tracked(["web", "api"], "Reading", "names", total=2)]
    Reading: 0 of 2 names
    Reading: 1 of 2 names
    Reading: 2 of 2 names
    """
    before = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(before)


def report(what: str, done: int | None = None, total: int | None = None, unit: str = "") -> None:
    """Tell how far the work is.

    Parameters
    ----------
    what
        What is being done: `Reading pods.json`; "" while it is for somebody else to say something.
    done, total
        How much of it; None where nobody knows.
    unit
        Of what, in the plural: `bytes`, `checks`.
    """
    if (listener := _LISTENER.get()) is not None:
        listener(what, done, total, unit)


def tracked(
    items: Iterable[_T], what: str, unit: str, *, total: int | None = None, place: Callable[[_T], int] | None = None
) -> Iterable[_T]:
    """The items, and a report before each of them and after the last; the items themselves where nobody listens.

    Parameters
    ----------
    items, what, unit, total
        As for `report`.
    place
        How much is done when an item's turn comes; without it, how many items came before.
    """
    return items if _LISTENER.get() is None else _tracked(items, what, unit, total, place)


def _tracked(
    items: Iterable[_T], what: str, unit: str, total: int | None, place: Callable[[_T], int] | None
) -> Iterator[_T]:
    count = 0
    for item in items:
        report(what, count if place is None else place(item), total, unit)
        yield item
        count += 1
    report(what, count if place is None else total, total, unit)
