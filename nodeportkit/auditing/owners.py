"""Which workload each pod belongs to in the end, and which application it says that it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from nodeportkit.kube.columns import objects

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["Owner", "alike", "top_owners"]

# Labels by which pods say what they are (https://kubernetes.io/docs/reference/labels-annotations-taints/,
# https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/).
_APP: Final = ("app.kubernetes.io/name", "app", "k8s-app", "app.kubernetes.io/component", "component")
_HASH: Final = "pod-template-hash"


class Owner(NamedTuple):
    """A workload, or a pod without one."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def top_owners(scene: Scene) -> list[Owner]:
    """The owner of each pod: of pods of a ReplicaSet its Deployment, by the ReplicaSet or by the hash in its name."""
    workloads = scene.cluster.workloads
    columns = (objects(workloads[name]) for name in ("namespace", "kind", "name", "owner_kind", "owner_name"))
    above = {
        (namespace, kind, name): Owner(owner_kind, owner)
        for namespace, kind, name, owner_kind, owner in zip(*columns, strict=True)
        if owner
    }
    pods = (objects(scene.pods[name]) for name in ("namespace", "name", "owner_kind", "owner_name", "labels"))
    found = []
    for namespace, name, kind, owner, labels in zip(*pods, strict=True):
        if not owner:
            found.append(Owner("Pod", str(name)))
            continue
        top = above.get((namespace, kind, owner))
        if top is None and kind == "ReplicaSet" and isinstance(labels, Mapping) and labels.get(_HASH):
            deployment = owner.removesuffix(f"-{labels[_HASH]}")
            top = Owner("Deployment", deployment) if deployment != owner else None
        found.append(top or Owner(str(kind), owner))
    return found


def alike(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two pods say that they are the same application: a label in common, and none that differs.

    Examples
    --------
    >>> alike({"app": "web", "track": "stable"}, {"app": "web", "track": "canary"})
    True
    >>> alike({"app": "shop", "component": "web"}, {"app": "shop", "component": "db"})
    False
    """
    both = [key for key in _APP if key in one and key in other]
    return bool(both) and all(one[key] == other[key] for key in both)
