"""Which cluster IPs are given out.

pkg/registry/core/service/ipallocator/ipallocator.go and cidrallocator.go; KEP-3070 for the bands.
"""

from __future__ import annotations

import ipaddress
import random
from collections.abc import Iterable
from typing import Final

from nodeportkit.kube.allocation.node_ports import Refused
from nodeportkit.kube.validation.addresses import Address, address

__all__ = ["ClusterIPAllocator"]

_MOST_STATIC: Final = 256
_FEWEST_STATIC: Final = 16
_PART: Final = 16
_MOST: Final = 65536  # of an IPv6 range no more are used


class ClusterIPAllocator:
    """Gives out the cluster IPs of one family as the API server does.

    Parameters
    ----------
    cidr
        The range of the API server's `--service-cluster-ip-range`; None where it is unknown: then an address that is asked
        for is given out unless it is taken, and none is picked.
    taken
        Addresses that services have already.
    seed
        For the same picks each time.

    Examples
    --------
    >>> ips = ClusterIPAllocator("10.96.0.0/12", ["10.96.0.7"])
    >>> ips.allocate("10.96.0.7")
    Traceback (most recent call last):
    nodeportkit.kube.allocation.node_ports.Refused: provided IP is already allocated
    """

    def __init__(self, cidr: str | None = None, taken: Iterable[str] = (), *, seed: int | None = None) -> None:
        self._network = None if cidr is None else ipaddress.ip_network(cidr, strict=False)
        self._taken = {found for ip in taken if (found := address(ip)) is not None}
        self._random = random.Random(seed)

    def allocate(self, ip: str) -> None:
        """Give out the address that is asked for.

        Raises
        ------
        Refused
            If it is outside of the range, or taken.
        """
        wanted = address(ip)
        if wanted is None or (self._network is not None and wanted not in self._network):
            raise Refused("the provided network does not match the current range")
        if self._network is not None and not self._is_usable(int(wanted) - int(self._network.network_address)):
            words = f"the provided IP ({wanted}) is not in the valid range. The range of valid IPs is"
            raise Refused(f"{words} {self._network}")
        if wanted in self._taken:
            raise Refused("provided IP is already allocated")
        self._taken.add(wanted)

    def allocate_next(self) -> str:
        """Give out any address, from the upper band as long as there is one; "" where the range is unknown.

        Raises
        ------
        Refused
            If none is left.
        """
        if self._network is None:
            return ""
        size = min(self._network.num_addresses, _MOST)
        static = 0 if size <= _FEWEST_STATIC else min(max(size // _PART, _FEWEST_STATIC), _MOST_STATIC)
        for first, end in ((static, size), (0, static)):
            start = self._random.randrange(max(end - first, 1))
            for step in range(end - first):
                offset = first + (start + step) % (end - first)
                picked = self._network.network_address + offset
                if self._is_usable(offset) and picked not in self._taken:
                    self._taken.add(picked)
                    return str(picked)
        raise Refused("range is full")

    def release(self, ip: str) -> None:
        """Take an address back; nothing happens where it was not given out."""
        found: Address | None = address(ip)
        if found is not None:
            self._taken.discard(found)

    def _is_usable(self, offset: int) -> bool:
        """Whether the address is neither the network's own nor its broadcast address."""
        if self._network is None or self._network.num_addresses == 1:
            return True
        last = self._network.version == 4 and offset == self._network.num_addresses - 1
        return offset != 0 and not last
