"""The target port is one on which the pods do not listen."""

from __future__ import annotations

from nodeportkit.playground.faults.site import Seen, Site

__all__ = ["plant"]


def plant(site: Site) -> Seen:
    """The target port is one on which the pods do not listen."""
    site.change_port(targetPort=8081)
    return Seen("refused")
