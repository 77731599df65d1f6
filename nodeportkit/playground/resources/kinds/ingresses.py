"""Ingresses."""

from nodeportkit.playground.resources.resource import Resource

__all__ = ["RESOURCE"]

RESOURCE = Resource(
    "Ingress",
    "ingresses",
    "networking.k8s.io",
    short_names=("ing",),
    subresources=("status",),
    has_generation=True,
    initial_status={"loadBalancer": {}},
)
