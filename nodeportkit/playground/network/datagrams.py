"""Datagrams passed on: a session for each client, from its first datagram until it has been quiet for a while."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import Final

from nodeportkit.playground.network.guests import Guests
from nodeportkit.playground.network.outward import Way, outward
from nodeportkit.playground.network.requests import Entered, Requests

__all__ = ["Datagrams", "Session", "received"]

# Until the kernel forgets a client: nf_conntrack_udp_timeout, and ..._stream where both ends have spoken.
_QUIET: Final = 30.0
_QUIET_ANSWERED: Final = 120.0
_LARGEST: Final = 65_535
_AT_ONCE: Final = 64  # datagrams taken from a socket before others have their turn


def received(held: socket.socket) -> list[tuple[bytes, tuple[str, int]]]:
    """What has arrived at a socket."""
    found = []
    for _ in range(_AT_ONCE):
        try:
            found.append(held.recvfrom(_LARGEST))
        except OSError:  # nothing more, or the other end refuses what it was sent
            break
    return found


class Session:
    """A client of a port, and the pod that answers it.

    Parameters
    ----------
    port
        The port that the client dialled.
    client
        Its address and port.
    way
        Where its datagrams go.
    """

    def __init__(self, port: Datagrams, client: tuple[str, int], way: Way) -> None:
        self._port = port
        self.client = client
        self.way = way
        self._loop = asyncio.get_running_loop()
        self._heard = self._loop.time()
        self._quiet = _QUIET
        self._socket = outward(way, socket.SOCK_DGRAM)
        try:
            self._socket.connect((way.address, way.port))
        except OSError:
            self._socket.close()
            raise
        self.source: tuple[str, int] = self._socket.getsockname()
        self._loop.add_reader(self._socket, self._answer)
        self._timer = self._loop.call_later(self._quiet, self._look)

    def send(self, data: bytes) -> None:
        """Pass on what the client says."""
        self._heard = self._loop.time()
        try:
            self._socket.send(data)
        except BlockingIOError:
            return  # datagrams may be lost
        except OSError:
            self.end()  # the pod does not listen any more: the next datagram goes elsewhere

    def end(self) -> None:
        """Forget the client."""
        self._timer.cancel()
        self._loop.remove_reader(self._socket)
        self._socket.close()
        self._port.forget(self)

    def _answer(self) -> None:
        """Pass on what the pod says."""
        found = received(self._socket)
        if not found:
            self.end()
            return
        self._heard, self._quiet = self._loop.time(), _QUIET_ANSWERED
        for data, _ in found:
            self._port.answer(self, data)

    def _look(self) -> None:
        left = self._heard + self._quiet - self._loop.time()
        if left <= 0:
            self.end()
        else:
            self._timer = self._loop.call_later(left, self._look)


class Datagrams:
    """A port that passes datagrams on.

    Parameters
    ----------
    held
        Its socket.
    choose
        Tells for a client's address where its datagrams go; None: nowhere.
    requests
        Is told what becomes of them.
    enter
        Tells for a client's address how they came in.
    guests
        All sessions that there are at this moment.
    """

    def __init__(
        self,
        held: socket.socket,
        choose: Callable[[str], Way | None],
        requests: Requests,
        enter: Callable[[str], Entered],
        guests: Guests[Session],
    ) -> None:
        self._held = held
        self._choose = choose
        self._requests = requests
        self._enter = enter
        self._guests = guests
        self._sessions: dict[tuple[str, int], Session] = {}
        asyncio.get_running_loop().add_reader(held, self._take)

    def keep(self, still: Callable[[Way], bool]) -> None:
        """Forget the sessions that lead where nothing leads any more, as kube-proxy does (pkg/proxy/conntrack)."""
        for session in list(self._sessions.values()):
            if not still(session.way):
                session.end()

    def close(self) -> None:
        """Close the port."""
        self.keep(lambda _: False)
        asyncio.get_running_loop().remove_reader(self._held)
        self._held.close()

    def forget(self, session: Session) -> None:
        """A session is over."""
        self._sessions.pop(session.client, None)
        self._requests.leave(session.source)
        self._guests.leave(session)

    def answer(self, session: Session, data: bytes) -> None:
        """Pass on what a pod says."""
        self._guests.heard(session)
        with contextlib.suppress(OSError):
            self._held.sendto(data, session.client)

    def _take(self) -> None:
        for data, client in received(self._held):
            session = self._sessions.get(client) or self._begin(client)
            if session is not None:
                self._guests.heard(session)
                session.send(data)

    def _begin(self, client: tuple[str, int]) -> Session | None:
        way, entered = self._choose(client[0]), self._enter(client[0])
        try:
            session = Session(self, client, way) if way is not None and not way.lost else None
        except OSError:
            session = None
        if session is None or way is None:
            self._requests.lose(entered)
            return None
        self._sessions[client] = session
        self._requests.enter(session.source, entered, way.source)
        self._guests.arrive(session)
        return session
