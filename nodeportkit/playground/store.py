"""What etcd is to an API server: objects, one counter of versions for all of them, and the changes since a while ago."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from nodeportkit.kube.parts import copied

__all__ = ["Change", "Expired", "Key", "Object", "Store", "copied"]

Object: TypeAlias = dict[str, Any]
_Shelf: TypeAlias = dict[str, dict[str, Object]]  # objects of a resource by namespace and name
_Place: TypeAlias = tuple[str, "Key"]  # a resource, and where an object of it is found
_HISTORY: Final = 20_000
# What is renewed all the time, remembered apart: it would make everything else be forgotten.
_RENEWED: Final = ("leases.coordination.k8s.io",)
_RENEWALS: Final = 500
# Resources whose objects are found by their labels.
_LABELLED: Final = ("pods", "endpointslices.discovery.k8s.io")
# Resources whose objects controllers take that find them without an owner.
_CLAIMED: Final = ("pods", "replicasets.apps", "controllerrevisions.apps")
_log = logging.getLogger(__name__)


class Key(NamedTuple):
    """Where an object is found; the namespace of a node, or of a namespace, is ""."""

    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one object.

    Attributes
    ----------
    version
        The version that the change made.
    type
        As watches tell it.
    resource
        The resource, `services` or `deployments.apps`.
    object
        The object after it; of a deleted one the last state, with the version of its deletion.
    before
        The object before it; None for a new one.
    """

    version: int
    type: Literal["ADDED", "MODIFIED", "DELETED"]
    resource: str
    key: Key
    object: Object
    before: Object | None


class Expired(Exception):
    """A version that lies too far back for its changes to be known."""


