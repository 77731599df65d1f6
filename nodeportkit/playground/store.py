"""What etcd is to an API server: objects, one counter of versions for all of them, and the changes since a while ago."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple, TypeAlias

__all__ = ["Change", "Expired", "Key", "Object", "Store"]

Object: TypeAlias = dict[str, Any]
_HISTORY: Final = 20_000


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
        self._objects: dict[str, dict[Key, Object]] = {}
        self._changes: deque[Change] = deque(maxlen=history)
        self._listeners: list[Callable[[Change], None]] = []

    def get(self, resource: str, key: Key) -> Object | None:
        """The object, or None if there is none."""
        return self._objects.get(resource, {}).get(key)

    def all(self, resource: str, namespace: str | None = None) -> list[Object]:
        """The objects of a resource, of one namespace or of all, by namespace and name."""
        found = self._objects.get(resource, {})
        return [found[key] for key in sorted(found) if namespace is None or key.namespace == namespace]

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
        self._objects.setdefault(resource, {})[key] = kept
        self._tell(Change(self.version, "MODIFIED" if before else "ADDED", resource, key, kept, before))
        return kept

    def delete(self, resource: str, key: Key) -> Object | None:
        """Forget an object; gives its last state with the version of its deletion, or None if there is none."""
        before = self._objects.get(resource, {}).pop(key, None)
        if before is None:
            return None
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
        if version + 1 < self._oldest:
            raise Expired(f"too old resource version: {version} ({self._oldest})")
        return (change for change in list(self._changes) if change.version > version and change.resource == resource)

    def listen(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Call `listener` at every change from now on, until the function given back is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def forget(self) -> None:
        """Forget all changes: watches from before begin anew, as after a compaction of etcd."""
        self._changes.clear()

    @property
    def _oldest(self) -> int:
        """The oldest version whose change is remembered."""
        return self._changes[0].version if self._changes else self.version + 1

    def _versioned(self, thing: Object) -> Object:
        self.version += 1
        return {**thing, "metadata": {**thing["metadata"], "resourceVersion": str(self.version)}}

    def _tell(self, change: Change) -> None:
        self._changes.append(change)
        for listener in list(self._listeners):
            listener(change)


def _key(thing: Object) -> Key:
    metadata = thing["metadata"]
    return Key(metadata.get("namespace", ""), metadata["name"])
