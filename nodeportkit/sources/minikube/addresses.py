"""Addresses and URLs as minikube prints them."""

from __future__ import annotations

import ipaddress
import re
from typing import Final, NamedTuple

__all__ = ["Place", "is_address", "node_port", "parse_url"]

# With `--format` a person may leave out the scheme.
_URL: Final = re.compile(
    r"(?:[a-z][a-z0-9+.-]{0,30}://)?(\[[0-9a-fA-F:.%]{2,60}\]|[A-Za-z0-9._-]{1,253}):(\d{1,5})(?:/\S*)?"
)


class Place(NamedTuple):
    """Where a URL leads: address or host name, and port."""

    address: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether it is the machine that minikube was called on, as with a tunnel: its port is no node port."""
        if self.address == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.address).is_loopback
        except ValueError:
            return False


def parse_url(text: str) -> Place | None:
    """Where a URL with a port leads, or None if the text is none.

    Examples
    --------
    >>> parse_url("http://192.168.49.2:30008"), parse_url("No node port")
    (Place(address='192.168.49.2', port=30008), None)
    """
    found = _URL.fullmatch(text)
    if not found or not 1 <= int(found[2]) <= 65535:
        return None
    return Place(found[1].strip("[]"), int(found[2]))


def node_port(url: str) -> int | None:
    """The node port that a URL names, None where it names none or leads into a tunnel."""
    place = parse_url(url)
    return None if place is None or place.is_loopback else place.port


def is_address(text: str) -> bool:
    """Whether a text is an IP address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
