"""Who can dial what: the clients, service ports and addresses that a packet's way can be followed for."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from nodeportkit.errors import NodePortKitError

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster

__all__ = ["Client", "Dialled", "PortSeen", "clients", "destinations", "service_ports"]

# A stand-in for anybody outside: addresses reserved for documentation (RFC 5737, RFC 3849).
_OUTSIDE: Final = ("203.0.113.9", "2001:db8:ffff::9")
_MOST_PODS: Final = 200


@dataclass(frozen=True, slots=True)
class Client:
    """Who dials: its words, its addresses, and the node that it runs on ("" outside of the cluster)."""

    label: str
    addresses: tuple[str, ...]
    node: str = ""
    is_node: bool = False

    def source(self, version: int) -> str:
        """Its address of an IP version."""
        found = next((text for text in self.addresses if _version(text) == version), None)
        if found is None:
            raise NodePortKitError(
                f"{self.label} has no IPv{version} address", hint="Choose another client or another address to dial."
            )
        return found


@dataclass(frozen=True, slots=True)
class PortSeen:
    """A service port: its words, protocol and numbers, and the addresses of its service, each with what it is."""

    label: str
    protocol: str
    port: int
    node_port: int | None
    addresses: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Dialled:
    """An address that can be dialled, the port that goes with it, and the node it belongs to ("" for a service's address)."""

    label: str
    address: str
    port: int
    node: str = ""


def clients(cluster: Cluster) -> list[Client]:
    """Somebody outside, then pods, then nodes; of very many pods the first ones."""
    found = [Client(f"outside ({_OUTSIDE[0]})", _OUTSIDE)]
    pods = cluster.pods[["namespace", "name", "ips", "node"]].head(_MOST_PODS)
    for row in pods.to_dict("records"):
        if isinstance(row["node"], str) and (addresses := _addresses(row["ips"])):
            found.append(Client(f"pod {row['namespace']}/{row['name']} ({addresses[0]})", addresses, row["node"]))
    for row in cluster.nodes[["name", "internal_ips"]].to_dict("records"):
        if addresses := _addresses(row["internal_ips"]):
            found.append(Client(f"node {row['name']} ({addresses[0]})", addresses, str(row["name"]), is_node=True))
    return found


def service_ports(cluster: Cluster) -> list[PortSeen]:
    """The ports of all services that kube-proxy knows, those with a node port first.

    Raises
    ------
    NodePortKitError
        If there is none.
    """
    services = cluster.services.drop_duplicates(["namespace", "name"]).set_index(["namespace", "name"])
    found = []
    for row in cluster.ports.to_dict("records"):
        key = (row["namespace"], row["service"])
        if pd.isna(row["port"]) or key not in services.index:
            continue
        protocol = row["protocol"] if isinstance(row["protocol"], str) else "TCP"
        node_port = None if pd.isna(row["node_port"]) else int(row["node_port"])
        numbers = f"{row['port']}{'' if node_port is None else f':{node_port}'}/{protocol}"
        name = f" {row['port_name']}" if isinstance(row["port_name"], str) and row["port_name"] else ""
        own = tuple(_own(services.loc[key]))
        if own or node_port is not None:
            found.append(PortSeen(f"{key[0]}/{key[1]}{name} {numbers}", protocol, int(row["port"]), node_port, own))
    if not found:
        raise NodePortKitError(
            "no service here has an address or a node port",
            hint="Paste what `kubectl get services,pods,nodes -A -o wide --show-labels` prints into nodeportkit.read(...).",
        )
    return sorted(found, key=lambda port: port.node_port is None)


def destinations(cluster: Cluster, port: PortSeen, node: str, client: Client) -> list[Dialled]:
    """What a client can dial to reach a service port: addresses of a node, then those of the service."""
    rows = cluster.nodes[cluster.nodes["name"].eq(node).fillna(False).to_numpy(dtype=bool)].to_dict("records")
    number = port.port if port.node_port is None else port.node_port
    found = [Dialled(f"{node}: {ip}", ip, number, node) for row in rows for ip in _addresses(row["internal_ips"])]
    if client.is_node and client.node == node:
        found.append(Dialled(f"{node}: 127.0.0.1 (itself)", "127.0.0.1", number, node))
    found += [Dialled(f"{kind}: {address}", address, port.port) for kind, address in port.addresses]
    return list({dialled.address: dialled for dialled in reversed(found)}.values())[::-1]


def _own(service: Any) -> Iterator[tuple[str, str]]:
    """The addresses of a service, each with what it is."""
    kinds = {"cluster IP": "cluster_ips", "external IP": "external_ips", "load balancer": "load_balancer_ips"}
    for kind, column in kinds.items():
        for address in _addresses(service[column]):
            yield kind, address


def _addresses(listed: Any) -> tuple[str, ...]:
    """Those that are addresses: `None` of a headless service and host names are none."""
    return tuple(text for text in listed if _version(text)) if isinstance(listed, list) else ()


def _version(text: str) -> int:
    try:
        return ipaddress.ip_address(text).version
    except ValueError:
        return 0
