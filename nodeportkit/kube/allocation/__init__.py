"""What the API server gives out: node ports and cluster IPs, each number once."""

from nodeportkit.kube.allocation.bands import node_port_bands
from nodeportkit.kube.allocation.cluster_ips import ClusterIPAllocator
from nodeportkit.kube.allocation.node_ports import NodePortAllocator
from nodeportkit.kube.allocation.requests import Allocators, admit_create, admit_update, release

__all__ = [
    "Allocators",
    "ClusterIPAllocator",
    "NodePortAllocator",
    "admit_create",
    "admit_update",
    "node_port_bands",
    "release",
]
