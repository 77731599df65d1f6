"""ConfigMaps."""

from nodeportkit.playground.resources.resource import Resource

__all__ = ["RESOURCE"]

RESOURCE = Resource("ConfigMap", "configmaps", short_names=("cm",))
