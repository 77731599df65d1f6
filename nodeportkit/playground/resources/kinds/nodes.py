"""Nodes."""

from nodeportkit.playground.resources.resource import Resource

__all__ = ["RESOURCE"]

RESOURCE = Resource(
    "Node",
    "nodes",
    namespaced=False,
    short_names=("no",),
    subresources=("status",),
    fields={"spec.unschedulable": ("spec", "unschedulable")},
)
