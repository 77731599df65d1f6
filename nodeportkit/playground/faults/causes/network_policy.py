"""A NetworkPolicy admits nobody but pods of its own namespace."""

from __future__ import annotations

from nodeportkit.playground.faults.site import Seen, Site

__all__ = ["plant"]


def plant(site: Site) -> Seen:
    """A NetworkPolicy admits nobody but pods of its own namespace."""
    spec = {"podSelector": {"matchLabels": site.selector}, "ingress": [{"from": [{"podSelector": {}}]}]}
    metadata = {"name": f"{site.name}-from-within"}
    policy = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": spec}
    site.create("networkpolicies", policy)
    site.scale(1)  # a node is always let through to its own pods: another one is to be dialled
    (pod,) = site.await_pods(site.namespace, site.selector, 1)
    others = [node["metadata"]["name"] for node in site.nodes if node["metadata"]["name"] != pod["spec"]["nodeName"]]
    return Seen("timeout", node=others[0] if others else None)
