"""Who is connected, of whom there may be so many: when another comes, whoever has been quiet for longest has to go."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

__all__ = ["Guests"]

_Guest = TypeVar("_Guest", bound=Hashable)
_EVERY: Final = 10.0  # seconds between two lines in the log
_log = logging.getLogger(__name__)


class Guests(Generic[_Guest]):
    """Connections of a kind.

    Parameters
    ----------
    kind
        What they are, in words, for the log.
    most
        How many there may be.
    end
        Ends one.

    Attributes
    ----------
    ended
        How many were ended for others so far.

    Examples
    --------
    >>> guests = Guests("visits", 2, lambda guest: print(guest, "goes"))
    >>> guests.arrive("a"), guests.arrive("b"), guests.heard("a")
    (None, None, None)
    >>> guests.arrive("c")
    b goes
    """

    def __init__(self, kind: str, most: int, end: Callable[[_Guest], None]) -> None:
        self.kind = kind
        self.most = most
        self.ended = 0
        self._end = end
        self._strangers: dict[_Guest, None] = {}  # who has been quiet for longest comes first
        self._trusted: set[_Guest] = set()
        self._said = -_EVERY

    def __len__(self) -> int:
        return len(self._strangers) + len(self._trusted)

    def arrive(self, guest: _Guest) -> None:
        """Somebody has come."""
        self._strangers[guest] = None
        while len(self) > self.most and self._strangers:
            longest_quiet = next(iter(self._strangers))
            self._strangers.pop(longest_quiet)
            self.ended += 1
            self._tell()
            self._end(longest_quiet)

    def heard(self, guest: _Guest) -> None:
        """Somebody has said something."""
        if guest in self._strangers:
            del self._strangers[guest]
            self._strangers[guest] = None

    def trust(self, guest: _Guest) -> None:
        """Let somebody stay, however quiet, whoever comes."""
        if guest in self._strangers:
            del self._strangers[guest]
            self._trusted.add(guest)

    def leave(self, guest: _Guest) -> None:
        """Somebody has gone."""
        self._strangers.pop(guest, None)
        self._trusted.discard(guest)

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._said >= _EVERY:
            self._said = now
            _log.warning("more than %d %s at once: %d of the quietest ended so far", self.most, self.kind, self.ended)
