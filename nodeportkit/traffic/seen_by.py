"""A cluster as the kube-proxy of one node sees it, in one IP family."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, Final

import pandas as pd

from nodeportkit.cluster import Cluster
from nodeportkit.errors import NodePortKitError, NotFound, nearest
from nodeportkit.kube.columns import cell_lists
from nodeportkit.kube.port_endpoints import EndpointColumns
from nodeportkit.kube.proxy_config import ProxyConfig
from nodeportkit.kube.rules.node import FamilyNode
from nodeportkit.kube.service_catalog import ServiceCatalog, ServiceView
from nodeportkit.kube.service_ports import PORT, SERVICE, Family, family_of

__all__ = ["NODE", "ProxyViews", "family_node", "seen_by"]

_EVERY_NODES: Final = ("127.0.0.1", "::1")
_KEPT: Final = 64  # nodes whose choice of endpoints is kept in mind
# The columns of nodes that the way of a packet depends on.
NODE: Final = (
    "name",
    "zone",
    "ready",
    "internal_ips",
    "external_ips",
)


class ProxyViews:
    """A cluster as the kube-proxy of each of its nodes sees it: what they have in common is read once."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._catalogs: dict[Family, ServiceCatalog] = {}
        self._at = lru_cache(maxsize=_KEPT)(self._look)

    def at(self, node: str, family: Family, addresses: Sequence[str] | None = None) -> tuple[FamilyNode, ServiceView]:
        """What `seen_by` gives."""
        return self._at(node, family, None if addresses is None else tuple(addresses))

    @cached_property
    def _nodes(self) -> dict[str, dict[str, Any]]:
        rows = cell_lists(self._cluster.nodes, NODE)
        return {row["name"]: row for row in reversed(rows)}  # of two nodes of a name the first

    def _look(self, node: str, family: Family, addresses: tuple[str, ...] | None) -> tuple[FamilyNode, ServiceView]:
        row = self._nodes.get(node)
        if row is None:
            raise NotFound(f"There is no node {node!r} here", hint=nearest(node, self._cluster.nodes["name"].dropna()))
        view = self._catalog(family).seen_from(node, row["zone"])
        return family_node(row, family, self._cluster.proxy, addresses), view

    def _catalog(self, family: Family) -> ServiceCatalog:
        if family not in self._catalogs:
            services, ports = cell_lists(self._cluster.services, SERVICE), cell_lists(self._cluster.ports, PORT)
            endpoints = EndpointColumns(self._cluster.endpoints)
            self._catalogs[family] = ServiceCatalog(services, ports, endpoints, family)
        return self._catalogs[family]


def seen_by(
    cluster: Cluster, node: str, family: Family, addresses: Sequence[str] | None = None
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

    Raises
    ------
    NotFound
        If there is no node of that name.
    """
    return ProxyViews(cluster).at(node, family, addresses)


def family_node(
    row: Mapping[str, Any], family: Family, config: ProxyConfig, addresses: Sequence[str] | None = None
) -> FamilyNode:
    """A node, given by the columns `NODE` of its row, as its own kube-proxy sees it; `addresses` as for `seen_by`."""
    internal = _own(row["internal_ips"], family)
    own = internal if addresses is None else _own(addresses, family)
    primary = next(iter((*internal, *_own(row["external_ips"], family), *own)), "")
    return FamilyNode(family, primary, own, config)


def _own(addresses: Any, family: Family) -> tuple[str, ...]:
    """The addresses of the family, in order, without the loopback address that every node has.

    Nodes of a playground have others of 127.0.0.0/8, each its own.
    """
    listed = addresses if pd.api.types.is_list_like(addresses) else ()
    found = []
    for text in listed:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            hint = "Give addresses like 192.168.1.2."
            raise NodePortKitError(f"{text!r} is no IP address of a node", hint=hint) from None
        if family_of(str(address)) == family and str(address) not in _EVERY_NODES:
            found.append(str(address))
    return tuple(dict.fromkeys(found))
