"""A connection passed on: what one end says, the other hears."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import struct
from collections.abc import Callable
from typing import Final

from nodeportkit.playground.network.guests import Guests
from nodeportkit.playground.network.outward import Way, outward
from nodeportkit.playground.network.requests import Entered, Requests

__all__ = ["Entry", "Relay"]

_AT_ONCE: Final = 64  # connections taken from the queue before others have their turn
_TOO_MANY: Final = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
_LATER: Final = 1.0  # seconds until there may be room again


class _End(asyncio.Protocol):
    """One end of a connection that is passed on.

    Parameters
    ----------
    heard
        Called whenever it says something.
    """

    def __init__(self, heard: Callable[[], None]) -> None:
        self._heard = heard
        self.transport: asyncio.Transport | None = None
        self.other: _End | None = None
        self._heard_all = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Pass on what was said."""
        self._heard()
        if self.other and self.other.transport:
            self.other.transport.write(data)

    def pause_writing(self) -> None:
        """Let the other end wait: this one does not listen so fast."""
        if self.other and self.other.transport and not self.other.transport.is_closing():
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        """Let the other end go on."""
        if self.other and self.other.transport and not self.other.transport.is_closing():
            self.other.transport.resume_reading()

    def eof_received(self) -> bool:
        """Pass on that there is no more; the other direction may go on."""
        self._heard_all = True
        other = self.other
        if other is None or other.transport is None or other.transport.is_closing():
            return False
        if other._heard_all:
            other.transport.close()
            return False
        if other.transport.can_write_eof():
            with contextlib.suppress(OSError):
                other.transport.write_eof()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """End the other half too, in the same way."""
        if self.other and self.other.transport and not self.other.transport.is_closing():
            if exc is None:
                self.other.transport.close()
            else:
                reset(self.other.transport)


class Entry(_End):
    """The end at which a client has arrived.

    Parameters
    ----------
    choose
        Tells for the client's address where its connection goes; None: nowhere.
    requests
        Is told what becomes of the connection.
    enter
        Tells for the client's address how it came in.
    guests
        All that there are at this moment.
    """

    def __init__(
        self,
        choose: Callable[[str], Way | None],
        requests: Requests,
        enter: Callable[[str], Entered],
        guests: Guests[Entry],
    ) -> None:
        super().__init__(lambda: guests.heard(self))
        self._choose = choose
        self._requests = requests
        self._enter = enter
        self._guests = guests
        self._source: tuple[str, int] | None = None  # where the pod sees it come from
        self._dialling: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Dial the pod; until it answers, what the client says waits."""
        super().connection_made(transport)
        assert self.transport is not None
        loop = asyncio.get_running_loop()
        # A moment later: before Python 3.11.4, Debian 12's among them, a pause was forgotten here (python/cpython#103607).
        loop.call_soon(self.transport.pause_reading)
        self._dialling = loop.create_task(self._dial(self.transport))
        self._guests.arrive(self)

    async def _dial(self, transport: asyncio.Transport) -> None:
        peer = transport.get_extra_info("peername")
        if not peer:
            reset(transport)
            return
        way, entered = self._choose(peer[0]), self._enter(peer[0])
        if way is None:
            self._requests.lose(entered)
            reset(transport)
            return
        if way.lost:
            self._requests.lose(entered)
            transport.resume_reading()  # what it says goes nowhere, and it hears nothing, until it hangs up
            return
        exit_ = _End(self._heard)
        exit_.other = self
        loop = asyncio.get_running_loop()
        dialling = None
        try:
            dialling = outward(way, socket.SOCK_STREAM)
            await loop.sock_connect(dialling, (way.address, way.port))
            # Before the pod hears a word: it is to know whom to see.
            self._source = dialling.getsockname()
            self._requests.enter(self._source, entered, way.source)
            await loop.create_connection(lambda: exit_, sock=dialling)
        except BaseException as error:  # a client that is gone cancels this
            if dialling is not None:
                dialling.close()
            if not isinstance(error, OSError):
                raise
            self._requests.lose(entered)
            reset(transport)
            return
        self.other = exit_
        assert exit_.transport is not None
        if transport.is_closing():
            exit_.transport.abort()
        else:
            transport.resume_reading()

    def end(self) -> None:
        """Have done with it."""
        if self.transport is not None:
            reset(self.transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """End the other half too; or cease to dial."""
        self._guests.leave(self)
        if self._source is not None:
            self._requests.leave(self._source)
        if self._dialling is not None and self.other is None:
            self._dialling.cancel()
        super().connection_lost(exc)


class Relay:
    """A port that passes connections on.

    A server of asyncio's own forgets connections that it has accepted when it is closed before it has looked at them: they
    would be closed by the garbage collector, with a warning.

    Parameters
    ----------
    held
        Its socket, which listens.
    entry
        Makes the end at which a client arrives.
    """

    def __init__(self, held: socket.socket, entry: Callable[[], Entry]) -> None:
        self._held = held
        self._entry = entry
        self._loop = asyncio.get_running_loop()
        self._arriving: set[asyncio.Task[object]] = set()
        self._pause: asyncio.TimerHandle | None = None
        self._listen()

    def close(self) -> None:
        """Close the port; who is connected stays so."""
        if self._pause is not None:
            self._pause.cancel()
        self._loop.remove_reader(self._held)
        self._held.close()

    def _listen(self) -> None:
        self._pause = None
        self._loop.add_reader(self._held, self._accept)

    def _accept(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                connection, _ = self._held.accept()
            except OSError as error:
                if error.errno in _TOO_MANY:
                    self._loop.remove_reader(self._held)
                    self._pause = self._loop.call_later(_LATER, self._listen)
                return  # nobody waits any more, or who did is gone
            connection.setblocking(False)
            arriving: asyncio.Task[object] = self._loop.create_task(
                self._loop.connect_accepted_socket(self._entry, connection)
            )
            self._arriving.add(arriving)
            arriving.add_done_callback(self._arriving.discard)


def reset(transport: asyncio.Transport) -> None:
    """End a connection as one that is refused further on."""
    raw = transport.get_extra_info("socket")
    if raw is not None:
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
