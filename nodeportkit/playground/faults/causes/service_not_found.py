"""The service was deleted."""

from __future__ import annotations

from nodeportkit.playground.faults.site import Seen, Site

__all__ = ["plant"]


def plant(site: Site) -> Seen:
    """The service was deleted."""
    site.delete_service()
    return Seen("refused")
