"""The service is of type ClusterIP: no node port leads to it."""

from __future__ import annotations

from nodeportkit.playground.faults.site import Seen, Site

__all__ = ["plant"]


def plant(site: Site) -> Seen:
    """The service is of type ClusterIP: no node port leads to it."""
    site.change({"type": "ClusterIP"})
    return Seen("refused")
