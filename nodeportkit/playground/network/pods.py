"""Pods that answer HTTP and datagrams on their container ports, each on an address of its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from tornado import httputil, iostream, netutil

from nodeportkit.playground.images import image_of
from nodeportkit.playground.logs import Logs
from nodeportkit.playground.network.applications import datagram, latency, reply
from nodeportkit.playground.network.datagrams import received
from nodeportkit.playground.network.doors import Door, Doors
from nodeportkit.playground.network.guests import Guests
from nodeportkit.playground.network.requests import Requests
from nodeportkit.playground.network.visits import Visits
from nodeportkit.playground.printing import on_request
from nodeportkit.playground.store import Change, Key, Object, Store

__all__ = ["LISTENS", "Pods"]

LISTENS: Final = "nodeportkit.io/listen"  # "false", or "127.0.0.1": nobody outside the pod is heard
_QUIET: Final = 75  # seconds: nginx's keepalive_timeout
_BODY_WITHIN: Final = 60.0  # and its client_body_timeout
_LARGEST_BODY: Final = 1 << 20  # and its client_max_body_size


@dataclass(slots=True)
class _Listener:
    """A port of a pod that is listened on: whose it is, and how to cease."""

    place: tuple[str, int]
    pod: Key
    container: Object
    cease: Callable[[], None]


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
    logs
        Where what they print is kept.
    now
        Tells the time.
    doors
        Opens their ports.
    most
        How many connections there may be at once.
    """

    def __init__(
        self,
        store: Store,
        changed: Callable[[], None],
        requests: Requests,
        logs: Logs,
        now: Callable[[], datetime],
        doors: Doors,
        most: int,
    ) -> None:
        self._requests = requests
        self._logs = logs
        self._now = now
        self._store = store
        self._changed = changed
        self._doors = doors
        self._listening: dict[Door, _Listener] = {}
        self._by_socket: dict[tuple[str, int], Door] = {}
        self._of_pod: dict[Key, set[Door]] = {}
        self._failed: dict[Key, set[Door]] = {}  # ports of a pod that cannot be opened
        self.guests: Guests[iostream.IOStream] = Guests("connections to pods", most, iostream.IOStream.close)
        self._server = Visits(
            self._answer,
            idle_connection_timeout=_QUIET,
            body_timeout=_BODY_WITHIN,
            max_body_size=_LARGEST_BODY,
        )
        self._server.guests = self.guests
        self._replies: set[asyncio.Task[None]] = set()
        self._stop = store.listen(self._look)

    def find(self, door: Door) -> tuple[str, int] | None:
        """Where a pod's port is really served; None if nobody listens there."""
        found = self._listening.get(door)
        return None if found is None else found.place

    async def close(self) -> None:
        """Stop listening."""
        self._stop()
        for door in list(self._listening):
            self._shut(door)
        await self._server.close_all_connections()

    def _look(self, change: Change) -> None:
        if change.resource != "pods":
            return
        mine = self._of_pod.get(change.key, set())
        wanted = {} if change.type == "DELETED" else _ports(change.object)
        gone, new = mine - set(wanted), set(wanted) - mine
        for door in gone:
            self._shut(door)
        for door in new:
            self._open(door, change.key, wanted[door])
        failed = new & self._doors.failed.keys()
        self._doors.give_up(self._failed.pop(change.key, set()) - failed)
        if failed:
            self._failed[change.key] = failed
        if gone or new:
            self._changed()

    def _open(self, door: Door, pod: Key, container: Object) -> None:
        held = self._doors.open(door)
        if held is None:
            return
        if door.protocol == "UDP":
            loop = asyncio.get_running_loop()
            loop.add_reader(held, self._hear, door, held)
            cease: Callable[[], Any] = partial(loop.remove_reader, held)
        else:
            cease = netutil.add_accept_handler(held, self._arrived)
            self._by_socket[held.getsockname()] = door
        self._listening[door] = _Listener(held.getsockname(), pod, container, partial(_cease, cease, held))
        self._of_pod.setdefault(pod, set()).add(door)

    def _shut(self, door: Door) -> None:
        listener = self._listening.pop(door)
        if door.protocol == "TCP":
            self._by_socket.pop(listener.place, None)
        self._of_pod[listener.pod].discard(door)
        if not self._of_pod[listener.pod]:
            del self._of_pod[listener.pod]
        listener.cease()
        self._doors.close(door)

    def _arrived(self, connection: socket.socket, address: Any) -> None:
        self._server.handle_stream(iostream.IOStream(connection), address)

    def _hear(self, door: Door, held: socket.socket) -> None:
        """Answer the datagrams that have arrived at a pod."""
        listener = self._listening[door]
        pod = self._store.get("pods", listener.pod)
        for data, source in received(held):
            if pod is None:
                continue
            seen = self._requests.seen(source)
            self._logs.write(pod, listener.container["name"], f"a datagram of {len(data)} bytes from {seen}")
            said = datagram(pod, seen, door.port)
            if said is not None:
                wait = asyncio.get_running_loop().call_later
                wait(latency(pod), self._say, held, said, source, listener.pod, pod["spec"]["nodeName"])

    def _say(self, held: socket.socket, said: bytes, source: tuple[str, int], pod: Key, node: str) -> None:
        with contextlib.suppress(OSError):  # the pod, or the client, may be gone
            held.sendto(said, source)
            self._requests.answer(source, "/".join(pod), node, 200)

    def _answer(self, request: httputil.HTTPServerRequest) -> None:
        task = asyncio.ensure_future(self._reply(request))
        self._replies.add(task)
        task.add_done_callback(self._replies.discard)

    async def _reply(self, request: httputil.HTTPServerRequest) -> None:
        connection: Any = request.connection
        stream = connection.stream
        if stream.socket is None:
            return
        door = self._by_socket.get(stream.socket.getsockname())
        listener = self._listening.get(door) if door else None
        pod = self._store.get("pods", listener.pod) if listener else None
        if door is None or listener is None or pod is None:
            stream.close()
            return
        self.guests.heard(stream)
        image = listener.container["image"]
        source = connection.context.address
        seen = self._requests.seen(source)
        if seconds := latency(pod):
            await asyncio.sleep(seconds)
        said = reply(pod, image, request.method or "", request.path or "", seen, door.port)
        body = said.body if request.method != "HEAD" else b""
        headers = httputil.HTTPHeaders(said.headers)
        try:
            await connection.write_headers(
                httputil.ResponseStartLine("HTTP/1.1", said.code, said.reason),
                headers,
                body,
            )
            connection.finish()
        except OSError:
            stream.close()
            return
        self._requests.answer(source, "/".join(listener.pod), pod["spec"]["nodeName"], said.code)
        asked = (request.method or "", request.uri or "", request.version)
        for line in on_request(image, self._now(), seen, asked, (said.code, len(body)), request.headers):
            self._logs.write(pod, listener.container["name"], line)


def _cease(cease: Callable[[], Any], held: socket.socket) -> None:
    cease()
    held.close()


def _ports(pod: Object) -> dict[Door, Object]:
    """Where a pod listens, with the container behind it."""
    status = pod.get("status", {})
    listens = str((pod["metadata"].get("annotations") or {}).get(LISTENS, "true"))
    address = status.get("podIP")
    if not address or listens != "true":
        return {}
    running = {it["name"] for it in status.get("containerStatuses") or () if "running" in it["state"]}
    found: dict[Door, Object] = {}
    for container in pod["spec"]["containers"]:
        image = image_of(container["image"])
        if container["name"] not in running or image is None:
            continue
        doors = [Door(address, it["containerPort"], it.get("protocol", "TCP")) for it in container.get("ports") or ()]
        if image.port and not any(door.protocol == "TCP" for door in doors):
            doors.append(Door(address, image.port))
        found |= {door: container for door in doors if door.protocol in ("TCP", "UDP")}
    return found
