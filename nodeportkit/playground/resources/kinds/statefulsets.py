"""StatefulSets."""

from nodeportkit.playground.resources.resource import Resource

__all__ = ["RESOURCE"]

RESOURCE = Resource(
    "StatefulSet",
    "statefulsets",
    "apps",
    short_names=("sts",),
    categories=("all",),
    subresources=("status", "scale"),
    has_generation=True,
    initial_status={"replicas": 0},
)
