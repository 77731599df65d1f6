"""Sockets that listen, and sockets that stay silent."""

from __future__ import annotations

import socket
from typing import Final

__all__ = ["Silence", "listening"]

_BACKLOG: Final = 512  # connections that wait until somebody looks
_KINDS: Final = {"TCP": socket.SOCK_STREAM, "UDP": socket.SOCK_DGRAM}


def listening(address: str, port: int, protocol: str = "TCP", *, backlog: int = _BACKLOG) -> socket.socket:
    """A socket that listens there.

    Raises
    ------
    OSError
        If it may not, or something else listens there.
    """
    made = socket.socket(socket.AF_INET, _KINDS[protocol])
    try:
        if protocol == "TCP":  # of UDP, two sockets could then share a port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((address, port))
        if protocol == "TCP":
            made.listen(backlog)
    except OSError:
        made.close()
        raise
    made.setblocking(False)
    return made


class Silence:
    """A port that does what a dropped packet does: whoever dials it waits, whoever sends to it hears nothing.

    The queue of connections is filled up and never emptied, so that the kernel drops what comes after; of datagrams nobody
    takes notice anyway.

    Parameters
    ----------
    held
        The socket that listens there, with a backlog of 0.
    """

    def __init__(self, held: socket.socket) -> None:
        self._held = held
        self._filling: list[socket.socket] = []
        if held.type == socket.SOCK_DGRAM:
            return
        for _ in range(2):  # a backlog of 0 holds one; one more is on its way for ever
            dialling = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            dialling.setblocking(False)
            dialling.connect_ex(held.getsockname())
            self._filling.append(dialling)

    def close(self) -> None:
        """Let go of the port."""
        for dialling in self._filling:
            dialling.close()
        self._held.close()
