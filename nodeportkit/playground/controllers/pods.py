"""Pods as controllers see them: made of a template, whether they count, are ready, are available, and who goes first.

pkg/controller/controller_utils.go (`GetPodFromTemplate`, `IsPodActive`, `ActivePodsWithRanks`) and pkg/api/v1/pod/util.go
(`IsPodAvailable`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from nodeportkit.playground.controllers.hands import owned_by
from nodeportkit.playground.store import Object, copied

__all__ = ["FINISHED", "condition", "is_active", "is_available", "is_ready", "pod_of", "rank_for_deletion"]

FINISHED: Final = ("Succeeded", "Failed")


def pod_of(owner: Object, *, name: str | None = None, labels: Mapping[str, str] | None = None, **spec: Any) -> Object:
    """A pod of the owner's template.

    Parameters
    ----------
    owner
        A ReplicaSet, DaemonSet or StatefulSet.
    name
        The pod's name; without one it gets the owner's with five letters behind it.
    labels
        Labels beside the template's.
    spec
        Fields of its spec in place of the template's.
    """
    template = copied(owner["spec"]["template"])
    metadata = template.get("metadata") or {}
    borne = {**(metadata.get("labels") or {}), **(labels or {})}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            **({"name": name} if name else {"generateName": f"{owner['metadata']['name']}-"}),
            "namespace": owner["metadata"]["namespace"],
            **({"labels": borne} if borne else {}),
            **{field: metadata[field] for field in ("annotations", "finalizers") if metadata.get(field)},
            "ownerReferences": [owned_by(owner)],
        },
        "spec": {**template.get("spec", {}), **spec},
    }


def condition(pod: Object, type_: str) -> Object:
    """A condition of the pod; {} if it has none of that type."""
    for known in pod.get("status", {}).get("conditions") or ():
        if known["type"] == type_:
            found: Object = known
            return found
    return {}


def is_active(pod: Object) -> bool:
    """Whether it counts: not finished, and not going."""
    return pod.get("status", {}).get("phase") not in FINISHED and not pod["metadata"].get("deletionTimestamp")


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
    youngest_first = sorted(pods, key=lambda pod: str(pod["metadata"]["creationTimestamp"]), reverse=True)
    return sorted(youngest_first, key=lambda pod: (bool(pod["spec"].get("nodeName")), is_ready(pod)))
