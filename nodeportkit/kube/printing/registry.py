"""Which kinds can be printed: found in the modules of `kinds`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeAlias

from nodeportkit.errors import ReadError, nearest

__all__ = ["Column", "KindPrinter", "Object", "printer_of", "printers"]

Object: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a kind's table, as the API server defines it in a Table.

    Attributes
    ----------
    name
        As the server spells it; kubectl prints it in upper case.
    description
        What stands in it.
    wide
        Shown only with `-o wide` (priority 1).
    type, format
        OpenAPI's; the column of the object's name has the format `name`.
    """

    name: str
    description: str
    wide: bool = False
    type: str = "string"
    format: str = ""

    @property
    def header(self) -> str:
        """The heading as kubectl prints it."""
        return self.name.upper()

    @property
    def priority(self) -> int:
        """0 for a column that is always shown, 1 for one of `-o wide`."""
        return int(self.wide)


@dataclass(frozen=True, slots=True)
class KindPrinter:
    """How one kind is printed.

    Attributes
    ----------
    kind, groups
        The kind, and the API groups it is served from; the first is the one in printed names (`deployment.apps/web`).
    columns
        All columns, those of `-o wide` among them.
    cells
        The cells of an object at a moment, one a column: text, or a number in a column of type `integer`.
    namespaced
        Whether its objects stand in namespaces.
    """

    kind: str
    columns: tuple[Column, ...]
    cells: Callable[[Object, datetime], list[str | int]]
    groups: tuple[str, ...] = ("",)
    namespaced: bool = True

    @property
    def prefix(self) -> str:
        """What stands before the name where kinds are shown: `service`, `deployment.apps`."""
        return ".".join(part for part in (self.kind.lower(), self.groups[0]) if part)


@cache
def printers() -> dict[tuple[str, str], KindPrinter]:
    """Find every printer, by API group and kind.

    Examples
    --------
    >>> printers()["apps", "Deployment"].prefix
    'deployment.apps'
    """
    kinds = importlib.import_module("nodeportkit.kube.printing.kinds")
    modules = [importlib.import_module(f"{kinds.__name__}.{m.name}") for m in pkgutil.iter_modules(kinds.__path__)]
    found: list[KindPrinter] = [module.PRINTER for module in modules]
    return {(group, printer.kind): printer for printer in found for group in printer.groups}


def printer_of(thing: object) -> KindPrinter:
    """Find the printer of an object, by its `kind` and `apiVersion`.

    Raises
    ------
    ReadError
        If it has no kind, or its kind is none that can be printed.

    Examples
    --------
    >>> printer_of({"kind": "Pod", "apiVersion": "v1"}).columns[1].header
    'READY'
    """
    kind = thing.get("kind") if isinstance(thing, Mapping) else None
    if not isinstance(thing, Mapping) or not isinstance(kind, str):
        raise ReadError("the object has no kind", hint="Give a whole object, with apiVersion, kind and metadata.")
    version = thing.get("apiVersion")
    group = str(version).rpartition("/")[0] if version else None
    for (known_group, known), printer in printers().items():
        if known == kind and group in (None, known_group):
            return printer
    what = f"{kind} of {version}" if version else kind
    raise ReadError(f"{what} cannot be printed", hint=nearest(kind, {known for _, known in printers()}, most=6))
