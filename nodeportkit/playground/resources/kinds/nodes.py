"""Nodes."""

from nodeportkit.playground.resources.resource import Object, Resource

__all__ = ["RESOURCE"]


def _prepare(thing: Object) -> None:
    """Every node has a spec and a status, and be they empty."""
    thing.setdefault("spec", {})
    thing.setdefault("status", {})


RESOURCE = Resource(
    "Node",
    "nodes",
    namespaced=False,
    short_names=("no",),
    subresources=("status",),
    fields={"spec.unschedulable": ("spec", "unschedulable")},
    prepare=_prepare,
)
