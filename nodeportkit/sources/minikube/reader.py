"""Finds what minikube prints."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

from nodeportkit.sources.reader import Context, Finding

__all__ = ["PRIORITY", "find"]

PRIORITY: Final = 40


@cache
def _prints() -> tuple[Callable[[Sequence[str], int, Context], Finding | None], ...]:
    """The `find` of every module beside this one that has one."""
    import nodeportkit.sources.minikube as room

    names = [module.name for module in pkgutil.iter_modules(room.__path__) if module.name != "reader"]
    modules = [importlib.import_module(f"{room.__name__}.{name}") for name in names]
    return tuple(module.find for module in modules if hasattr(module, "find"))


def find(lines: Sequence[str], at: int, context: Context) -> Finding | None:
    r"""What minikube printed at `lines[at]`, or None.

    Examples
    --------
    >>> found = find(["minikube\t192.168.59.100"], 0, Context())
    >>> found.table.kind
    'minikube-nodes'
    """
    if not lines[at]:
        return None
    return next((found for look in _prints() if (found := look(lines, at, context)) is not None), None)
