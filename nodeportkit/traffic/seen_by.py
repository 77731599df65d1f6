"""A cluster as the kube-proxy of one node sees it, in one IP family."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from nodeportkit.cluster import Cluster
from nodeportkit.errors import NodePortKitError, NotFound, nearest
from nodeportkit.kube.proxy_config import ProxyConfig
from nodeportkit.kube.rules.node import FamilyNode
from nodeportkit.kube.service_ports import Family, ServicePort, family_of, service_ports

__all__ = ["family_node", "seen_by"]


def seen_by(
    cluster: Cluster, node: str, family: Family, addresses: Sequence[str] | None = None
) -> tuple[FamilyNode, list[ServicePort]]:
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
    found = cluster.nodes[cluster.nodes["name"] == node]
    if found.empty:
        raise NotFound(f"There is no node {node!r} here", hint=nearest(node, cluster.nodes["name"].dropna()))
    row = found.iloc[0]
    zone = row["zone"] if isinstance(row["zone"], str) else None
    ports = service_ports(cluster.services, cluster.ports, cluster.endpoints, node=node, zone=zone, family=family)
    return family_node(row, family, cluster.proxy, addresses), ports


def family_node(
    row: Mapping[Any, Any] | pd.Series[Any], family: Family, config: ProxyConfig, addresses: Sequence[str] | None = None
) -> FamilyNode:
    """A row of the nodes frame as its own kube-proxy sees it; `addresses` as for `seen_by`."""
    internal = _own(row["internal_ips"], family)
    own = internal if addresses is None else _own(addresses, family)
    primary = next(iter((*internal, *_own(row["external_ips"], family), *own)), "")
    return FamilyNode(family, primary, own, config)


def _own(addresses: Any, family: Family) -> tuple[str, ...]:
    """The addresses of the family, in order, without the loopback address."""
    listed = () if isinstance(addresses, str) or not pd.api.types.is_list_like(addresses) else addresses
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
