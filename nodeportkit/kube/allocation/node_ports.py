"""Which node ports are given out.

pkg/registry/core/service/portallocator/allocator.go. A number is given out once, whatever its protocol: one service can
have it for TCP and UDP, two services cannot share it.
"""

from __future__ import annotations

import random
from collections.abc import Iterable

from nodeportkit.errors import NodePortKitError
from nodeportkit.kube.allocation.bands import node_port_bands

__all__ = ["NodePortAllocator", "Refused"]


class Refused(NodePortKitError):
    """A number or an address that cannot be given out, in the API server's words."""


class NodePortAllocator:
    """Gives out node ports as the API server does.

    Parameters
    ----------
    node_port_range
        The API server's `--service-node-port-range`.
    taken
        Numbers that services have already.
    seed
        For the same picks each time.

    Attributes
    ----------
    static, dynamic
        The two bands.

    Examples
    --------
    >>> ports = NodePortAllocator("30000-32767", [30080], seed=1)
    >>> ports.allocate_next() in ports.dynamic
    True
    >>> ports.allocate(30080)
    Traceback (most recent call last):
    nodeportkit.kube.allocation.node_ports.Refused: provided port is already allocated
    """

    def __init__(
        self, node_port_range: str = "30000-32767", taken: Iterable[int] = (), *, seed: int | None = None
    ) -> None:
        self.static, self.dynamic = node_port_bands(node_port_range)
        self._taken = {port for port in taken if port in self}
        self._random = random.Random(seed)

    def __contains__(self, port: int) -> bool:
        return port in self.static or port in self.dynamic

    @property
    def free(self) -> int:
        """How many numbers are left."""
        return len(self.static) + len(self.dynamic) - len(self._taken)

    def is_taken(self, port: int) -> bool:
        """Whether a number has been given out."""
        return port in self._taken

    def allocate(self, port: int) -> None:
        """Give out the number that is asked for.

        Raises
        ------
        Refused
            If it is not in the range, or taken.
        """
        if port not in self:
            words = "provided port is not in the valid range. The range of valid ports is"
            raise Refused(f"{words} {self.static.start}-{self.dynamic.stop - 1}")
        if port in self._taken:
            raise Refused("provided port is already allocated")
        self._taken.add(port)

    def allocate_next(self) -> int:
        """Give out any number: one of the dynamic band, or of the static one when that is full.

        Raises
        ------
        Refused
            If none is left.
        """
        for band in (self.dynamic, self.static):
            if (port := self._pick(band)) is not None:
                self._taken.add(port)
                return port
        raise Refused("range is full")

    def release(self, port: int) -> None:
        """Take a number back; nothing happens where it was not given out."""
        self._taken.discard(port)

    def _pick(self, band: range) -> int | None:
        """The first free number from a random one on, around the end."""
        if not band:
            return None
        start = self._random.randrange(len(band))
        return next((port for port in (*band[start:], *band[:start]) if port not in self._taken), None)
