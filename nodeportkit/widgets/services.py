"""The services that a widget can offer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodeportkit.errors import NodePortKitError

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster

__all__ = ["node_port_services"]


def node_port_services(cluster: Cluster) -> list[str]:
    """The services that have a node port, as `namespace/name`.

    Raises
    ------
    NodePortKitError
        If there is none.

    Examples
    --------
    >>> from nodeportkit.cluster import Cluster
    >>> ports = {"namespace": ["shop"], "service": ["web"], "port": [80], "node_port": [30080]}
    >>> node_port_services(Cluster(services={"namespace": ["shop"], "name": ["web"]}, ports=ports))
    ['shop/web']
    """
    ports = cluster.ports
    opened = ports[ports["node_port"].notna().to_numpy(dtype=bool)]
    keys = (opened["namespace"] + "/" + opened["service"]).dropna().unique()
    if not len(keys):
        raise NodePortKitError(
            "no service here has a node port",
            hint="Paste what `kubectl get services,pods,nodes -A -o wide --show-labels` prints into nodeportkit.read(...).",
        )
    return [str(key) for key in keys]
