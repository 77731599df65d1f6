"""NetworkPolicies."""

from nodeportkit.playground.resources.resource import Resource

__all__ = ["RESOURCE"]

RESOURCE = Resource(
    "NetworkPolicy", "networkpolicies", "networking.k8s.io", short_names=("netpol",), has_generation=True
)
