"""A cluster as the kube-proxy of one node sees it, in one IP family."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from nodeportkit.cluster import Cluster
from nodeportkit.errors import NodePortKitError, NotFound, nearest
from nodeportkit.kube.columns import cell_lists, rows_of
from nodeportkit.kube.port_endpoints import EndpointColumns
from nodeportkit.kube.proxy_config import ProxyConfig
from nodeportkit.kube.rules.node import FamilyNode
from nodeportkit.kube.service_catalog import ServiceCatalog, ServiceView
from nodeportkit.kube.service_ports import PORT, SERVICE, Family, family_of

__all__ = ["NODE", "catalog", "family_node", "seen_by"]

NODE: Final = (
    "name",
    "zone",
    "ready",
    "internal_ips",
    "external_ips",
)  # the columns of nodes that kube-proxy's way depends on


def catalog(cluster: Cluster, family: Family) -> ServiceCatalog:
    """Every service port of a cluster in an IP family, read once for all nodes."""
    services, ports = cell_lists(cluster.services, SERVICE), cell_lists(cluster.ports, PORT)
    return ServiceCatalog(services, ports, EndpointColumns(cluster.endpoints), family)


def seen_by(
    cluster: Cluster,
    node: str,
    family: Family,
    addresses: Sequence[str] | None = None,
    *,
    known: ServiceCatalog | None = None,
) -> tuple[FamilyNode, ServiceView]:
    """The node, and every service port as its kube-proxy sees it.

    Parameters
    ----------
    cluster
        Services, ports, endpoints and nodes.
    node
        The name of the node.
    family
        `IPv4` or `IPv6`.
    addresses
        The addresses of the node's interfaces. Without them its internal addresses: external ones are mostly on no
        interface, but exchanged on the way.
    known
        The `catalog` of the cluster in this family, where several nodes are asked about.

    Raises
    ------
    NotFound
        If there is no node of that name.
    """
    found = rows_of(cluster.nodes, name=node)
    if not len(found):
        raise NotFound(f"There is no node {node!r} here", hint=nearest(node, cluster.nodes["name"].dropna()))
    [row] = cell_lists(cluster.nodes, NODE, found[:1])
    known = known or catalog(cluster, family)
    return family_node(row, family, cluster.proxy, addresses), known.seen_from(node, row["zone"])


def family_node(
    row: Mapping[str, Any], family: Family, config: ProxyConfig, addresses: Sequence[str] | None = None
) -> FamilyNode:
    """A node, given by the columns `NODE` of its row, as its own kube-proxy sees it; `addresses` as for `seen_by`."""
    internal = _own(row["internal_ips"], family)
    own = internal if addresses is None else _own(addresses, family)
    primary = next(iter((*internal, *_own(row["external_ips"], family), *own)), "")
    return FamilyNode(family, primary, own, config)


def _own(addresses: Any, family: Family) -> tuple[str, ...]:
    """The addresses of the family, in order, without the loopback address."""
    listed = addresses if pd.api.types.is_list_like(addresses) else ()
    found = []
    for text in listed:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            hint = "Give addresses like 192.168.1.2."
            raise NodePortKitError(f"{text!r} is no IP address of a node", hint=hint) from None
        if family_of(str(address)) == family and not address.is_loopback:
            found.append(str(address))
    return tuple(dict.fromkeys(found))
