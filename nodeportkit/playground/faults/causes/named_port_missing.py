"""The target port is a name that no container port has."""

from __future__ import annotations

from nodeportkit.playground.faults.site import Seen, Site

__all__ = ["plant"]


def plant(site: Site) -> Seen:
    """The target port is a name that no container port has."""
    site.change_port(targetPort="front-end")
    return Seen("refused")
