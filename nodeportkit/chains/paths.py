"""The ways of a packet through one service: node -> service -> pod, a row a path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from nodeportkit.chains.pairing import join
from nodeportkit.errors import NotFound, nearest
from nodeportkit.frames import STRING
from nodeportkit.kube.routing import Policy, usable

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster

__all__ = ["chain", "select_port"]

_COLUMNS: Final = [
    "namespace",
    "service",
    "port_name",
    "protocol",
    "node",
    "node_ip",
    "node_port",
    "cluster_ip",
    "port",
    "target_port",
    "pod",
    "pod_ip",
    "pod_node",
    "pod_port",
    "ready",
    "hop",
    "share",
]


def chain(cluster: Cluster, service: str, port: int | str | None = None, *, node: str | None = None) -> pd.DataFrame:
    """The ways of a packet through one service: from each node's port over the service to each pod.

    The frame has as many rows as nodes times endpoints of this one service; on thousands of nodes, ask for one `node`.

    Parameters
    ----------
    cluster
        The cluster.
    service
        `"name"` or `"namespace/name"`.
    port
        Only this port of the service: its name, its number, or its node port.
    node
        Only connections that enter at this node.

    Returns
    -------
    DataFrame
        - namespace, service, port_name, protocol, node_port, port, target_port: the service port
        - node, node_ip: the node that a connection enters at; missing if no nodes are known
        - cluster_ip, node_ip, pod_ip: of one IP family
        - pod, pod_ip, pod_node, pod_port, ready: the endpoint; missing where the service port has none
        - hop: `same-node` or `cross-node`; missing if a node is not known
        - share: the fraction (0 to 1) of the new connections entering at this node by this node port that the pod gets.
          Missing where there is no node port or no pod, and where what was shown does not tell it: where the readiness of a
          pod is unknown, or, under external traffic policy Local, its node.

    Raises
    ------
    NotFound
        If there is no such service, port or node.

    Examples
    --------
    >>> from nodeportkit.cluster import Cluster
    >>> cluster = Cluster(
    ...     nodes={"name": ["node-1", "node-2"], "internal_ips": [["192.168.1.2"], ["192.168.1.3"]]},
    ...     services={
    ...         "namespace": ["shop"],
    ...         "name": ["web"],
    ...         "selector": [{"app": "web"}],
    ...         "cluster_ips": [["10.96.7.20"]],
    ...         "external_traffic_policy": ["Cluster"],
    ...     },
    ...     ports={
    ...         "namespace": ["shop"],
    ...         "service": ["web"],
    ...         "port": [80],
    ...         "target_port": ["8080"],
    ...         "node_port": [30080],
    ...     },
    ...     pods={
    ...         "namespace": ["shop"],
    ...         "name": ["web-0"],
    ...         "node": ["node-2"],
    ...         "ips": [["10.1.0.4"]],
    ...         "ready": [True],
    ...         "terminating": [False],
    ...         "labels": [{"app": "web"}],
    ...     },
    ... )
    >>> chain(cluster, "web")[["node", "node_ip", "node_port", "port", "pod", "pod_port", "hop", "share"]]
         node      node_ip  node_port  port    pod  pod_port         hop  share
    0  node-1  192.168.1.2      30080    80  web-0      8080  cross-node    1.0
    1  node-2  192.168.1.3      30080    80  web-0      8080   same-node    1.0
    """
    namespace, name = cluster.key(service)
    services = cluster.services
    row = services[(services["namespace"] == namespace) & (services["name"] == name)].iloc[0]
    ports = _of(cluster.ports, namespace, name).reset_index(drop=True)
    chosen = select_port(ports, port, service).index
    if ports.empty:  # an ExternalName service, say
        ports = pd.DataFrame({"namespace": [namespace], "service": [name]}).reindex(columns=ports.columns)
        ports = ports.astype(cluster.ports.dtypes)
        chosen = ports.index
    paths = join(ports, _of(cluster.endpoints, namespace, name))
    paths = paths[paths["at"].isin(chosen)]
    nodes = _entry_nodes(cluster.nodes, node)
    parts = [_paths(ends, nodes, row) for ends in _by_family(paths)]
    return pd.concat(parts, ignore_index=True)[_COLUMNS]


def select_port(ports: pd.DataFrame, port: int | str | None, service: str) -> pd.DataFrame:
    """The rows of `ports`, the ports of one service, that have this name, number or, if none has, node port.

    Raises
    ------
    NotFound
        If none has.
    """
    if port is None:
        return ports
    number = int(port) if str(port).isdecimal() else -1
    for column, value in (("port_name", str(port)), ("port", number), ("node_port", number)):
        found = ports[ports[column].eq(value).fillna(False).to_numpy(dtype=bool)]
        if len(found):
            return found
    known = [
        str(value) for column in ("port_name", "port", "node_port") for value in ports[column].dropna() if value != ""
    ]
    raise NotFound(f"Service {service!r} has no port {port!r}", hint=nearest(str(port), known))


def _of(frame: pd.DataFrame, namespace: str, service: str) -> pd.DataFrame:
    mine = frame["namespace"].eq(namespace) & frame["service"].eq(service)
    return frame[mine.fillna(False).to_numpy(dtype=bool)]


def _by_family(paths: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The links of each service port, those of one IP family together: they share the connections of that family."""
    for _, ends in paths.groupby("at", sort=False):
        family = ends["pod_ip"].map(_family, na_action="ignore")
        if family.nunique() < 2:  # then those whose address was not shown are of it too
            yield ends
        else:
            yield from (part for _, part in ends.groupby(family, dropna=False, sort=False))


