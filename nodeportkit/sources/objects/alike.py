"""The quick way for items that are all of one kind: many decoded at once, made into columns, and forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from typing import Any, NamedTuple, TypeVar

import msgspec

from nodeportkit.sources.objects.kinds import Groups, Kind, Part, kind_of, settings_of
from nodeportkit.sources.objects.typed import KubernetesObject, Typed
from nodeportkit.sources.settings import Settings

__all__ = ["Columns", "Identity", "Name", "Stack", "columns_of", "decode_alike", "name_kinds"]

_T = TypeVar("_T")


class Name(Typed):
    """The part of metadata that tells one object from another."""

    name: str | None = None
    generate_name: str | None = None
    namespace: str | None = None


class Identity(Typed):
    """What an object is."""

    api_version: str | None = None
    kind: str | None = None
    metadata: Name | None = None


class Columns(NamedTuple):
    """What some objects of one kind tell.

    Attributes
    ----------
    kind
        The module that reads them, by name: columns may come from another process.
    parts
        Their rows, column by column; none for objects that show settings alone.
    settings
        The settings that they show.
    """

    kind: str
    parts: list[Part]
    settings: list[Settings]


def columns_of(kind: Kind, decoded: list[Any], namespace: str) -> Columns:
    """What the objects tell; those without a namespace are in the one given."""
    settings = settings_of(kind, decoded)
    return Columns(kind.__name__, kind.columns(decoded, namespace), [settings] if settings else [])


def decode_alike(
    decode: Callable[[type[KubernetesObject]], list[KubernetesObject]], kind: Kind, implied: Identity
) -> list[KubernetesObject] | None:
    """The items, decoded as `kind`; None if not all are of it, or one does not fit.

    Parameters
    ----------
    decode
        Decodes all items as a type; raises msgspec.ValidationError if one does not fit.
    kind
        What they most likely are.
    implied
        What those are that do not say it themselves.
    """
    try:
        decoded = decode(kind.TYPE)
        names = [thing.metadata.name for thing in decoded]  # type: ignore[union-attr]
    except (msgspec.ValidationError, AttributeError):
        return None
    versions = {thing.api_version or implied.api_version for thing in decoded}
    kinds = {thing.kind or implied.kind for thing in decoded}
    if not all(names) or hasattr(kind, "reads") or any(kind_of(*said) is not kind for said in product(versions, kinds)):
        return None
    name_kinds(decoded, implied)
    return decoded


def name_kinds(decoded: Iterable[KubernetesObject], implied: Identity) -> None:
    """Write the list's kind into items that do not say their own."""
    if implied.kind:
        for thing in decoded:
            thing.kind = thing.kind or implied.kind


class Stack:
    """The parts of many slices of objects of one kind, those of each slice below those of the last.

    Of equal cells of a column one is kept, as far as Python can look them up: what is kept once is sent once.
    """

    def __init__(self) -> None:
        self._parts: list[Part] = []
        self._seen: dict[tuple[int, str], dict[Any, Any]] = {}

    def add(self, parts: list[Part]) -> None:
        """Put the columns of a further slice below those that are here."""
        if not self._parts:
            self._parts = [_emptied(part) for part in parts]
        for at, (below, part) in enumerate(zip(self._parts, parts, strict=True)):
            for name, cells in part.rows.items():
                below.rows[name].extend(self._once((at, name), cells))
            for name, cells in (part.covers or {}).items():
                below.covers[name].extend(cells)  # type: ignore[index]
            if part.groups is not None:
                below.groups.rows.extend(part.groups.rows)  # type: ignore[union-attr]

    def parts(self) -> list[Part]:
        """All of them."""
        return self._parts

    def _once(self, column: tuple[int, str], cells: Iterable[_T]) -> Iterable[_T]:
        seen = self._seen.setdefault(column, {})
        try:
            return list(map(seen.setdefault, cells, cells))
        except TypeError:  # lists and dicts
            return cells


def _emptied(part: Part) -> Part:
    """A part with the same columns, and no rows yet."""
    covers = None if part.covers is None else {name: list[Any]() for name in part.covers}
    groups = None if part.groups is None else Groups(part.groups.columns, [], part.groups.home)
    return part._replace(rows={name: list[Any]() for name in part.rows}, covers=covers, groups=groups)
