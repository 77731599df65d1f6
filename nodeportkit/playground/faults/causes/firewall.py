"""A firewall before the nodes drops what comes from outside."""

from __future__ import annotations

from nodeportkit.playground.faults.site import Seen, Site

__all__ = ["plant"]


def plant(site: Site) -> Seen:
    """A firewall before the nodes drops what comes from outside."""
    for node in site.nodes:
        site.mark(f"/api/v1/nodes/{node['metadata']['name']}", firewall="true")
    return Seen("timeout")
