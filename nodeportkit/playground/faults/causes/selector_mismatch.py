"""The selector asks for a label that the pods do not have: the article's own fault."""

from __future__ import annotations

from nodeportkit.playground.faults.site import Seen, Site

__all__ = ["plant"]


def plant(site: Site) -> Seen:
    """The selector asks for a label that the pods do not have: the article's own fault."""
    site.change({"selector": {**site.selector, "type": "front-end"}})
    return Seen("refused")
