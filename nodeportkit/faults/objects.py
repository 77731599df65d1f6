"""API objects as dicts, as `kubectl get -o json` gives them: what every kind has in common, and how to find them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

__all__ = [
    "Object",
    "as_list",
    "created_at",
    "identity",
    "labels_of",
    "name_of",
    "namespace_of",
    "new",
    "of_kind",
    "owner",
    "uid",
]

Object = dict[str, Any]

_VERSIONS: Final = {
    "DaemonSet": "apps/v1",
    "Deployment": "apps/v1",
    "EndpointSlice": "discovery.k8s.io/v1",
    "Ingress": "networking.k8s.io/v1",
    "Job": "batch/v1",
    "NetworkPolicy": "networking.k8s.io/v1",
    "ReplicaSet": "apps/v1",
    "StatefulSet": "apps/v1",
}


def new(
    kind: str, namespace: str, name: str, *, labels: Mapping[str, str] | None = None, by: Object | None = None
) -> Object:
    """An object with its metadata; `by` is the object that controls it. An empty namespace is that of a whole cluster."""
    metadata: Object = {"creationTimestamp": created_at(f"{namespace}/{by['metadata']['name'] if by else name}")}
    if labels:
        metadata["labels"] = dict(labels)
    metadata["name"] = name
    if namespace:
        metadata["namespace"] = namespace
    if by is not None:
        metadata["ownerReferences"] = [owner(by)]
    metadata["resourceVersion"] = str(random.Random(f"version {kind} {namespace}/{name}").randrange(10_000, 900_000))
    metadata["uid"] = uid(kind, namespace, name)
    return {"apiVersion": _VERSIONS.get(kind, "v1"), "kind": kind, "metadata": metadata}


def as_list(objects: list[Object]) -> Object:
    """The objects as the one List that `kubectl get -o json` prints."""
    return {"apiVersion": "v1", "items": objects, "kind": "List", "metadata": {"resourceVersion": ""}}


def uid(kind: str, namespace: str, name: str) -> str:
    """The uid of an object: the same whenever it is asked for, so that nothing hangs on the order of making."""
    text = f"{random.Random(f'uid {kind} {namespace}/{name}').getrandbits(128):032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def created_at(what: str) -> str:
    """A moment in the autumn of 2026 for `what`, the same whenever it is asked for."""
    rng = random.Random(f"time {what}")
    return f"2026-10-{rng.randrange(1, 31):02}T{rng.randrange(24):02}:{rng.randrange(60):02}:{rng.randrange(60):02}Z"


def owner(controller: Object) -> Object:
    """The reference by which an object says who controls it."""
    return {
        "apiVersion": controller["apiVersion"],
        "blockOwnerDeletion": True,
        "controller": True,
        "kind": controller["kind"],
        "name": controller["metadata"]["name"],
        "uid": controller["metadata"]["uid"],
    }


def name_of(thing: Object) -> str:
    """The object's name."""
    return str(thing["metadata"]["name"])


def namespace_of(thing: Object) -> str:
    """The object's namespace; "" for an object of the whole cluster."""
    return str(thing["metadata"].get("namespace", ""))


def labels_of(thing: Object) -> dict[str, str]:
    """The object's labels."""
    return dict(thing["metadata"].get("labels", {}))


def identity(thing: Object) -> tuple[str, str, str]:
    """Kind, namespace and name: what tells an object from all others."""
    return thing["kind"], namespace_of(thing), name_of(thing)


def of_kind(objects: Iterable[Object], *kinds: str, namespace: str | None = None) -> Iterator[Object]:
    """The objects of these kinds, in one namespace or in all."""
    for thing in objects:
        if thing["kind"] in kinds and (namespace is None or namespace_of(thing) == namespace):
            yield thing
