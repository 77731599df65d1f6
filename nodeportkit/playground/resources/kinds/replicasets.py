"""ReplicaSets."""

from nodeportkit.playground.resources.resource import Resource

__all__ = ["RESOURCE"]

RESOURCE = Resource(
    "ReplicaSet",
    "replicasets",
    "apps",
    short_names=("rs",),
    categories=("all",),
    subresources=("status", "scale"),
    has_generation=True,
    initial_status={"replicas": 0},
)
