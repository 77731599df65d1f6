"""An EndpointSlice that was written by hand lists an address where no pod is any more."""

from __future__ import annotations

from nodeportkit.playground.faults.site import Seen, Site

__all__ = ["plant"]


def plant(site: Site) -> Seen:
    """EndpointSlices that were written by hand list addresses where no pod is any more: most connections are refused."""
    port = site.service["spec"]["ports"][0]
    pod = site.pods[0]
    around = pod["status"]["podIP"].rpartition(".")[0]
    ends = [{"addresses": [f"{around}.{last}"], "conditions": {"ready": True}} for last in range(200, 230)]
    labels = {"kubernetes.io/service-name": site.name, "endpointslice.kubernetes.io/managed-by": "by-hand"}
    target = port.get("targetPort")
    ports = [{"name": port.get("name", ""), "port": target if isinstance(target, int) else 80, "protocol": "TCP"}]
    metadata = {"name": f"{site.name}-by-hand", "labels": labels}
    slices = {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": metadata}
    site.create("endpointslices", {**slices, "addressType": "IPv4", "endpoints": ends, "ports": ports})
    return Seen("refused")
