"""Namespaces."""

from typing import Any

from nodeportkit.playground.resources.resource import VERBS, Resource

__all__ = ["RESOURCE"]


def _prepare(namespace: dict[str, Any]) -> None:
    namespace.setdefault("spec", {}).setdefault("finalizers", ["kubernetes"])


RESOURCE = Resource(
    "Namespace",
    "namespaces",
    namespaced=False,
    short_names=("ns",),
    subresources=("status", "finalize"),
    fields={"status.phase": ("status", "phase")},
    answers_object=True,
    initial_status={"phase": "Active"},
    prepare=_prepare,
    verbs=tuple(verb for verb in VERBS if verb != "deletecollection"),
)
