"""What was listed, and whom policies isolate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from nodeportkit.auditing.arrays import Mask, mask
from nodeportkit.kube.columns import objects

if TYPE_CHECKING:
    from nodeportkit.auditing.ground import Ground
    from nodeportkit.cluster import Cluster

__all__ = ["isolating", "listed"]

# The resources whose listing shows what a frame holds, as kubectl calls them.
_RESOURCES: Final = {
    "pods": {"pods"},
    "services": {"services"},
    "endpoints": {"endpoints", "endpointslices"},
    "policies": {"networkpolicies.networking.k8s.io"},
    "backends": {"ingresses.networking.k8s.io"},
}


def listed(cluster: Cluster, frame: str, namespaces: pd.Series[Any]) -> Mask:
    """In which namespaces all that a frame holds was listed, as far as one can tell.

    A transcript says by its commands what it lists. Elsewhere pods or endpoints of one namespace alone, beside services of
    others, count as a listing of that one.
    """
    if frame not in cluster.collected:
        return np.zeros(len(namespaces), dtype=np.bool_)
    names, wanted = objects(namespaces), _RESOURCES[frame]
    commands = [step.parsed for step in cluster.steps]
    asking = [one for one in commands if one.verb == "get" and wanted & set(one.resources)]
    if asking:
        complete = {namespace for one in asking for namespace in one.complete}
        return mask("*" in complete or name in complete for name in names)
    if frame in ("pods", "endpoints"):
        seen = set((cluster.pods if frame == "pods" else cluster.given)["namespace"].dropna())
        if len(seen) == 1:
            return mask(name in seen for name in names)
    return np.ones(len(namespaces), dtype=np.bool_)


def isolating(ground: Ground) -> dict[int, tuple[int, ...]]:
    """The policies for ingress that select each pod, of those that any selects."""
    types = objects(ground.cluster.policies["policy_types"])
    for_ingress = mask(not kinds or "Ingress" in kinds for kinds in types)
    pairs = ground.policed.where(for_ingress[ground.policed.left])
    found: dict[int, tuple[int, ...]] = {}
    for policy, pod in zip(pairs.left.tolist(), pairs.pod.tolist(), strict=True):
        found[pod] = (*found.get(pod, ()), policy)
    return found
