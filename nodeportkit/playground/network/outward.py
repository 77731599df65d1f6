"""Sockets that go on to pods, from the address that the pod is to see."""

from __future__ import annotations

import errno
import socket
import sys
from typing import Final, Protocol

from nodeportkit.playground.network.doors import HOST

__all__ = ["Way", "outward"]

# IP_BIND_ADDRESS_NO_PORT of linux/in.h (Python knows it from 3.12 on): the port is chosen when the other end is known; else a busy
# node could have no more connections than there are ports.
_PORT_LATER: Final = 24


class Way(Protocol):
    """Where a connection goes on to, and the address that it comes from."""

    @property
    def address(self) -> str: ...  # noqa: D102

    @property
    def port(self) -> int: ...  # noqa: D102

    @property
    def source(self) -> str: ...  # noqa: D102

    @property
    def lost(self) -> bool:
        """Whether nothing that is sent that way arrives."""


def outward(way: Way, kind: socket.SocketKind) -> socket.socket:
    """A socket bound to the way's source; where this machine has no such address, to the one that every system has.

    Raises
    ------
    OSError
        If there can be none.
    """
    made = socket.socket(socket.AF_INET, kind)
    try:
        made.setblocking(False)
        if sys.platform == "linux":
            made.setsockopt(socket.IPPROTO_IP, _PORT_LATER, 1)
        try:
            made.bind((way.source, 0))
        except OSError as error:
            if error.errno != errno.EADDRNOTAVAIL:
                raise
            made.bind((HOST, 0))
    except OSError:
        made.close()
        raise
    return made
