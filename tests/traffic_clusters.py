"""One service with its pods placed on nodes, for tests of how traffic spreads."""

import numpy as np

from nodeportkit.cluster import Cluster
from nodeportkit.kube.proxy_config import ProxyConfig

POD_RANGE = "10.244.0.0/16"


def placed(*pods, zones=None, hints=None, ready=True, terminating=False, nodes=None, config=None, **service):
    """A cluster whose node i holds pods[i] pods of the service shop/web."""
    count = len(pods) if nodes is None else nodes
    on = np.repeat(np.arange(len(pods)), pods)
    number = len(on)
    service = {
        "external_traffic_policy": "Cluster",
        "internal_traffic_policy": "Cluster",
        "type": "NodePort",
        **service,
    }
    return Cluster(
        nodes={
            "name": [f"node-{i}" for i in range(count)],
            "internal_ips": [[f"192.168.{1 + i // 250}.{2 + i % 250}"] for i in range(count)],
            "zone": zones or [None] * count,
        },
        services={
            "namespace": ["shop"],
            "name": ["web"],
            "cluster_ips": [["10.96.7.20"]],
            **{key: [value] for key, value in service.items()},
        },
        ports={
            "namespace": ["shop"],
            "service": ["web"],
            "port_name": [""],
            "protocol": ["TCP"],
            "port": [80],
            "node_port": [30080],
        },
        endpoints={
            "namespace": ["shop"] * number,
            "service": ["web"] * number,
            "port_name": [""] * number,
            "protocol": ["TCP"] * number,
            "address": [f"10.244.{i // 250}.{2 + i % 250}" for i in range(number)],
            "port": [8080] * number,
            "pod": [f"web-{i}" for i in range(number)],
            "node": [f"node-{i}" for i in on],
            "ready": [ready] * number if isinstance(ready, bool) else ready,
            "serving": [True] * number,
            "terminating": [terminating] * number if isinstance(terminating, bool) else terminating,
            "hints": hints or [{}] * number,
        },
        proxy=config or ProxyConfig(mode="iptables", cluster_cidrs=(POD_RANGE,)),
    )
