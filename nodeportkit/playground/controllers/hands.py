"""How controllers read and write objects: by the API server's own rules, without a network between."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from nodeportkit.playground.api.decoding import Options
from nodeportkit.playground.api.failures import ApiError
from nodeportkit.playground.api.server import ApiServer
from nodeportkit.playground.clock import Clock
from nodeportkit.playground.network.addresses import Addresses
from nodeportkit.playground.resources import Resource, resources
from nodeportkit.playground.store import Change, Key, Object, Store, copied

__all__ = ["Hands", "concerned", "controller_of", "key_of", "owned_by", "set_condition"]


def key_of(thing: Object) -> Key:
    """Where the object is found."""
    return Key(thing["metadata"].get("namespace", ""), thing["metadata"]["name"])


def controller_of(thing: Object) -> Object | None:
    """The owner reference of the controller that made it."""
    for reference in thing["metadata"].get("ownerReferences") or ():
        if reference.get("controller"):
            found: Object = reference
            return found
    return None


def owned_by(owner: Object) -> Object:
    """The owner reference that says so."""
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def concerned(change: Change, resource: str, kind: str, *, made: str) -> Iterator[Key]:
    """The object of a kind that a change is about: itself, or the one that controls what has changed.

    Parameters
    ----------
    change
        What has changed.
    resource, kind
        The kind, and its resource.
    made
        The resource of what such objects make.
    """
    if change.resource == resource:
        yield change.key
    elif change.resource == made:
        owners = [controller_of(state) for state in (change.object, change.before) if state]
        yield from {Key(change.key.namespace, owner["name"]) for owner in owners if owner and owner["kind"] == kind}


class Hands:
    """Reads and writes objects for one controller.

    Parameters
    ----------
    api
        The API server.
    clock
        The playground's clock.
    addresses
        The addresses that nodes and pods may have.
    name
        The controller's name: the manager of the fields that it writes, and the source of its events.
    """

    def __init__(self, api: ApiServer, clock: Clock, addresses: Addresses, name: str) -> None:
        self._api = api
        self.clock = clock
        self.addresses = addresses
        self._name = name
        self._resources = {resource.name: resource for resource in resources()}

    @property
    def store(self) -> Store:
        """The objects."""
        return self._api.store

    @property
    def authority(self) -> str:
        """The certificate by which the API server is known (PEM)."""
        return self._api.authority

    def get(self, resource: str, key: Key) -> Object | None:
        """A copy of an object, to change; None if there is none."""
        found = self.store.get(resource, key)
        return None if found is None else copied(found)

    def all(self, resource: str, namespace: str | None = None) -> list[Object]:
        """The objects themselves, to look at."""
        return self.store.all(resource, namespace)

    def owned(self, resource: str, owner: Object) -> list[Object]:
        """The objects that the owner controls."""
        uid = owner["metadata"]["uid"]
        things = [thing for of, thing in self.store.owned(uid) if of == resource]
        return [thing for thing in things if (controller_of(thing) or {}).get("uid") == uid]

    def create(self, resource: str, thing: Object) -> Object | None:
        """Make an object; None if that was refused: the namespace is going, or the name is taken."""
        kind = self._resources[resource]
        try:
            return self._api.writer.create(kind, thing["metadata"].get("namespace", ""), thing, self._options())
        except ApiError:
            return None

    def update(self, resource: str, thing: Object, *, status: bool = False) -> Object | None:
        """Write a changed object; None if it is gone or was changed by somebody else: there will be another try."""
        try:
            return self._api.writer.update(
                self._resources[resource], key_of(thing), thing, self._options("status" if status else "")
            )
        except ApiError:
            return None

    def delete(
        self, resource: str, thing: Object, *, grace: int | None = None, propagation: str = "Background"
    ) -> None:
        """Have an object deleted, if it is still there."""
        preconditions = {"uid": thing["metadata"]["uid"]}
        try:
            self._api.writer.delete(
                self._resources[resource],
                key_of(thing),
                self._options(),
                grace=grace,
                propagation=propagation,
                preconditions=preconditions,
            )
        except ApiError:
            return

    def bind(self, pod: Object, node: str) -> Object | None:
        """Give a pod its node, and say that it has one; None if it is gone or has one already."""
        bound = self._api.writer.bind(key_of(pod), node)
        if bound is None:
            return None
        scheduled = {"type": "PodScheduled", "status": "True", "lastProbeTime": None}
        known = [it for it in bound["status"].get("conditions") or () if it["type"] != "PodScheduled"]
        status = {**bound["status"], "conditions": set_condition(known, scheduled, self.time())}
        return self.store.put("pods", {**bound, "status": status})

    def finalize(self, namespace: Object) -> None:
        """Let go a namespace that is empty."""
        self._api.writer.finalize(key_of(namespace))

    def resource(self, kind: str, api_version: str) -> Resource | None:
        """The resource of a kind."""
        for resource in self._resources.values():
            if (resource.kind, resource.api_version) == (kind, api_version):
                return resource
        return None

    def time(self) -> str:
        """The time as objects carry it."""
        return self._api.writer.time()

    def event(self, about: Object, type_: str, reason: str, message: str) -> None:
        """Say what happened; the same thing again is counted."""
        metadata = about["metadata"]
        namespace = metadata.get("namespace") or "default"
        said = "\0".join((metadata["uid"], type_, reason, message, self._name))
        name = f"{metadata['name']}.{hashlib.sha256(said.encode()).hexdigest()[:16]}"
        when = self.time()
        known = self.get("events", Key(namespace, name))
        if known:
            known["count"] = known.get("count", 1) + 1
            known["lastTimestamp"] = when
            self.update("events", known)
            return
        involved = {
            "apiVersion": about["apiVersion"],
            "kind": about["kind"],
            "name": metadata["name"],
            "uid": metadata["uid"],
            "resourceVersion": metadata.get("resourceVersion", ""),
            **({"namespace": metadata["namespace"]} if metadata.get("namespace") else {}),
        }
        self.create(
            "events",
            {
                "apiVersion": "v1",
                "kind": "Event",
                "metadata": {"name": name, "namespace": namespace},
                "involvedObject": involved,
                "type": type_,
                "reason": reason,
                "message": message,
                "count": 1,
                "firstTimestamp": when,
                "lastTimestamp": when,
                "source": {"component": self._name},
                "reportingComponent": self._name,
                "reportingInstance": "",
            },
        )

    def _options(self, subresource: str = "") -> Options:
        return Options(manager=self._name, validation="Ignore", subresource=subresource)


def set_condition(conditions: Iterable[Object], wanted: Object, when: str) -> list[Object]:
    """The conditions with one of them set; its time changes only where its status does."""
    kept: list[Any] = list(conditions)
    for at, known in enumerate(kept):
        if known["type"] == wanted["type"]:
            same = known.get("status") == wanted["status"]
            moment = known.get("lastTransitionTime", when) if same else when
            kept[at] = {**known, **wanted, "lastTransitionTime": moment}
            return kept
    return [*kept, {**wanted, "lastTransitionTime": when}]
