"""The ports on which a playground is dialled, and where each of them really is.

Most are where the cluster says. Ports below 1024 are elsewhere where the system keeps those for root; and where there is no
address but 127.0.0.1, as on macOS until others are added, every port has a number of its own there.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from nodeportkit.playground.network.limits import Limits
from nodeportkit.playground.network.sockets import listening

__all__ = ["HOST", "SHIFT", "Door", "Doors", "can_bind"]

HOST: Final = "127.0.0.1"  # the address that every system has
SHIFT: Final = 10_000  # where ports below 1024 are served if the system keeps them for root
_FIRST_FREE: Final = 1024
_DENIED: Final = (errno.EACCES, errno.EPERM)
_TOO_MANY: Final = (errno.EMFILE, errno.ENFILE)


@dataclass(frozen=True, slots=True, order=True)
class Door:
    """A port as the cluster speaks of it."""

    address: str
    port: int
    protocol: str = "TCP"


class Doors:
    """Opens ports, and knows where they are.

    Parameters
    ----------
    limits
        How many there may be.

    Attributes
    ----------
    moved
        Those that are elsewhere: address and port.
    failed
        Those that cannot be opened, and why.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._open: set[Door] = set()
        self._known: dict[Door, int] = {}  # the ports of 127.0.0.1 that doors once had
        self.moved: dict[Door, tuple[str, int]] = {}
        self.failed: dict[Door, str] = {}

    def open(self, door: Door, *, backlog: int | None = None) -> socket.socket | None:
        """A socket that listens there, or elsewhere in its place; None if there can be none, which is then noted."""
        try:
            if len(self._open) >= self._limits.listening:
                raise OSError(errno.EMFILE, "")
            made = self._listening(door, {} if backlog is None else {"backlog": backlog})
        except OSError as error:
            self.failed[door] = self._explained(error)
            return None
        self.failed.pop(door, None)
        self._open.add(door)
        place = made.getsockname()
        if place != (door.address, door.port):
            self.moved[door] = place
            self._known[door] = place[1]
        return made

    def close(self, door: Door) -> None:
        """Forget a door whose socket is closed."""
        self._open.discard(door)
        self.moved.pop(door, None)

    def give_up(self, doors: Iterable[Door]) -> None:
        """Try no longer to open these: that they failed is of no account any more."""
        for door in doors:
            self.failed.pop(door, None)

    def where(self, door: Door) -> tuple[str, int] | None:
        """Where it really is; None if it is not open."""
        return self.moved.get(door, (door.address, door.port)) if door in self._open else None

    def _listening(self, door: Door, options: dict[str, int]) -> socket.socket:
        places = [(door.address, door.port)]
        while True:
            address, port = places.pop(0)
            try:
                return listening(address, port, door.protocol, **options)
            except OSError as error:
                if error.errno == errno.EADDRNOTAVAIL and address == door.address != HOST:
                    first = self._known.get(door, door.port if door.port >= _FIRST_FREE else 0)
                    places = [(HOST, first), (HOST, 0)]
                elif error.errno in _DENIED and address == door.address and port < _FIRST_FREE:
                    places = [(address, port + SHIFT)]
                elif not places:
                    raise

    def _explained(self, error: OSError) -> str:
        if error.errno in _TOO_MANY:
            return f"this system lets the playground open {self._limits.files} files, and no more (ulimit -Hn)"
        return error.strerror or str(error)


def can_bind(address: str) -> bool:
    """Whether this machine has the address."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trying:
        try:
            trying.bind((address, 0))
        except OSError:
            return False
    return True
