"""A cluster as it was at some moment, to which it can be brought back."""

from __future__ import annotations

import asyncio
from typing import Final

from nodeportkit.playground.api.decoding import Options
from nodeportkit.playground.api.failures import ApiError
from nodeportkit.playground.controllers.hands import controller_of
from nodeportkit.playground.resources import Resource, resources
from nodeportkit.playground.store import Key, Object, copied
from nodeportkit.playground.world import World

__all__ = ["Snapshot"]

_OPTIONS: Final = Options(manager="nodeportkit", validation="Ignore")
_STEP: Final = 0.02
_TRIES: Final = 500
# What controllers write for others, without saying so by an owner reference; and what no one misses.
_DERIVED: Final = ("Endpoints", "Event", "Lease")
# Owners before what they own, so that nothing is made anew; and on the way back what others stand on first.
_DELETED_FIRST: Final = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Service", "Pod")
_MADE_FIRST: Final = ("Namespace", "Node", "ServiceAccount", "ConfigMap")
_OF_ITS_TIME: Final = ("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink")


class Snapshot:
    """The objects of a cluster at the moment when this is made.

    Parameters
    ----------
    world
        The cluster.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        store = world.api.store
        self._kept = {
            (resource.name, _key(thing)): copied(thing)
            for resource in resources()
            for thing in store.all(resource.name)
            if resource.kind not in _DERIVED
        }

    async def restore(self) -> None:
        """Make the cluster what it was: what was added is deleted, what was changed or deleted is put back."""
        for _ in range(_TRIES):
            added = [(resource, key) for resource in _ordered(_DELETED_FIRST) for key in self._added(resource)]
            if not added:
                break
            for resource, key in added:
                self._delete(resource, key)
            await asyncio.sleep(_STEP)
        for resource in _ordered(_MADE_FIRST):
            for (name, key), before in self._kept.items():
                if name == resource.name:
                    self._put_back(resource, key, before)

    def _added(self, resource: Resource) -> list[Key]:
        """What was not there, and what no controller keeps there for something that was."""
        things = self._world.api.store.all(resource.name)
        return [_key(thing) for thing in things if not self._belongs(resource, thing)]

    def _belongs(self, resource: Resource, thing: Object) -> bool:
        key = _key(thing)
        if (resource.name, key) in self._kept:
            return True
        if resource.kind == "Event":
            return ("namespaces", Key("", key.namespace)) in self._kept and self._world.api.store.get(
                *_involved(thing)
            ) is not None
        if resource.kind == "Lease" and key.namespace == "kube-node-lease":
            return ("nodes", Key("", key.name)) in self._kept
        if resource.kind == "Endpoints":
            return ("services", key) in self._kept
        if resource.kind in ("ServiceAccount", "ConfigMap") and key.name in ("default", "kube-root-ca.crt"):
            return ("namespaces", Key("", key.namespace)) in self._kept
        owner = controller_of(thing)
        if owner is None:
            return False
        for of in resources():
            if (of.kind, of.api_version) == (owner["kind"], owner["apiVersion"]):
                found = self._world.api.store.get(of.name, Key(key.namespace, owner["name"]))
                return found is not None and found["metadata"]["uid"] == owner["uid"] and self._belongs(of, found)
        return False

    def _delete(self, resource: Resource, key: Key) -> None:
        store = self._world.api.store
        thing = store.get(resource.name, key)
        if thing is None:
            return
        if resource.kind == "Pod":
            # Of a node that is stopped, no kubelet ends it.
            store.delete(resource.name, key)
            return
        try:
            if thing["metadata"].get("finalizers"):
                bare = {name: value for name, value in thing["metadata"].items() if name != "finalizers"}
                self._world.api.writer.update(resource, key, {**thing, "metadata": bare}, _OPTIONS)
            self._world.api.writer.delete(resource, key, _OPTIONS)
        except ApiError:
            return  # it is gone, or changes at this moment: there is another try

    def _put_back(self, resource: Resource, key: Key, before: Object) -> None:
        now = self._world.api.store.get(resource.name, key)
        owned = controller_of(before) is not None
        metadata = {**before["metadata"]}
        try:
            if now is None or (not owned and now["metadata"]["uid"] != before["metadata"]["uid"]):
                if owned:
                    return  # whoever made it makes another
                if now is not None:
                    self._delete(resource, key)
                for name in _OF_ITS_TIME:
                    metadata.pop(name, None)
                self._world.api.writer.create(resource, key.namespace, {**before, "metadata": metadata}, _OPTIONS)
                return
            if owned and resource.kind != "Pod":
                return
            # A pod cannot be changed back but in its labels and annotations, and the status is nobody's to put back.
            content = now if resource.kind == "Pod" else before
            metadata |= {name: now["metadata"][name] for name in _OF_ITS_TIME if name in now["metadata"]}
            wanted = {**content, "metadata": metadata} | ({"status": now["status"]} if "status" in now else {})
            self._world.api.writer.update(resource, key, wanted, _OPTIONS)
        except ApiError:
            return


def _ordered(kinds: tuple[str, ...]) -> list[Resource]:
    """All resources, those of these kinds first and in their order."""
    return sorted(resources(), key=lambda it: kinds.index(it.kind) if it.kind in kinds else len(kinds))


def _involved(event: Object) -> tuple[str, Key]:
    """What an event is about."""
    about = event["involvedObject"]
    found = next((it.name for it in resources() if it.kind == about.get("kind")), "")
    return found, Key(about.get("namespace") or "", about.get("name") or "")


def _key(thing: Object) -> Key:
    return Key(thing["metadata"].get("namespace", ""), thing["metadata"]["name"])
