"""The checks, one a module, found by being here: `selector_missing.py` holds the check `selector-missing`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from nodeportkit.auditing.check import Check

__all__ = ["all_checks"]


@cache
def all_checks() -> dict[str, Check]:
    """Every check by its id.

    Examples
    --------
    >>> all_checks()["node-port-clash"].certainty
    'fact'
    """
    names = sorted(name for _, name, _ in pkgutil.iter_modules(__path__))
    return {name.replace("_", "-"): importlib.import_module(f"{__name__}.{name}").CHECK for name in names}
