"""The service has no selector, and nobody writes its endpoints."""

from __future__ import annotations

from nodeportkit.playground.faults.site import Seen, Site

__all__ = ["plant"]


def plant(site: Site) -> Seen:
    """The service has no selector, and nobody writes its endpoints."""
    site.delete_service()
    site.create("services", site.new_service(selector=None))
    return Seen("refused")
