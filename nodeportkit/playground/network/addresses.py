"""Loopback addresses that stand for those of a cluster, and back.

All of 127.0.0.0/8 may be bound and dialled without root on Linux. The rules of kube-proxy treat that range in their own way,
so decisions are made with the addresses that a real cluster would have.
"""

from __future__ import annotations

from typing import Final

__all__ = ["CLUSTER_CIDR", "SERVICE_CIDR", "as_loopback", "as_real"]

CLUSTER_CIDR: Final = "10.244.0.0/16"
SERVICE_CIDR: Final = "10.96.0.0/16"
_OUTSIDE: Final = "203.0.113.1"  # any client that is none of the cluster's (RFC 5737)
_REAL: Final = {"127.168.": "192.168.", "127.244.": "10.244.", "127.96.": "10.96."}


def as_real(address: str) -> str:
    """The address of a cluster that a loopback address stands for; a client of no cluster for any other.

    Examples
    --------
    >>> as_real("127.168.1.2"), as_real("127.0.0.1")
    ('192.168.1.2', '203.0.113.1')
    """
    for prefix, real in _REAL.items():
        if address.startswith(prefix):
            return real + address.removeprefix(prefix)
    return _OUTSIDE


def as_loopback(address: str) -> str:
    """The loopback address that stands for one of a cluster; others come back as they are.

    Examples
    --------
    >>> as_loopback("10.244.1.2")
    '127.244.1.2'
    """
    for prefix, real in _REAL.items():
        if address.startswith(real):
            return prefix + address.removeprefix(real)
    return address
