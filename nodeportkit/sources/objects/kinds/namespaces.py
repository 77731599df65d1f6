"""Namespaces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from nodeportkit.sources.objects.kinds import Part
from nodeportkit.sources.objects.typed import KubernetesObject, Metadata, Typed, labels

__all__ = ["KINDS", "TYPE", "columns"]

KINDS: Final = {"Namespace": ("",)}


class NamespaceStatus(Typed):
    """How the namespace is."""

    phase: str | None = None


class Namespace(KubernetesObject):
    """A namespace."""

    status: NamespaceStatus | None = None


TYPE: Final = Namespace
_NO_METADATA, _NO_STATUS = Metadata(), NamespaceStatus()


def columns(namespaces: Sequence[Namespace], namespace: str) -> list[Part]:  # noqa: ARG001 (they stand in none)
    """The rows of `namespaces`."""
    metas = [each.metadata or _NO_METADATA for each in namespaces]
    rows: dict[str, list[Any]] = {
        "name": [meta.name for meta in metas],
        "phase": [(each.status or _NO_STATUS).phase for each in namespaces],
        "labels": [labels(meta) for meta in metas],
        "created": [meta.creation_timestamp for meta in metas],
    }
    return [Part("namespaces", rows)]