class _History:
    """The last changes, so many of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._changes: deque[Change] = deque()
        self._forgotten = 0  # the version of the last change that is not remembered

    def add(self, change: Change) -> None:
        self._changes.append(change)
        if len(self._changes) > self._most:
            self._forgotten = self._changes.popleft().version

    def forget(self, version: int) -> None:
        self._changes.clear()
        self._forgotten = version

    def since(self, version: int) -> list[Change]:
        if version < self._forgotten:
            raise Expired(f"too old resource version: {version} ({self._forgotten + 1})")
        return [change for change in self._changes if change.version > version]


class Store:
    """Objects by resource, namespace and name.

    Objects that are put in are taken over, and those that come out are shared: whoever wants to change one makes a copy.

    Parameters
    ----------
    history
        How many changes are remembered.

    Examples
    --------
    >>> store = Store()
    >>> web = store.put("services", {"metadata": {"namespace": "shop", "name": "web"}})
    >>> web["metadata"]["resourceVersion"], [change.type for change in store.since(0, "services")]
    ('1', ['ADDED'])
    """

    def __init__(self, *, history: int = _HISTORY) -> None:
        self.version = 0
        self._objects: dict[str, _Shelf] = {}
        # Who is looked for by something else than a name: what an owner owns, the pods of a node, what bears a label.
        self._index: dict[tuple[str, ...], dict[_Place, None]] = {}
        self._history = _History(history)
        self._renewals = _History(_RENEWALS)
        self._listeners: list[Callable[[Change], None]] = []

    def get(self, resource: str, key: Key) -> Object | None:
        """The object, or None if there is none."""
        return self._objects.get(resource, {}).get(key.namespace, {}).get(key.name)

    def all(self, resource: str, namespace: str | None = None) -> list[Object]:
        """The objects of a resource, of one namespace or of all, by namespace and name."""
        shelf = self._objects.get(resource, {})
        spaces = sorted(shelf) if namespace is None else [namespace]
        return [found[name] for space in spaces for found in (shelf.get(space, {}),) for name in sorted(found)]

    def owned(self, uid: str) -> list[tuple[str, Object]]:
        """The objects that name an owner of that uid, each with its resource."""
        return self._listed("owner", uid)

    def on_node(self, node: str) -> list[Object]:
        """The pods that have been given that node; those that have none for ""."""
        return [thing for _, thing in self._listed("node", node)]

    def pods_on(self, node: str) -> int:
        """How many they are."""
        return len(self._index.get(("node", node), ()))

    def labelled(self, resource: str, namespace: str, labels: Mapping[str, str]) -> list[Object]:
        """The pods, or the slices, of a namespace that bear all of these labels (at least one)."""
        return self._bearing([], resource, namespace, labels)

    def loose(self, resource: str, namespace: str, labels: Mapping[str, str]) -> list[Object]:
        """The pods, or the ReplicaSets, of a namespace that no controller controls, and that bear all of these labels."""
        mark = ("loose", resource, namespace)
        found = self._bearing([mark], resource, namespace, labels)
        return [thing for thing in found if mark in _marks(resource, thing)]

    def _bearing(
        self, marks: list[tuple[str, ...]], resource: str, namespace: str, labels: Mapping[str, str]
    ) -> list[Object]:
        """Those that bear all labels, looked for by that one of the marks or labels that fewest have."""
        if resource in _LABELLED:
            marks = [*marks, *(("label", resource, namespace, name, value) for name, value in labels.items())]
        fewest = min(marks, key=lambda mark: len(self._index.get(mark, ())))
        found = [thing for _, thing in self._listed(*fewest)]
        return [thing for thing in found if labels.items() <= (thing["metadata"].get("labels") or {}).items()]

    def _listed(self, *mark: str) -> list[tuple[str, Object]]:
        found = []
        for resource, key in sorted(self._index.get(mark, ())):
            thing = self.get(resource, key)
            assert thing is not None
            found.append((resource, thing))
        return found

    def all_at(self, version: int, resource: str, namespace: str | None = None) -> list[Object]:
        """The same at an earlier version: what has changed since is taken back.

        Raises
        ------
        Expired
            If that version lies too far back.
        """
        found = {_key(thing): thing for thing in self.all(resource, namespace)}
        for change in reversed(list(self.since(version, resource))):
            if namespace not in (None, change.key.namespace):
                continue
            if change.before is None:
                found.pop(change.key, None)
            else:
                found[change.key] = change.before
        return [found[key] for key in sorted(found)]

    def put(self, resource: str, thing: Object) -> Object:
        """Keep an object, new or changed, under the name in its metadata; gives it with its version."""
        key = _key(thing)
        before = self.get(resource, key)
        kept = self._versioned(thing)
        self._objects.setdefault(resource, {}).setdefault(key.namespace, {})[key.name] = kept
        self._enter(resource, key, before, kept)
        self._tell(Change(self.version, "MODIFIED" if before else "ADDED", resource, key, kept, before))
        return kept

    def delete(self, resource: str, key: Key) -> Object | None:
        """Forget an object; gives its last state with the version of its deletion, or None if there is none."""
        before = self.get(resource, key)
        if before is None:
            return None
        del self._objects[resource][key.namespace][key.name]
        self._enter(resource, key, before, None)
        last = self._versioned(before)
        self._tell(Change(self.version, "DELETED", resource, key, last, before))
        return last

    def since(self, version: int, resource: str) -> Iterator[Change]:
        """The changes of a resource after a version, in order.

        Raises
        ------
        Expired
            If some of them are forgotten.
        """
        return (change for change in self._kept(resource).since(version) if change.resource == resource)

    def listen(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Call `listener` at every change from now on, until the function given back is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def forget(self) -> None:
        """Forget all changes: watches from before begin anew, as after a compaction of etcd."""
        self._history.forget(self.version)
        self._renewals.forget(self.version)

    def _kept(self, resource: str) -> _History:
        """Where the changes of a resource are remembered."""
        return self._renewals if resource in _RENEWED else self._history

    def _versioned(self, thing: Object) -> Object:
        self.version += 1
        return {**thing, "metadata": {**thing["metadata"], "resourceVersion": str(self.version)}}

    def _tell(self, change: Change) -> None:
        self._kept(change.resource).add(change)
        for listener in list(self._listeners):
            try:
                listener(change)
            except Exception:
                # The change is made, and the others have to be told.
                _log.exception(
                    "a listener does not understand a change of %s %s", change.resource, "/".join(change.key)
                )

    def _enter(self, resource: str, key: Key, before: Object | None, after: Object | None) -> None:
        """Bring the index up to date."""
        old = set(_marks(resource, before)) if before else set()
        new = set(_marks(resource, after)) if after else set()
        for mark in old - new:
            places = self._index[mark]
            del places[resource, key]
            if not places:
                del self._index[mark]
        for mark in new - old:
            self._index.setdefault(mark, {})[resource, key] = None


def _marks(resource: str, thing: Object) -> Iterator[tuple[str, ...]]:
    """By what the object is found beside its name."""
    metadata = thing["metadata"]
    for reference in metadata.get("ownerReferences") or ():
        yield "owner", str(reference.get("uid"))
    if resource == "pods":
        yield "node", str((thing.get("spec") or {}).get("nodeName") or "")
    if resource in _CLAIMED and not any(it.get("controller") for it in metadata.get("ownerReferences") or ()):
        yield "loose", resource, str(metadata.get("namespace", ""))
    if resource in _LABELLED:
        for name, value in (metadata.get("labels") or {}).items():
            yield "label", resource, str(metadata.get("namespace", "")), name, value


def _key(thing: Object) -> Key:
    metadata = thing["metadata"]
    return Key(metadata.get("namespace", ""), metadata["name"])
