"""There is no pod."""

from __future__ import annotations

from nodeportkit.playground.faults.site import Seen, Site

__all__ = ["plant"]


def plant(site: Site) -> Seen:
    """There is no pod."""
    site.scale(0)
    return Seen("refused")