def _entry_nodes(nodes: pd.DataFrame, node: str | None) -> pd.DataFrame:
    """The nodes asked for; one nameless node where none are known."""
    if node is not None:
        found = nodes[nodes["name"].eq(node).fillna(False).to_numpy(dtype=bool)]
        if found.empty:
            raise NotFound(f"There is no node {node!r} here", hint=nearest(node, nodes["name"].dropna()))
        return found
    return nodes if len(nodes) else nodes.reindex([0])


def _paths(ends: pd.DataFrame, nodes: pd.DataFrame, service: pd.Series[Any]) -> pd.DataFrame:
    """The paths from each node to the endpoints of one service port in one IP family."""
    known = ends["pod_ip"].dropna()
    family = _family(known.iloc[0]) if len(known) else None
    at_node = np.repeat(np.arange(len(nodes)), len(ends))
    paths = ends.take(np.tile(np.arange(len(ends)), len(nodes))).reset_index(drop=True)
    paths["node"] = nodes["name"].array.take(at_node)
    ips = [_first_ip(row, family) for row in zip(nodes["internal_ips"], nodes["external_ips"], strict=True)]
    paths["node_ip"] = pd.array(ips, dtype=STRING).take(at_node)
    paths["cluster_ip"] = pd.array([_first_ip([service["cluster_ips"]], family)] * len(paths), dtype=STRING)
    hop = paths["node"].eq(paths["pod_node"]).map({True: "same-node", False: "cross-node"}, na_action="ignore")
    paths["hop"] = hop.astype(STRING)
    share = _shares(ends, nodes, service).ravel()
    paths["share"] = pd.arrays.FloatingArray(share, np.isnan(share))
    return paths


def _shares(ends: pd.DataFrame, nodes: pd.DataFrame, service: pd.Series[Any]) -> npt.NDArray[np.float64]:
    """For each node (row) and endpoint (column) its share, not a number where it is unknown."""
    unknown = np.full((len(nodes), len(ends)), np.nan)
    if not ends["linked"].all() or ends["node_port"].isna().any() or ends["ready"].isna().any():
        return unknown
    if (ends["vague"] & ends["pod_ip"].isna() & ends["pod"].isna()).any():  # then nobody knows how many there are
        return unknown
    if pd.notna(service["traffic_distribution"]) and ends["hints"].isna().any():
        return unknown
    policy = service["external_traffic_policy"]
    if pd.isna(policy):
        # If it was not shown, the share is known where both give the same.
        one, other = (_share(ends, nodes, each) for each in ("Cluster", "Local"))
        return np.where(one == other, one, np.nan) if one is not None and other is not None else unknown
    share = _share(ends, nodes, policy)
    return unknown if share is None else share


def _share(ends: pd.DataFrame, nodes: pd.DataFrame, policy: str) -> npt.NDArray[np.float64] | None:
    """The same under a policy; None where it takes nodes that were not shown."""
    if policy == "Local" and (ends["pod_node"].isna().any() or nodes["name"].isna().any()):
        return None
    takes = usable(ends.rename(columns={"pod_node": "node"}), nodes, cast(Policy, policy))
    share: npt.NDArray[np.float64] = takes / np.maximum(takes.sum(axis=1, keepdims=True), 1)
    return share


def _first_ip(lists: Any, family: str | None) -> Any:
    """The first address of a family; any if the family is not known."""
    known = [ip for ips in lists if isinstance(ips, list) for ip in ips]
    return next((ip for ip in known if family is None or ip == "None" or _family(ip) == family), pd.NA)


def _family(ip: str) -> str:
    return "IPv6" if ":" in ip else "IPv4"
