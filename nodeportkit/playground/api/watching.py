"""Watches: what is there, and then every change, until the time is up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

from nodeportkit.kube.validation.status import failure
from nodeportkit.playground.api.reading import version_number
from nodeportkit.playground.resources import Resource
from nodeportkit.playground.store import Change, Expired, Object, Store

__all__ = ["watch"]

_BOOKMARK_EVERY: Final = 60.0
_MOST_WAITING: Final = 10_000
_INITIAL_END: Final = "k8s.io/initial-events-end"


async def watch(
    store: Store,
    resource: Resource,
    namespace: str | None,
    takes: Callable[[Object], bool],
    *,
    version: str = "",
    initial: bool = False,
    bookmarks: bool = False,
    seconds: float,
) -> AsyncIterator[dict[str, Any]]:
    """The events of a watch.

    Parameters
    ----------
    takes
        Which objects are watched; one that ceases to be taken is told as DELETED, one that begins as ADDED.
    version
        Where to begin: after it, or with what is there if it is "" or 0.
    initial
        Begin with what is there, whatever `version` says, and then send a bookmark that says so.
    bookmarks
        Tell the version now and then.
    seconds
        When to end.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    waiting: asyncio.Queue[Change | None] = asyncio.Queue()

    def put(change: Change) -> None:
        concerned = change.resource == resource.name and namespace in (None, change.key.namespace)
        # Who does not read for so long has to begin anew: one None says so.
        if concerned and waiting.qsize() <= _MOST_WAITING:
            waiting.put_nowait(change if waiting.qsize() < _MOST_WAITING else None)

    stop = store.listen(put)
    try:
        after = version_number(version)
        if initial or after == 0:
            after = store.version
            for thing in store.all(resource.name, namespace):
                if takes(thing):
                    yield {"type": "ADDED", "object": thing}
            if initial and bookmarks:
                yield _bookmark(resource, after, {_INITIAL_END: "true"})
        else:
            try:
                missed = list(store.since(after, resource.name))
            except Expired as error:
                yield {"type": "ERROR", "object": failure(410, "Expired", str(error))}
                return
            for change in missed:
                if namespace in (None, change.key.namespace) and (event := _event(change, takes)):
                    yield event
            # What has changed since is in the queue.
            after = missed[-1].version if missed else after
        told = after
        while (left := end - loop.time()) > 0:
            try:
                change_or_none = await asyncio.wait_for(waiting.get(), min(left, _BOOKMARK_EVERY))
            except TimeoutError:
                if bookmarks and loop.time() < end:
                    yield _bookmark(resource, store.version)
                continue
            if change_or_none is None:
                yield {"type": "ERROR", "object": failure(410, "Expired", "too many changes wait to be read")}
                return
            if change_or_none.version <= told:
                continue
            told = change_or_none.version
            if event := _event(change_or_none, takes):
                yield event
        if bookmarks:
            yield _bookmark(resource, store.version)
    finally:
        stop()


def _event(change: Change, takes: Callable[[Object], bool]) -> dict[str, Any] | None:
    """The change as this watch sees it."""
    was = change.before is not None and takes(change.before)
    if change.type == "DELETED":
        return {"type": "DELETED", "object": change.object} if was else None
    if takes(change.object):
        return {"type": "MODIFIED" if was else "ADDED", "object": change.object}
    if was and change.before is not None:
        last = {**change.before, "metadata": {**change.before["metadata"], "resourceVersion": str(change.version)}}
        return {"type": "DELETED", "object": last}
    return None


def _bookmark(resource: Resource, version: int, annotations: dict[str, str] | None = None) -> dict[str, Any]:
    metadata: dict[str, Any] = {"resourceVersion": str(version), "creationTimestamp": None}
    if annotations:
        metadata["annotations"] = annotations
    return {
        "type": "BOOKMARK",
        "object": {"kind": resource.kind, "apiVersion": resource.api_version, "metadata": metadata},
    }
