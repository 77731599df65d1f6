"""The application answers with errors."""

from __future__ import annotations

from nodeportkit.playground.faults.site import Seen, Site

__all__ = ["plant"]


def plant(site: Site) -> Seen:
    """The application answers with errors."""
    site.annotate(error_rate="1")
    return Seen("http")
