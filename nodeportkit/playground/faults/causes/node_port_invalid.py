"""The service asks for a node port that another service has, and is not created."""

from __future__ import annotations

import contextlib

from nodeportkit.errors import NodePortKitError
from nodeportkit.playground.faults.site import Seen, Site

__all__ = ["plant"]


def plant(site: Site) -> Seen:
    """The service asks for a node port that another service has, and is not created."""
    site.delete_service()
    site.create("services", site.new_service("first", selector={"app": "another"}))
    wanted = site.new_service()
    with contextlib.suppress(NodePortKitError):  # the API server's refusal
        site.create("services", wanted)
    return Seen("refused", manifest=wanted)
