"""The node that is dialled is switched off."""

from __future__ import annotations

from nodeportkit.playground.faults.site import Seen, Site

__all__ = ["plant"]


def plant(site: Site) -> Seen:
    """The node that is dialled is switched off; it is NotReady as soon as it has been silent for 40 seconds of its clock."""
    node = site.nodes[-1]["metadata"]["name"]
    site.mark(f"/api/v1/nodes/{node}", stopped="true")
    return Seen("timeout", node=node)
