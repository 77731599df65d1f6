"""Finds what tells of the machine and of kube-proxy's mode, as settings."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

from nodeportkit.sources.reader import Context, Finding

__all__ = ["PRIORITY", "find"]

# Before tables, which `docker ps` prints, and before answers.
PRIORITY: Final = 35


@cache
def _prints() -> tuple[Callable[[Sequence[str], int, Context], Finding | None], ...]:
    """The `find` of every module beside this one."""
    import nodeportkit.sources.machine as room

    names = [module.name for module in pkgutil.iter_modules(room.__path__) if module.name != "reader"]
    return tuple(importlib.import_module(f"{room.__name__}.{name}").find for name in names)


def find(lines: Sequence[str], at: int, context: Context) -> Finding | None:
    """What stands at `lines[at]`, or None.

    Examples
    --------
    >>> find(["net.ipv4.ip_local_port_range = 32768 60999"], 0, Context()).settings
    {'ephemeral_ports': '32768-60999'}
    """
    if not lines[at]:
        return None
    return next((found for look in _prints() if (found := look(lines, at, context)) is not None), None)
