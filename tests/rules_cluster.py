"""One service on small clusters, for tests of what kube-proxy makes of it."""

from nodeportkit.cluster import Cluster
from nodeportkit.kube.proxy_config import ProxyConfig

NODE = "node-1"
POD_RANGE = "10.244.0.0/16"
PROXY = ProxyConfig(cluster_cidrs=(POD_RANGE, "fd00:244::/48"))


def one_service(
    *endpoints,
    name="ns1/svc1",
    port_name="p80",
    protocol="TCP",
    node_port=3001,
    cluster_ip="172.30.0.41",
    addresses=("192.168.0.2", "2001:db8::1"),
    proxy=PROXY,
    **service,
):
    """A cluster with one service; an endpoint is its address, or a dict of columns of the endpoints frame."""
    namespace, _, own = name.partition("/")
    rows = [e if isinstance(e, dict) else {"address": e} for e in endpoints]
    rows = [{"port": 80, "node": "node-2", "ready": True} | row for row in rows]
    columns = {key for row in rows for key in row}
    return Cluster(
        nodes={"name": [NODE, "node-2"], "internal_ips": [list(addresses), ["192.168.0.3"]], "zone": ["a", "b"]},
        services={
            "namespace": [namespace],
            "name": [own],
            "type": ["LoadBalancer"],
            "cluster_ips": [[cluster_ip]],
            **{key: [value] for key, value in service.items()},
        },
        ports={
            "namespace": [namespace],
            "service": [own],
            "port_name": [port_name],
            "protocol": [protocol],
            "port": [80],
            "node_port": [node_port],
        },
        endpoints={
            "namespace": [namespace] * len(rows),
            "service": [own] * len(rows),
            "port_name": [port_name] * len(rows),
            "protocol": [protocol] * len(rows),
            **{key: [row.get(key) for row in rows] for key in columns},
        },
        proxy=proxy,
    )


def here(address, **more):
    """An endpoint on the node that rules are written for."""
    return {"address": address, "node": NODE, **more}
