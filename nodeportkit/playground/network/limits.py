"""How many files this process may open, and how they are shared out: every connection and every port is one."""

from __future__ import annotations

import resource
from dataclasses import dataclass
from typing import Final

__all__ = ["Limits", "raise_limit"]

_ENOUGH: Final = 65_536  # more than a playground ever needs; some systems say "no limit" and then refuse
_MACOS: Final = 10_240  # OPEN_MAX: what macOS grants at most where the limit is none
_MOST: Final = 1_024
_OWN: Final = 40  # what the process needs for itself: its log, modules that it imports, files that it reads


def raise_limit() -> int:
    """Take as many open files as the system grants without being asked for more; gives how many that are."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (_ENOUGH, _MACOS):
        if soft >= wanted:
            break
        most = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
        except (ValueError, OSError):
            continue
        return max(soft, most)
    return soft


@dataclass(frozen=True, slots=True)
class Limits:
    """How many of each there may be at once.

    Attributes
    ----------
    files
        What the system grants.

    Examples
    --------
    >>> Limits(1024)
    Limits(files=1024)
    >>> Limits(1024).clients, Limits(1024).connections, Limits(1024).sessions, Limits(1024).listening
    (128, 128, 64, 408)
    >>> Limits(65536).clients
    1024
    """

    files: int

    @classmethod
    def now(cls) -> Limits:
        """Of this process."""
        return cls(min(resource.getrlimit(resource.RLIMIT_NOFILE)[0], _ENOUGH))

    @property
    def clients(self) -> int:
        """Connections to the API."""
        return min(_MOST, self.files // 8)

    @property
    def connections(self) -> int:
        """Connections through node ports and cluster IPs, of which each is three files: client's, pod's and both between."""
        return min(_MOST, self.files // 8)

    @property
    def sessions(self) -> int:
        """Clients of node ports that send datagrams."""
        return min(_MOST, self.files // 16)

    @property
    def listening(self) -> int:
        """Ports that are listened on: what is left."""
        return self.files - self.clients - 3 * self.connections - self.sessions - _OWN
