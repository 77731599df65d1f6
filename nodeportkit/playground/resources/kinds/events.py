"""Events."""

from nodeportkit.playground.resources.resource import Resource

__all__ = ["RESOURCE"]

_INVOLVED = ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")

RESOURCE = Resource(
    "Event",
    "events",
    short_names=("ev",),
    fields={
        **{f"involvedObject.{name}": ("involvedObject", name) for name in _INVOLVED},
        "reason": ("reason",),
        "reportingComponent": ("reportingComponent",),
        "source": ("source", "component"),
        "type": ("type",),
    },
)
