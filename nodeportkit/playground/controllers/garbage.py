"""Garbage collection: what an owner leaves behind goes after it, waits for it, or is set free.

pkg/controller/garbagecollector/garbagecollector.go.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from nodeportkit.playground.controllers.hands import Hands, key_of
from nodeportkit.playground.store import Change, Key, Object, copied

__all__ = ["Controller"]

_FOREGROUND: Final = "foregroundDeletion"
_ORPHAN: Final = "orphan"


class Controller:
    """Deletes what nobody owns any more.

    Keys are of objects of any resource: the namespace, and `resource/name`.
    """

    NAME = "garbage-collector"

    def __init__(self, hands: Hands, again: Any) -> None:
        self._hands = hands
        self._again = again

    def concerns(self, change: Change) -> Iterable[Key]:
        """What the object owned; the object itself if it has owners or waits for its dependents; its waiting owner."""
        metadata = change.object["metadata"]
        if change.type == "DELETED":
            for resource, thing in self._dependents(change.object):
                yield _place(resource, thing)
            for reference in metadata.get("ownerReferences") or ():
                if reference.get("blockOwnerDeletion") and (
                    of := self._hands.resource(reference["kind"], reference["apiVersion"])
                ):
                    yield Key(change.key.namespace if of.namespaced else "", f"{of.name}/{reference['name']}")
        elif _stands(change.object) != _stands(change.before):
            yield _place(change.resource, change.object)

    def care(self, key: Key) -> None:
        """Delete the object if its owners are gone; let it go if what it waits for is gone."""
        resource, _, name = key.name.partition("/")
        thing = self._hands.get(resource, Key(key.namespace, name))
        if thing is None:
            return
        metadata = thing["metadata"]
        finalizers = metadata.get("finalizers") or []
        if metadata.get("deletionTimestamp") and {_FOREGROUND, _ORPHAN} & set(finalizers):
            self._finish(resource, thing, finalizers)
            return
        references = metadata.get("ownerReferences") or []
        if not references or metadata.get("deletionTimestamp"):
            return
        if not any(self._is_there(thing, reference) for reference in references):
            self._hands.delete(resource, thing)

    def _finish(self, resource: str, owner: Object, finalizers: list[str]) -> None:
        dependents = list(self._dependents(owner))
        done = _FOREGROUND
        if _ORPHAN in finalizers:
            done = _ORPHAN
            for kind, thing in dependents:
                freed = copied(thing)
                uid = owner["metadata"]["uid"]
                freed["metadata"]["ownerReferences"] = [
                    it for it in freed["metadata"]["ownerReferences"] if it["uid"] != uid
                ]
                self._hands.update(kind, freed)
        elif dependents:
            for kind, thing in dependents:
                if not thing["metadata"].get("deletionTimestamp"):
                    self._hands.delete(kind, thing, propagation="Foreground")
            return
        owner["metadata"]["finalizers"] = [name for name in finalizers if name != done]
        self._hands.update(resource, owner)

    def _dependents(self, owner: Object) -> Iterable[tuple[str, Object]]:
        namespace = owner["metadata"].get("namespace")
        for resource, thing in self._hands.store.owned(owner["metadata"]["uid"]):
            # An owner in a namespace owns nothing outside it.
            if namespace in (None, thing["metadata"].get("namespace")):
                yield resource, thing

    def _is_there(self, thing: Object, reference: Object) -> bool:
        resource = self._hands.resource(reference["kind"], reference["apiVersion"])
        if resource is None:
            return True  # of what is not served here nobody can say that it is gone
        namespace = thing["metadata"].get("namespace", "") if resource.namespaced else ""
        owner = self._hands.store.get(resource.name, Key(namespace, reference["name"]))
        return owner is not None and owner["metadata"]["uid"] == reference["uid"]


def _stands(thing: Object | None) -> tuple[Any, ...] | None:
    """What decides whether an object stays; None for what nobody owns and nobody waits for."""
    metadata = thing["metadata"] if thing else {}
    owners, finalizers = metadata.get("ownerReferences"), metadata.get("finalizers")
    return (owners, finalizers, metadata.get("deletionTimestamp")) if owners or finalizers else None


def _place(resource: str, thing: Object) -> Key:
    where = key_of(thing)
    return Key(where.namespace, f"{resource}/{where.name}")
