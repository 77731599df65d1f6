"""Which workload each pod belongs to in the end, and which pods are on their way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from nodeportkit.auditing.arrays import Mask, true
from nodeportkit.kube.columns import objects
from nodeportkit.kube.endpoints.numbering import numbered

if TYPE_CHECKING:
    from nodeportkit.auditing.ground import Ground

__all__ = ["Owner", "coming", "top_owners"]

_HASH: Final = "pod-template-hash"


class Owner(NamedTuple):
    """A workload, or a pod without one."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def top_owners(ground: Ground) -> list[Owner]:
    """The owner of each pod: of pods of a ReplicaSet its Deployment, by the ReplicaSet or by the hash in its name."""
    workloads = ground.cluster.workloads
    columns = (objects(workloads[name]) for name in ("namespace", "kind", "name", "owner_kind", "owner_name"))
    above = {
        (namespace, kind, name): Owner(owner_kind, owner)
        for namespace, kind, name, owner_kind, owner in zip(*columns, strict=True)
        if owner
    }
    pods = (objects(ground.pods[name]) for name in ("namespace", "name", "owner_kind", "owner_name", "labels"))
    known: dict[tuple[str, str, str], Owner] = {}
    found = []
    for namespace, name, kind, owner, labels in zip(*pods, strict=True):
        if not owner:
            found.append(Owner("Pod", str(name)))
            continue
        top = known.get((namespace, kind, owner))
        if top is None:
            top = above.get((namespace, kind, owner)) or _deployment(kind, owner, labels) or Owner(str(kind), owner)
            known[namespace, kind, owner] = top
        found.append(top)
    return found


def _deployment(kind: str, owner: str, labels: object) -> Owner | None:
    """The Deployment of a ReplicaSet, by the hash that its name ends with."""
    end = f"-{labels.get(_HASH)}" if isinstance(labels, Mapping) else ""
    return (
        Owner("Deployment", owner.removesuffix(end)) if kind == "ReplicaSet" and end and owner.endswith(end) else None
    )


def coming(ground: Ground, owners: Sequence[Owner]) -> Mask:
    """Which pods that are not ready are on their way: of a rollout, or more than their workload asks for.

    A rollout is told by a pod of the same workload, but of another ReplicaSet, that is being deleted.
    """
    pods = ground.pods
    codes: dict[tuple[str, Owner], int] = {}
    keys = zip(objects(pods["namespace"]), owners, strict=True)
    group = np.array([codes.setdefault(key, len(codes)) for key in keys], dtype=np.int64)
    direct = numbered(pods["owner_name"])[0]
    ready, leaving = true(pods["ready"]), true(pods["terminating"])
    length = len(codes)
    lowest, highest = np.full(length, np.iinfo(np.int64).max), np.full(length, -1)
    np.minimum.at(lowest, group[leaving], direct[leaving])
    np.maximum.at(highest, group[leaving], direct[leaving])
    replaced = (highest[group] >= 0) & ((lowest[group] != direct) | (highest[group] != direct))
    workloads = ground.cluster.workloads
    columns = (objects(workloads[name]) for name in ("namespace", "kind", "name", "desired"))
    wanted = np.zeros(length)
    for namespace, kind, name, count in zip(*columns, strict=True):
        if count is not None and (code := codes.get((namespace, Owner(kind, name)))) is not None:
            wanted[code] = count
    enough = np.bincount(group, weights=ready & ~leaving, minlength=length) >= wanted
    found: Mask = ~ready & ~leaving & (replaced | ((wanted > 0) & enough)[group])
    return found
