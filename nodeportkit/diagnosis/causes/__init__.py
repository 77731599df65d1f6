"""One module a cause. Each is found by being here: it has a `CAUSE`, and a function `find` that looks at a case."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from functools import cache
from typing import Protocol

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding

__all__ = ["CauseModule", "modules", "words_of"]


class CauseModule(Protocol):
    """A module that knows one cause."""

    CAUSE: Cause
    find: Callable[[Case], Iterable[Finding]]
    """What it sees of its cause. A module that can tell of a service that is not there says so by `WITHOUT_SERVICE = True`."""


@cache
def modules() -> tuple[CauseModule, ...]:
    """The causes, in the order of their places on a packet's way.

    Examples
    --------
    >>> modules()[0].CAUSE.id
    'node-port-invalid'
    """
    found = [importlib.import_module(f"{__name__}.{entry.name}") for entry in pkgutil.iter_modules(__path__)]
    return tuple(sorted(found, key=lambda module: module.CAUSE.place))


def words_of(cause: str) -> str:
    """What a cause says of a service, by its id.

    Examples
    --------
    >>> words_of("selector-mismatch")
    'its selector matches no pod'
    """
    return next(module.CAUSE.words for module in modules() if module.CAUSE.id == cause)
