"""EndpointSlices."""

from nodeportkit.playground.resources.resource import Resource

__all__ = ["RESOURCE"]

RESOURCE = Resource("EndpointSlice", "endpointslices", "discovery.k8s.io", has_generation=True)
