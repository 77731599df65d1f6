"""What a resource is: its names, its verbs, and what the API server does when an object of it is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

__all__ = ["VERBS", "Resource", "nothing"]

Object: TypeAlias = dict[str, Any]
VERBS: Final = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


def nothing(_: Object) -> None:
    """For what needs no preparation."""


@dataclass(frozen=True)
class Resource:
    """A resource that the API server serves.

    Attributes
    ----------
    group, version, plural, kind
        Its names; the group of `v1` is "".
    namespaced
        Whether its objects stand in namespaces.
    short_names, categories
        Further names that kubectl takes: `svc`, `all`.
    subresources
        `status`, `scale`, ...
    fields
        Field selectors beyond metadata.name and metadata.namespace, and where they look.
    answers_object
        Whether a deletion is answered by the object; most kinds answer a Status.
    has_generation
        Whether metadata.generation grows when the spec changes.
    initial_status
        The status of a new object, whatever was sent; None for kinds that may bring one. Later it is written by way of the
        subresource `status` alone.
    prepare
        Changes an object that was sent before it is checked: what admission fills in.
    excused
        Details of refusals that do not count here.
    verbs
        What can be done with it.
    """

    kind: str
    plural: str
    group: str = ""
    version: str = "v1"
    namespaced: bool = True
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    answers_object: bool = False
    has_generation: bool = False
    initial_status: Mapping[str, Any] | None = None
    prepare: Callable[[Object], None] = nothing
    excused: tuple[str, ...] = ()
    verbs: tuple[str, ...] = VERBS

    @property
    def name(self) -> str:
        """The name by which the store and error messages know it: `services`, `deployments.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def qualified_kind(self) -> str:
        """The kind as messages name it: `Service`, `Deployment.apps`."""
        return f"{self.kind}.{self.group}" if self.group else self.kind

    @property
    def singular(self) -> str:
        """The singular, as discovery tells it."""
        return self.kind.lower()

    @property
    def api_version(self) -> str:
        """`v1`, `apps/v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version
