"""Clients stay with their pods: few clients make an uneven load."""

from __future__ import annotations

from nodeportkit.playground.faults.site import Seen, Site

__all__ = ["plant"]


def plant(site: Site) -> Seen:
    """Clients stay with their pods: few clients make an uneven load."""
    site.change({"sessionAffinity": "ClientIP"})
    return Seen("uneven")
