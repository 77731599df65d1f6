"""A node exchanges nothing with the others: what enters there and is meant for their pods is lost."""

from __future__ import annotations

from nodeportkit.errors import NodePortKitError
from nodeportkit.playground.faults.site import Seen, Site

__all__ = ["plant"]


def plant(site: Site) -> Seen:
    """A node exchanges nothing with the others: what enters there and is meant for their pods is lost."""
    site.scale(1)
    (pod,) = site.await_pods(site.namespace, site.selector, 1)
    others = [node["metadata"]["name"] for node in site.nodes if node["metadata"]["name"] != pod["spec"]["nodeName"]]
    if not others:
        raise NodePortKitError("the network between nodes cannot break where there is one", hint="Take more nodes.")
    site.mark(f"/api/v1/nodes/{others[0]}", isolated="true")
    return Seen("timeout", node=others[0])
