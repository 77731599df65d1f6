"""Clusters that run: their frames read from the API server, once, or kept as they are now."""

from nodeportkit.live.cluster import LiveCluster, connect
from nodeportkit.live.watching import Watch

__all__ = ["LiveCluster", "Watch", "connect"]
