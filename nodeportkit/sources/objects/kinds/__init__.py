"""One module a kind of object: its typed fields, and the rows that such objects are in the frames.

A module here names the kinds it reads in `KINDS` (kind -> API groups), the type they are decoded to in `TYPE`, and has a
function `columns`. It is found by being here; there is no list to edit. Some show settings of the cluster in a function
`settings`; where not every object that has a name is read, and no other, `reads` says which are.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple, Protocol

from nodeportkit.sources.kinds import full_kind
from nodeportkit.sources.objects.typed import KubernetesObject
from nodeportkit.sources.settings import Settings

__all__ = ["Groups", "Kind", "Part", "frame_of", "frame_of_resource", "kind_of", "reads", "settings_of"]


class Groups(NamedTuple):
    """Rows that objects made alike have in common: their columns, and for each object its rows.

    Objects made alike name the same tuple of rows, so that nothing is done for each of them. In the frame, the rows of an
    object stand beside what names it: `home` says which columns of the first part become which. Without them, each group
    counts once.
    """

    columns: tuple[str, ...]
    rows: Sequence[tuple[tuple[Any, ...], ...]]
    home: dict[str, str]


class Part(NamedTuple):
    """Rows of one frame, column by column, and the objects of which these rows are everything (see `Fragment.covers`).

    Parts with `groups` have nothing else, and cover the objects that these stand beside.
    """

    frame: str
    rows: dict[str, Any]
    covers: dict[str, Any] | None = None
    detail: int = 3
    groups: Groups | None = None


class Kind(Protocol):
    """A module that reads one family of objects."""

    __name__: str
    KINDS: dict[str, tuple[str, ...]]
    TYPE: type[KubernetesObject]
    columns: Callable[[Sequence[Any], str], list[Part]]
    """The rows of the objects; those without a namespace are in the one given."""


@cache
def _modules() -> dict[tuple[str, str], Any]:
    found = {}
    for entry in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{entry.name}")
        found.update({(group, kind): module for kind, groups in module.KINDS.items() for group in groups})
    return found


def kind_of(api_version: Any, kind: Any) -> Kind | None:
    """The module that reads objects that say this of themselves, or None.

    Examples
    --------
    >>> kind_of("v1", "Service").KINDS
    {'Service': ('',)}
    >>> kind_of("serving.knative.dev/v1", "Service") is None
    True
    """
    if not isinstance(kind, str) or not isinstance(api_version, str | None):
        return None
    group, slash, _ = (api_version or "").partition("/")
    return _modules().get((group if slash else "", kind))


def reads(kind: Kind, name: str | None) -> bool:
    """Whether an object of that name is read; those of most kinds all are, if they have one."""
    return bool(kind.reads(name)) if hasattr(kind, "reads") else bool(name)


def settings_of(kind: Kind, objects: Sequence[Any]) -> Settings:
    """The settings that the objects show: see `settings.Settings`."""
    told: Settings = kind.settings(objects) if hasattr(kind, "settings") else {}
    return told


def frame_of(kind: Kind) -> str | None:
    """The frame in which such objects are rows; None for those that show settings alone.

    Examples
    --------
    >>> frame_of(kind_of("v1", "Service"))
    'services'
    """
    parts = kind.columns([kind.TYPE()], "")
    return parts[0].frame if parts else None


@cache
def frame_of_resource(resource: str) -> str | None:
    """The frame in which the objects of a resource are rows; None if no frame tells of them.

    Parameters
    ----------
    resource
        Its full plural, as `Table.kind` has it.

    Examples
    --------
    >>> frame_of_resource("networkpolicies.networking.k8s.io"), frame_of_resource("secrets")
    ('policies', None)
    """
    for (group, kind), module in _modules().items():
        if full_kind(f"{kind.lower()}.{group}".removesuffix(".")) == resource:
            return frame_of(module)
    return None
