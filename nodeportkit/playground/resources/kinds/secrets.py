"""Secrets, opaque ones: what is in them stays in this process."""

from nodeportkit.playground.resources.resource import Resource

__all__ = ["RESOURCE"]

RESOURCE = Resource("Secret", "secrets", fields={"type": ("type",)})
