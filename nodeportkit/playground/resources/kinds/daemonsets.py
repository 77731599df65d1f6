"""DaemonSets."""

from nodeportkit.playground.resources.resource import Resource

__all__ = ["RESOURCE"]

RESOURCE = Resource(
    "DaemonSet",
    "daemonsets",
    "apps",
    short_names=("ds",),
    categories=("all",),
    subresources=("status",),
    has_generation=True,
    initial_status={
        "currentNumberScheduled": 0,
        "desiredNumberScheduled": 0,
        "numberMisscheduled": 0,
        "numberReady": 0,
    },
)
