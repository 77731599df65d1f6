"""The resources that the playground serves: one module a kind in `kinds`, found by being there."""

from nodeportkit.playground.resources.registry import find, resources
from nodeportkit.playground.resources.resource import Resource

__all__ = ["Resource", "find", "resources"]
