"""Whether a picture may say that there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodeportkit.standings import standing

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster

__all__ = ["pods_known"]


def pods_known(cluster: Cluster, service: str) -> bool:
    """Tell whether it was shown which pods are behind a service, be it that none is.

    Examples
    --------
    >>> from nodeportkit.cluster import Cluster
    >>> ports = {"namespace": ["shop"], "service": ["web"], "port": [80], "node_port": [30080]}
    >>> pods_known(Cluster(services={"namespace": ["shop"], "name": ["web"]}, ports=ports), "web")
    False
    """
    namespace, name = cluster.key(service)
    ends = cluster.endpoints
    mine = (ends["namespace"].eq(namespace) & ends["service"].eq(name)).fillna(False)
    return bool(mine.any()) or standing(cluster, f"{namespace}/{name}").whole is not None
