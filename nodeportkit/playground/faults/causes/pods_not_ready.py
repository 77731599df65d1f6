"""The readiness probes of the pods fail."""

from __future__ import annotations

from nodeportkit.playground.faults.site import Seen, Site

__all__ = ["plant"]


def plant(site: Site) -> Seen:
    """The readiness probes of the pods fail."""
    site.annotate(ready="false")
    return Seen("refused")
