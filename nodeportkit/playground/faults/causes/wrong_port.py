"""The node port has changed, and clients go on dialling the old one."""

from __future__ import annotations

from nodeportkit.errors import NodePortKitError
from nodeportkit.playground.faults.site import Seen, Site

__all__ = ["plant"]


def plant(site: Site) -> Seen:
    """The node port has changed, and clients go on dialling the old one."""
    before = site.node_port
    if before is None:
        raise NodePortKitError(f"{site.namespace}/{site.name} has no node port", hint="Give it the type NodePort.")
    # A number of nobody's: the API server gives one out when it is asked for none.
    site.create("services", site.new_service("elsewhere", ports=[{"port": 80}]))
    free = site.call("GET", f"/api/v1/namespaces/{site.namespace}/services/elsewhere")["spec"]["ports"][0]["nodePort"]
    site.call("DELETE", f"/api/v1/namespaces/{site.namespace}/services/elsewhere")
    site.change_port(nodePort=free)
    return Seen("refused", port=before)
