"""Small clusters, made by hand."""

from typing import Any

from nodeportkit.cluster import Cluster


def cluster(
    *,
    selector: dict[str, str] | None = None,
    labels: dict[str, str] | None = None,
    nodes: int = 3,
    pods: int = 6,
    sick: tuple[int, ...] = (),
    ports: dict[str, list[Any]] | None = None,
    **service: Any,
) -> Cluster:
    """A cluster with one service shop/web of type NodePort, whose pods stand on its nodes in turn."""
    ports = ports or {
        "port": [80],
        "target_port": ["8080"],
        "node_port": [30080],
        "port_name": [""],
        "protocol": ["TCP"],
    }
    count = len(ports["port"])
    column = {
        "type": "NodePort", "cluster_ips": ["10.96.7.20"], "selector": {"app": "web"} if selector is None else selector,
        "external_traffic_policy": "Cluster",
    }  # fmt: skip
    return Cluster(
        nodes={
            "name": [f"node-{i + 1}" for i in range(nodes)],
            "internal_ips": [[f"192.168.1.{i + 1}"] for i in range(nodes)],
            "ready": [True] * nodes,
        },
        services={"namespace": ["shop"], "name": ["web"]} | {key: [value] for key, value in (column | service).items()},
        ports={"namespace": ["shop"] * count, "service": ["web"] * count} | ports,
        pods={
            "namespace": ["shop"] * pods,
            "name": [f"web-7d4b9c6f5-{i:05d}" for i in range(pods)],
            "node": [f"node-{i % nodes + 1}" if nodes else None for i in range(pods)],
            "ips": [[f"10.244.{i % max(nodes, 1)}.{i + 4}"] for i in range(pods)],
            "ready": [i not in sick for i in range(pods)],
            "status": ["CrashLoopBackOff" if i in sick else "Running" for i in range(pods)],
            "phase": ["Running"] * pods,
            "terminating": [False] * pods,
            "labels": [{"app": "web"} if labels is None else labels] * pods,
        },
    )
