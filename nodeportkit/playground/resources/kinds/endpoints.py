"""Endpoints."""

from nodeportkit.playground.resources.resource import Resource

__all__ = ["RESOURCE"]

RESOURCE = Resource("Endpoints", "endpoints", short_names=("ep",))
