"""What controllers ask of pods: whether they count, are ready, are available, and which are the first to go.

pkg/controller/controller_utils.go (`IsPodActive`, `ActivePodsWithRanks`) and pkg/api/v1/pod/util.go (`IsPodAvailable`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from nodeportkit.playground.store import Object

__all__ = ["condition", "is_active", "is_available", "is_ready", "rank_for_deletion"]

_FINISHED = ("Succeeded", "Failed")


def condition(pod: Object, type_: str) -> Object:
    """A condition of the pod; {} if it has none of that type."""
    for known in pod.get("status", {}).get("conditions") or ():
        if known["type"] == type_:
            found: Object = known
            return found
    return {}


def is_active(pod: Object) -> bool:
    """Whether it counts: not finished, and not going."""
    return pod.get("status", {}).get("phase") not in _FINISHED and not pod["metadata"].get("deletionTimestamp")


def is_ready(pod: Object) -> bool:
    """Whether its Ready condition is True."""
    return condition(pod, "Ready").get("status") == "True"


def is_available(pod: Object, least: int, now: datetime) -> bool:
    """Whether it has been ready for at least so many seconds."""
    if not is_ready(pod):
        return False
    since = datetime.fromisoformat(condition(pod, "Ready")["lastTransitionTime"])
    return not least or now - since >= timedelta(seconds=least)


def rank_for_deletion(pods: Iterable[Object]) -> list[Object]:
    """The pods in the order in which they go when there are too many.

    Those without a node first, then those that are not ready, then the youngest.
    """

    def rank(pod: Object) -> tuple[bool, bool, str]:
        return bool(pod["spec"].get("nodeName")), is_ready(pod), pod["metadata"]["creationTimestamp"]

    return sorted(
        sorted(pods, key=lambda pod: pod["metadata"]["creationTimestamp"], reverse=True), key=lambda pod: rank(pod)[:2]
    )
