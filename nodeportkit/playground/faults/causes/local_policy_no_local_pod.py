"""Under externalTrafficPolicy Local, a node without a pod of the service drops connections."""

from __future__ import annotations

from nodeportkit.playground.faults.site import Seen, Site

__all__ = ["plant"]


def plant(site: Site) -> Seen:
    """Under externalTrafficPolicy Local, a node without a pod of the service drops connections."""
    site.scale(1)
    (pod,) = site.await_pods(site.namespace, site.selector, 1)
    site.change({"externalTrafficPolicy": "Local"})
    others = [node["metadata"]["name"] for node in site.nodes if node["metadata"]["name"] != pod["spec"]["nodeName"]]
    return Seen("timeout", node=others[0] if others else None)
