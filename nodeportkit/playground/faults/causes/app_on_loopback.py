"""The application listens on 127.0.0.1 inside its pod."""

from __future__ import annotations

from nodeportkit.playground.faults.site import Seen, Site

__all__ = ["plant"]


def plant(site: Site) -> Seen:
    """The application listens on 127.0.0.1 inside its pod."""
    site.annotate(listen="127.0.0.1")
    return Seen("refused")
