"""127.0.0.1 is dialled, and no tunnel leads from there to the cluster."""

from __future__ import annotations

from nodeportkit.playground.faults.site import Seen, Site

__all__ = ["plant"]


def plant(site: Site) -> Seen:  # noqa: ARG001 (every fault is given the service, and nothing is wrong with this one)
    """127.0.0.1 is dialled, and no tunnel leads from there to the cluster."""
    return Seen("refused", address="127.0.0.1")
