"""Sockets that listen, and sockets that stay silent."""

from __future__ import annotations

import errno
import socket
from typing import Final

__all__ = ["SHIFT", "Silence", "bound"]

SHIFT: Final = 10_000  # where ports below 1024 are served if the system keeps them for root
_FIRST_FREE: Final = 1024
_BACKLOG: Final = 512
_DENIED: Final = (errno.EACCES, errno.EPERM)


def bound(address: str, port: int, *, backlog: int = _BACKLOG) -> tuple[socket.socket, int]:
    """A socket that listens there, and its port: a shifted one where the system keeps small ports for root.

    Raises
    ------
    OSError
        If something else listens there.
    """
    try:
        return _listening(address, port, backlog), port
    except OSError as error:
        if error.errno not in _DENIED or port >= _FIRST_FREE:
            raise
    return _listening(address, port + SHIFT, backlog), port + SHIFT


def _listening(address: str, port: int, backlog: int) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((address, port))
        made.listen(backlog)
    except OSError:
        made.close()
        raise
    made.setblocking(False)
    return made


class Silence:
    """A port that does what a dropped packet does: whoever dials it waits.

    Its queue of connections is filled up and never emptied, so that the kernel drops what comes after.
    """

    def __init__(self, address: str, port: int) -> None:
        self._listening, self.port = bound(address, port, backlog=0)
        self._filling: list[socket.socket] = []
        for _ in range(2):  # a backlog of 0 holds one; one more is on its way for ever
            dialling = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            dialling.setblocking(False)
            dialling.connect_ex((address, self.port))
            self._filling.append(dialling)

    def close(self) -> None:
        """Let go of the port."""
        for dialling in self._filling:
            dialling.close()
        self._listening.close()
