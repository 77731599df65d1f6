"""The fields of Kubernetes objects that the frames need, typed, so that nothing else of an object is ever built.

Field names and types: Kubernetes API reference, `ObjectMeta` and `LabelSelector`. Everything may be absent or null: a
manifest says what it wants and no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec

__all__ = [
    "Fixed",
    "KubernetesObject",
    "Metadata",
    "OwnerReference",
    "Typed",
    "Whole",
    "api_name",
    "is_live",
    "labels",
    "owner",
]

_ACRONYMS: Final = {"ip": "IP", "ips": "IPs", "cidr": "CIDR", "cidrs": "CIDRs", "id": "ID"}


def api_name(field: str) -> str:
    """The API's name of a field: `pod_ips` -> `podIPs`."""
    first, *rest = field.split("_")
    return first + "".join(_ACRONYMS.get(part, part.capitalize()) for part in rest)


class Typed(msgspec.Struct, rename=api_name, gc=False, omit_defaults=True):
    """What all parts of an object share: API names, and no work for the garbage collector, as trees have no cycles."""


class Fixed(msgspec.Struct, rename=api_name, gc=False, omit_defaults=True, frozen=True):
    """The same, for parts that are looked up by what they hold: pods made alike have equal ones."""


# Whole numbers as frames hold them, in 64 bits; the API's own have 32 or 64.
Whole = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]


class OwnerReference(Typed):
    """An entry of metadata.ownerReferences."""

    kind: str | None = None
    name: str | None = None
    controller: bool | None = None


class Metadata(Typed):
    """The part of metadata that frames show; managed fields are never read, and no annotations but our own (`services`)."""

    name: str | None = None
    namespace: str | None = None
    labels: dict[str, str | None] | None = None
    creation_timestamp: str | None = None
    deletion_timestamp: str | None = None
    owner_references: list[OwnerReference] | None = None


class KubernetesObject(Typed):
    """An object of any kind."""

    api_version: str | None = None
    kind: str | None = None
    metadata: Metadata | None = None


def is_live(metadata: Metadata) -> bool:
    """Whether the object comes from an API server, which fills in every field that has a value.

    A manifest leaves out what the server is to decide: there, absent means unknown.
    """
    return metadata.creation_timestamp is not None


def owner(metadata: Metadata) -> tuple[str | None, str | None]:
    """Kind and name of the controlling owner; "" for a live object that has none."""
    references: Sequence[OwnerReference] = metadata.owner_references or ()
    for reference in references:
        if reference.controller:
            return reference.kind or "", reference.name
    return ("", "") if is_live(metadata) else (None, None)


def labels(metadata: Metadata) -> dict[str, str]:
    """The labels; one whose value is null is empty, as the API server reads it."""
    found = metadata.labels or {}
    if all(found.values()):
        return found  # type: ignore[return-value]
    return {key: value or "" for key, value in found.items()}
