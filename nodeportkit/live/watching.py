"""Keeping up with a cluster: every kind is listed once and then watched, and begun anew where that is lost."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Final, Generic, TypeVar

import msgspec

from nodeportkit.cluster import Cluster
from nodeportkit.errors import NodePortKitError
from nodeportkit.live.kinds import KINDS, Kind
from nodeportkit.live.listing import pages
from nodeportkit.live.server import Refused, Server, Stream, Unreachable

__all__ = ["Watch"]

_GONE: Final = 410
_LASTS: Final = 240  # seconds after which a watch is asked for anew, as clients of Kubernetes do
_SILENCE: Final = 30.0  # more than _LASTS would hide a connection that is dead
_FIRST_WAIT: Final = 0.2
_LONGEST_WAIT: Final = 30.0
_SETTLE: Final = 0.05  # changes come in bursts
_C = TypeVar("_C", bound=Cluster)


class _Followed:
    """The objects of one kind as they are now."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.things: dict[tuple[str, str], Any] = {}
        self.version = ""
        self.listed = False
        self.trouble: NodePortKitError | None = None
        self.refused = False
        self.tries = 0
        self.stream: Stream | None = None


class Watch(Generic[_C]):
    """Keeps up with a cluster; made by `LiveCluster.watch`, to be used in a `with` statement or stopped.

    Parameters
    ----------
    server, namespace
        What is watched.
    make
        Makes a cluster of lists of objects, and of what keeps it from being whole.

    Attributes
    ----------
    relisted
        How often a kind had to be listed anew, since the server had forgotten what changed meanwhile (410).
    """

    def __init__(
        self,
        server: Server,
        namespace: str | None,
        make: Callable[[list[Any], list[NodePortKitError]], _C],
    ) -> None:
        self.relisted = 0
        self._server = server
        self._namespace = namespace
        self._make = make
        self._followed = [_Followed(kind) for kind in KINDS]
        self._changed = threading.Condition()
        self._version = 0
        self._shown: tuple[int, _C] | None = None
        self._over = threading.Event()
        for followed in self._followed:
            try:
                self._list(followed)
            except Refused as error:
                if followed.kind.needed:
                    raise
                followed.trouble, followed.refused = error, True
        for followed in self._followed:
            if not followed.refused:
                name = f"watch-{followed.kind.plural}"
                threading.Thread(target=self._follow, args=(followed,), name=name, daemon=True).start()

    @property
    def cluster(self) -> _C:
        """The cluster as it is now; the same object as long as nothing changes."""
        with self._changed:
            version = self._version
            if self._shown is not None and self._shown[0] == version:
                return self._shown[1]
            things: list[Any] = [_listed(followed) for followed in self._followed if followed.listed]
            problems = [followed.trouble for followed in self._followed if followed.trouble is not None]
        made = self._make(things, problems)
        with self._changed:
            self._shown = version, made
        return made

    @property
    def problems(self) -> tuple[NodePortKitError, ...]:
        """What keeps the watch from keeping up at this moment: a lost connection, a right that is missing."""
        with self._changed:
            return tuple(followed.trouble for followed in self._followed if followed.trouble is not None)

    def wait(self, until: Callable[[_C], Any] | None = None, *, seconds: float | None = None) -> _C | None:
        """Wait for the next change, or until the cluster is as asked for; gives it then.

        Parameters
        ----------
        until
            Is given the cluster and tells whether it is so; it is asked at once, and at every change.
        seconds
            For how long at most.

        Returns
        -------
        Cluster
            None if the time is up, or the watch is stopped.
        """
        end = None if seconds is None else time.monotonic() + seconds
        with self._changed:
            seen = self._version
        if until is not None and until(found := self.cluster):
            return found
        while not self._over.is_set():
            left = None if end is None else end - time.monotonic()
            if left is not None and left <= 0:
                return None
            with self._changed:
                if self._version == seen and not self._changed.wait(left):
                    return None
            self._over.wait(_SETTLE)
            with self._changed:
                seen = self._version
            found = self.cluster
            if until is None or until(found):
                return found
        return None

    def __iter__(self) -> Iterator[_C]:
        """The cluster now, and after every change, until the watch is stopped."""
        found: _C | None = self.cluster
        while found is not None:
            yield found
            found = self.wait()

    def stop(self) -> None:
        """Cease to watch; `.cluster` stays what it was last."""
        self._over.set()
        with self._changed:
            streams = [followed.stream for followed in self._followed if followed.stream is not None]
            self._changed.notify_all()
        for stream in streams:
            with contextlib.suppress(Exception):  # it ends by itself at this moment
                stream.end()

    def __enter__(self) -> Watch[_C]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # In the thread of a kind

    def _follow(self, followed: _Followed) -> None:
        while not self._over.is_set():
            try:
                if not followed.listed or not followed.version:
                    self._list(followed)
                self._watch(followed)
            except Refused as error:
                if error.code == _GONE:
                    followed.version = ""
                    self.relisted += 1
                    continue
                self._trouble(followed, error)
            except NodePortKitError as error:
                self._trouble(followed, error)
            except Exception as error:
                # A thread that ended unseen would leave frames that are old and look new.
                self._trouble(followed, NodePortKitError(f"{followed.kind.plural} cannot be watched: {error}"))
            if followed.trouble is None:
                self._over.wait(_FIRST_WAIT)
            else:
                wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2**followed.tries) * random.uniform(0.5, 1.0)
                followed.tries += 1
                self._over.wait(wait)

    def _list(self, followed: _Followed) -> None:
        parts, version = pages(self._server, followed.kind, self._namespace)
        things: dict[tuple[str, str], Any] = {}
        for part in parts:
            for thing in msgspec.json.decode(part).get("items") or ():
                things[_key(thing)] = _lean(thing)
        with self._changed:
            followed.things, followed.version, followed.listed = things, version, True
            self._well(followed)
            self._tell()

    def _watch(self, followed: _Followed) -> None:
        """Take in what changes until the server ends the watch, as it does now and then."""
        query = {
            "watch": "true",
            "allowWatchBookmarks": "true",
            "resourceVersion": followed.version,
            "timeoutSeconds": _LASTS,
        }
        path = followed.kind.path(self._namespace)
        with self._server.stream(path, silence=_LASTS + _SILENCE, **query) as stream:
            with self._changed:
                followed.stream = stream
                if followed.trouble is not None:
                    self._tell()
                self._well(followed)
            for line in stream.lines:
                if self._over.is_set():
                    return
                self._take(followed, line)

    def _take(self, followed: _Followed, line: bytes) -> None:
        try:
            event = msgspec.json.decode(line)
            kind, thing = event["type"], event["object"]
            if kind == "ERROR":
                raise Refused(int(thing.get("code") or 500), str(thing.get("message") or "the watch failed"))
            version = thing["metadata"]["resourceVersion"]
            key = _key(thing)
        except (msgspec.DecodeError, LookupError, TypeError, ValueError) as error:
            raise Unreachable(f"{self._server.url} sent what is no event of a watch") from error
        with self._changed:
            followed.version = version
            if kind == "BOOKMARK":
                return
            if kind == "DELETED":
                followed.things.pop(key, None)
            else:
                followed.things[key] = _lean(thing)
            self._tell()

    def _trouble(self, followed: _Followed, error: NodePortKitError) -> None:
        with self._changed:
            followed.trouble = error
            self._tell()

    def _well(self, followed: _Followed) -> None:
        followed.trouble, followed.tries = None, 0

    def _tell(self) -> None:
        self._version += 1
        self._changed.notify_all()


def _key(thing: Any) -> tuple[str, str]:
    metadata = thing["metadata"]
    return metadata.get("namespace") or "", metadata.get("name") or ""


def _lean(thing: Any) -> Any:
    """The object without who wrote which of its fields: half of its size, and no frame has it."""
    thing["metadata"].pop("managedFields", None)
    return thing


def _listed(followed: _Followed) -> dict[str, Any]:
    kind = followed.kind
    return {"apiVersion": kind.api_version, "kind": f"{kind.kind}List", "items": list(followed.things.values())}
