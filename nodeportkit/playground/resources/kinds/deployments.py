"""Deployments."""

from nodeportkit.playground.resources.resource import Resource

__all__ = ["RESOURCE"]

RESOURCE = Resource(
    "Deployment",
    "deployments",
    "apps",
    short_names=("deploy",),
    categories=("all",),
    subresources=("status", "scale"),
    has_generation=True,
    initial_status={},
)
