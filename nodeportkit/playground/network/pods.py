"""Pods that answer HTTP on their container ports, each on an address of its own."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from tornado import httputil
from tornado.httpserver import HTTPServer

from nodeportkit.playground.images import image_of
from nodeportkit.playground.network.applications import latency, reply
from nodeportkit.playground.network.requests import Requests
from nodeportkit.playground.network.sockets import bound
from nodeportkit.playground.store import Change, Key, Object, Store

__all__ = ["LISTENS", "Pods"]

LISTENS: Final = "nodeportkit.io/listen"  # "false", or "127.0.0.1": nobody outside the pod is heard


@dataclass(slots=True)
class _Listener:
    """A port of a pod that is listened on: where it is really served, and whose it is."""

    socket: socket.socket
    port: int
    pod: Key
    image: str


class Pods:
    """The servers in all pods.

    Parameters
    ----------
    store
        The objects.
    changed
        Called when a pod begins or ceases to listen.
    requests
        Where requests are noted.
    """

    def __init__(self, store: Store, changed: Callable[[], None], requests: Requests) -> None:
        self._requests = requests
        self._store = store
        self._changed = changed
        self._listening: dict[tuple[str, int], _Listener] = {}
        self._by_socket: dict[tuple[str, int], tuple[str, int]] = {}
        self._of_pod: dict[Key, set[tuple[str, int]]] = {}
        self.failed: dict[tuple[str, int], str] = {}
        self._server = HTTPServer(self._answer, idle_connection_timeout=120, max_body_size=1 << 20)
        self._replies: set[asyncio.Task[None]] = set()
        self._stop = store.listen(self._look)

    def find_port(self, address: str, port: int) -> int | None:
        """Where a pod's port is really served; None if nobody listens there."""
        found = self._listening.get((address, port))
        return None if found is None else found.port

    @property
    def shifted(self) -> dict[tuple[str, int], int]:
        """The ports that are served elsewhere, since the system keeps small ones for root."""
        return {place: it.port for place, it in self._listening.items() if it.port != place[1]}

    async def close(self) -> None:
        """Stop listening."""
        self._stop()
        for place in list(self._listening):
            self._shut(place)
        self._server.stop()
        await self._server.close_all_connections()

    def _look(self, change: Change) -> None:
        if change.resource != "pods":
            return
        mine = self._of_pod.get(change.key, set())
        wanted = {} if change.type == "DELETED" else _ports(change.object)
        gone, new = mine - set(wanted), set(wanted) - mine
        for place in gone:
            self._shut(place)
        for place in new:
            self._open(place, change.key, wanted[place])
        if gone or new:
            self._changed()

    def _open(self, place: tuple[str, int], pod: Key, image: str) -> None:
        try:
            listening, port = bound(*place)
        except OSError as error:
            self.failed[place] = error.strerror or str(error)
            return
        self.failed.pop(place, None)
        self._listening[place] = _Listener(listening, port, pod, image)
        self._by_socket[place[0], port] = place
        self._of_pod.setdefault(pod, set()).add(place)
        self._server.add_sockets([listening])

    def _shut(self, place: tuple[str, int]) -> None:
        listener = self._listening.pop(place)
        self._by_socket.pop((place[0], listener.port), None)
        self._of_pod[listener.pod].discard(place)
        if not self._of_pod[listener.pod]:
            del self._of_pod[listener.pod]
        descriptor = listener.socket.fileno()
        # Tornado closes all sockets of a server or none.
        handler = self._server._handlers.pop(descriptor, None)
        if handler is not None:
            handler()
        self._server._sockets.pop(descriptor, None)
        listener.socket.close()

    def _answer(self, request: httputil.HTTPServerRequest) -> None:
        task = asyncio.ensure_future(self._reply(request))
        self._replies.add(task)
        task.add_done_callback(self._replies.discard)

    async def _reply(self, request: httputil.HTTPServerRequest) -> None:
        connection: Any = request.connection
        stream = connection.stream
        if stream.socket is None:
            return
        place = self._by_socket.get(stream.socket.getsockname()[:2])
        listener = self._listening.get(place) if place else None
        pod = self._store.get("pods", listener.pod) if listener else None
        if place is None or listener is None or pod is None:
            stream.close()
            return
        source = stream.socket.getpeername()[:2]
        if seconds := latency(pod):
            await asyncio.sleep(seconds)
        said = reply(pod, listener.image, request.method or "", request.path or "", source[0], place[1])
        headers = httputil.HTTPHeaders(
            {"Content-Type": said.type, "Content-Length": str(len(said.body)), **said.headers}
        )
        try:
            await connection.write_headers(
                httputil.ResponseStartLine("HTTP/1.1", said.code, said.reason),
                headers,
                said.body if request.method != "HEAD" else b"",
            )
            connection.finish()
        except OSError:
            stream.close()
            return
        self._requests.answer(source, "/".join(listener.pod), pod["spec"]["nodeName"], said.code)


def _ports(pod: Object) -> dict[tuple[str, int], str]:
    """Where a pod listens, with the image behind it."""
    status = pod.get("status", {})
    listens = str((pod["metadata"].get("annotations") or {}).get(LISTENS, "true"))
    address = status.get("podIP")
    if not address or listens != "true":
        return {}
    running = {it["name"] for it in status.get("containerStatuses") or () if "running" in it["state"]}
    found: dict[tuple[str, int], str] = {}
    for container in pod["spec"]["containers"]:
        image = image_of(container["image"])
        if container["name"] not in running or image is None:
            continue
        declared = [it["containerPort"] for it in container.get("ports") or () if it.get("protocol", "TCP") == "TCP"]
        for port in declared or ([image.port] if image.port else []):
            found[address, port] = container["image"]
    return found
