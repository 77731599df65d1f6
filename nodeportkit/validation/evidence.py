"""What a cluster holds already: its node ports and cluster IPs, and the service of a name."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from nodeportkit.cluster import Cluster
from nodeportkit.kube.allocation import Allocators, ClusterIPAllocator, NodePortAllocator
from nodeportkit.kube.validation import KINDS
from nodeportkit.kube.validation.addresses import family

__all__ = ["Evidence"]

_FIELDS: Final = {
    "type": "type",
    "cluster_ips": "clusterIPs",
    "ip_families": "ipFamilies",
    "ip_family_policy": "ipFamilyPolicy",
    "external_traffic_policy": "externalTrafficPolicy",
    "health_check_node_port": "healthCheckNodePort",
    "allocate_node_ports": "allocateLoadBalancerNodePorts",
    "load_balancer_class": "loadBalancerClass",
    "external_name": "externalName",
    "external_ips": "externalIPs",
    "selector": "selector",
}
# Which frame tells of a kind, and the column of its names; nothing tells of ConfigMaps, Secrets, ServiceAccounts.
_FRAMES: Final = {
    "EndpointSlice": ("endpoints", "slice"),
    "Endpoints": ("endpoints", "service"),
    "Ingress": ("backends", "ingress"),
    "Namespace": ("namespaces", "name"),
    "NetworkPolicy": ("policies", "name"),
    "Node": ("nodes", "name"),
    "Pod": ("pods", "name"),
    "Service": ("services", "name"),
    **dict.fromkeys(("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"), ("workloads", "name")),
}
_PORT_FIELDS: Final = {"port_name": "name", "protocol": "protocol", "port": "port", "node_port": "nodePort"}


class Evidence:
    """What a cluster holds; nothing is known without one."""

    def __init__(self, cluster: Cluster | None) -> None:
        self._cluster = cluster
        self._holders = {} if cluster is None else _holders(cluster)
        self.allocators = _allocators(cluster, self._holders)

    def holder(self, value: int | str) -> str | None:
        """The service, as `namespace/name`, that has a node port or a cluster IP."""
        return self._holders.get(value)

    def add(self, service: dict[str, Any], name: str) -> None:
        """Remember what a service of the manifest was given."""
        spec = service["spec"]
        numbers = [port.get("nodePort") for port in spec.get("ports") or ()]
        for value in (*numbers, spec.get("healthCheckNodePort"), *(spec.get("clusterIPs") or ())):
            if value:
                self._holders.setdefault(value, name)

    def existing(self, kind: str, namespace: str, name: str) -> dict[str, Any] | None:
        """What there is of that name, as far as the cluster tells; None where there is nothing.

        But for Services no more is known than that it is there, and the selector of a workload.
        """
        if self._cluster is None or kind not in _FRAMES:
            return None
        table, column = _FRAMES[kind]
        frame = getattr(self._cluster, table)
        found = frame[frame[column] == name]
        found = found[found["namespace"] == namespace] if KINDS[kind].namespaced else found
        found = found[found["kind"] == kind] if table == "workloads" else found
        if found.empty:
            return None
        row = found.iloc[0]
        spec = self._service(row) if kind == "Service" else {}
        if table == "workloads" and isinstance(row["selector"], dict):
            spec = {"selector": row["selector"]}
        return {"kind": kind, "metadata": {"namespace": namespace, "name": name}, "spec": spec}

    def _service(self, row: pd.Series[Any]) -> dict[str, Any]:
        ports = self._cluster.ports if self._cluster else pd.DataFrame()
        own = ports[(ports["namespace"] == row["namespace"]) & (ports["service"] == row["name"])]
        return {**_told(row, _FIELDS), "ports": [_port(port) for _, port in own.iterrows()]}


def _port(row: pd.Series[Any]) -> dict[str, Any]:
    port = _told(row, _PORT_FIELDS)
    target = row["target_port"]
    if not pd.isna(target):
        port["targetPort"] = int(target) if str(target).isdecimal() else str(target)
    return port


def _told(row: pd.Series[Any], fields: dict[str, str]) -> dict[str, Any]:
    """The cells of a row that are known, as fields of the API."""
    cells = {field: row[column] for column, field in fields.items()}
    known = {field: cell for field, cell in cells.items() if isinstance(cell, list | dict) or not pd.isna(cell)}
    return {field: int(cell) if _is_number(cell) else cell for field, cell in known.items()}


def _is_number(cell: Any) -> bool:
    return pd.api.types.is_integer(cell) and not isinstance(cell, bool)


def _holders(cluster: Cluster) -> dict[int | str, str]:
    """Who has each node port and each cluster IP."""
    ports = cluster.ports.dropna(subset=["node_port"])
    named = ports["namespace"].fillna("?").str.cat(ports["service"], sep="/")
    holders: dict[int | str, str] = dict(zip(ports["node_port"].astype(int), named, strict=True))
    services = cluster.services
    names = services["namespace"].fillna("?").str.cat(services["name"], sep="/")
    checked = services["health_check_node_port"].fillna(0).astype(int)
    holders |= {port: name for port, name in zip(checked, names, strict=True) if port}
    for ips, name in zip(services["cluster_ips"], names, strict=True):
        if isinstance(ips, list):
            holders |= {ip: name for ip in ips if ip != "None"}
    return holders


def _allocators(cluster: Cluster | None, holders: dict[int | str, str]) -> Allocators:
    taken = [value for value in holders if isinstance(value, int)]
    addresses = [value for value in holders if isinstance(value, str)]
    ranges = dict.fromkeys(("IPv4", "IPv6"), None) if cluster is None else _ranges(cluster)
    node_ports = "30000-32767" if cluster is None else cluster.proxy.node_port_range
    return Allocators(
        NodePortAllocator(node_ports, taken, seed=0),
        {
            one: ClusterIPAllocator(cidr, [ip for ip in addresses if family(ip) == one], seed=0)
            for one, cidr in ranges.items()
        },
    )


def _ranges(cluster: Cluster) -> dict[str, str | None]:
    """The range of each family; without settings both families may be there, in ranges that nobody knows."""
    told = cluster.proxy.service_cidrs
    if told:
        return {str(family(cidr.partition("/")[0])): cidr for cidr in told}
    return {"IPv4": None, "IPv6": None}
