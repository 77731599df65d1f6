"""What was dialled: what the address is, which node the connection enters at, and who dials."""

from __future__ import annotations

import ipaddress
import operator
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import pandas as pd

from nodeportkit.cluster import Cluster
from nodeportkit.errors import NodePortKitError, NotFound, nearest
from nodeportkit.kube.service_ports import Family, family_of
from nodeportkit.standings.facts import mask, true

__all__ = ["Client", "Dial", "dialled", "resolve", "who"]

# RFC 1123, section 2.1, and the underscore that names in use have; the last label is no number.
_HOST_NAME: Final = re.compile(
    r"(?i)([a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?\.)*(?!\d+\.?$)[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?\.?"
)

Kind = Literal["nothing", "node", "loopback", "pod", "cluster-ip", "external-ip", "load-balancer", "stranger", "name"]


@dataclass(frozen=True, slots=True)
class Dial:
    """What was dialled.

    Attributes
    ----------
    kind
        What the address is: `node` (an address in the status of a node), `loopback`, `pod`, `cluster-ip`, `external-ip` or
        `load-balancer` of a service, `stranger` (an address of nothing that was shown), `name` (a host name, which only a
        name server knows), `nothing` (none was given).
    address
        As given, or a node's where only the node was; None for none.
    port
        The number dialled; None where none was given.
    node
        The name of the node that the connection enters at; None where that is not known.
    on_node
        Whether a node was named: an address then means "on that node".
    of
        Whose the address is: `shop/web`, a pod's or a service's; "" for none.
    """

    kind: Kind = "nothing"
    address: str | None = None
    port: int | None = None
    node: str | None = None
    on_node: bool = False
    of: str = ""

    @property
    def at_node_port(self) -> bool:
        """Whether a node's address, or one that may be, was dialled."""
        return self.kind in ("node", "loopback", "stranger", "name") or self.on_node

    @property
    def family(self) -> Family | None:
        """The IP family of the address; None for none, and for names."""
        return (
            family_of(self.address)
            if self.address and self.kind not in ("nothing", "name") and _ip(self.address)
            else None
        )

    def __str__(self) -> str:
        if self.address is None:
            return f"port {self.port}" if self.port else "nothing"
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{host}:{self.port}" if self.port else host


@dataclass(frozen=True, slots=True)
class Client:
    """Who dials: `outside` the cluster, a `pod`, or a `node`; its address, where known, and the pod or node that it is."""

    kind: Literal["outside", "pod", "node"] = "outside"
    address: str | None = None
    namespace: str | None = None
    labels: Mapping[str, str] | None = None
    node: str | None = None


def resolve(
    cluster: Cluster, address: str | None, port: int | None, node: str | None, own: tuple[str, str] | None = None
) -> Dial:
    """What an address, a port and a node that were given mean.

    Of an address that several have, that of the service asked about (`own`: namespace and name) counts, then that of a node.

    Raises
    ------
    NotFound
        If nodes are known, and none has that name.
    NodePortKitError
        If the port is no number of a port.
    """
    port = _number(port)
    names = cluster.nodes["name"].dropna()
    if node is not None and len(names) and not names.eq(node).any():
        raise NotFound(f"There is no node {node!r} here", hint=nearest(node, names))
    if address is None:
        own_address = next(iter(_node_addresses(cluster, node)), None)
        return Dial("node" if node is not None else "nothing", own_address, port, node, node is not None)
    text = address.strip().strip("[]").partition("%")[0]
    on_node = node is not None
    ip = _ip(text)
    # In a playground nodes, pods and services have addresses of the loopback range, each its own.
    known = ip is not None and bool(_node_with(cluster, str(ip)) or _of_service(cluster, str(ip), own))
    if text.lower() == "localhost" or (ip and ip.is_loopback and not known):
        return Dial("loopback", "127.0.0.1" if ip is None else str(ip), port, node, on_node)
    if ip is None:
        if names.eq(text).any() or names.eq(text.partition(".")[0]).any():
            name = text if names.eq(text).any() else text.partition(".")[0]
            return Dial("node", next(iter(_node_addresses(cluster, name)), text), port, node or name, on_node)
        kind, of = _of_service(cluster, text, own) or ("name", "")
        return Dial(kind, text, port, node, on_node, of)
    text = str(ip)
    found = _of_service(cluster, text, own)
    if found and found[1] == "/".join(own or ()):
        return Dial(found[0], text, port, node, on_node, found[1])
    if holder := _node_with(cluster, text):
        return Dial("node", text, port, node or holder, on_node)
    if found:
        return Dial(found[0], text, port, node, on_node, found[1])
    pod = _pod_with(cluster, text)
    if pod is not None:
        return Dial("pod", text, port, node, on_node, f"{pod['namespace']}/{pod['name']}")
    return Dial("stranger", text, port, node, on_node)


def dialled(cluster: Cluster, address: str) -> str:
    """An address that a person says was dialled, if it can be one: an IP address, a node's name, or a name with dots.

    Raises
    ------
    NodePortKitError
        If it cannot.
    """
    text = address.strip().strip("[]").partition("%")[0]
    names = cluster.nodes["name"].dropna()
    if _ip(text) or text.lower() == "localhost" or names.eq(text).any():
        return address
    if _HOST_NAME.fullmatch(text) and ("." in text or names.empty):
        return address
    url = urlsplit(text if "//" in text else f"//{text}")
    try:
        host, port = url.hostname, url.port
    except ValueError:
        host, port = None, None
    if host and host != text and (_ip(host) or _HOST_NAME.fullmatch(host)):
        number = f", and the port {port}" if port else ""
        raise NodePortKitError(f"{address!r} is more than an address", hint=f"Give the address {host} alone{number}.")
    hint = nearest(text, names) or "Give an IP address, the name of a node, or a host name with its domain."
    raise NodePortKitError(f"{address!r} is no address that can be dialled", hint=hint)


def who(cluster: Cluster, source: str | None) -> Client:
    """Who dials: from `outside`, `pod`, `node`, an IP address, or the name of a pod or node; outside where nothing is said.

    Raises
    ------
    NodePortKitError
        If it is none of these.
    """
    if source is None or source == "outside":
        return Client()
    if source in ("pod", "node"):
        return Client("pod" if source == "pod" else "node")
    ip = _ip(source)
    if ip is not None:
        pod = _pod_with(cluster, str(ip))
        if pod is not None:
            return _pod_client(pod, str(ip))
        if holder := _node_with(cluster, str(ip)):
            return Client("node", str(ip), node=holder)
        if ip.is_loopback:
            return Client("node")
        in_pods = any(_within(str(ip), cidr) for cidr in _pod_ranges(cluster))
        return Client("pod" if in_pods else "outside", str(ip))
    namespace, _, name = source.rpartition("/")
    pods = cluster.pods
    wanted = pods["name"].eq(name) & (pods["namespace"].eq(namespace) if namespace else True)
    found = pods[wanted.fillna(False).to_numpy(dtype=bool)]
    if len(found) == 1:
        row = found.iloc[0]
        ips = row["ips"] if isinstance(row["ips"], list) else []
        return _pod_client(row, ips[0] if ips else None)
    if cluster.nodes["name"].eq(source).any():
        return Client("node", next(iter(_node_addresses(cluster, source)), None), node=source)
    hint = 'Give "outside", "pod", "node", the client\'s IP address, or the name of a pod or node.'
    raise NodePortKitError(f"{source!r} is no client that is known here", hint=hint)


def _pod_client(pod: Mapping[Any, Any] | pd.Series[Any], address: str | None) -> Client:
    labels = pod["labels"] if isinstance(pod["labels"], Mapping) else None
    node = pod["node"] if isinstance(pod["node"], str) else None
    if pod["host_network"] is True:
        return Client("node", address, node=node)
    return Client("pod", address, str(pod["namespace"]), labels, node)


def _number(port: Any) -> int | None:
    """The number dialled, whatever kind of whole number it is."""
    if port is None:
        return None
    try:
        number = operator.index(port)
    except TypeError:
        number = 0
    if isinstance(port, bool) or not 0 < number < 65536:
        raise NodePortKitError(f"{port!r} is no port that can be dialled", hint="Give the number, 1 to 65535.")
    return number


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _within(address: str, cidr: str) -> bool:
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        return False


def _pod_ranges(cluster: Cluster) -> list[str]:
    of_nodes = [cidr for cidrs in cluster.nodes["pod_cidrs"] if isinstance(cidrs, list) for cidr in cidrs]
    return [*cluster.proxy.cluster_cidrs, *of_nodes]


def _node_addresses(cluster: Cluster, node: str | None) -> list[str]:
    found = cluster.nodes[cluster.nodes["name"].eq(node).fillna(False).to_numpy(dtype=bool)] if node else None
    if found is None or found.empty:
        return []
    row = found.iloc[0]
    return [ip for column in ("internal_ips", "external_ips") for ip in _list(row[column])]


def _node_with(cluster: Cluster, address: str) -> str | None:
    nodes = cluster.nodes
    for name, internal, external in zip(nodes["name"], nodes["internal_ips"], nodes["external_ips"], strict=True):
        if address in map(_plain, (*_list(internal), *_list(external))):
            return str(name)
    return None


def _pod_with(cluster: Cluster, address: str) -> pd.Series[Any] | None:
    """The pod that has an address of its own; those on the host's network have their node's, as a table's pods may have."""
    pods, nodes = cluster.pods, cluster.nodes
    addressed = nodes.loc[mask(bool(_list(ips)) for ips in nodes["internal_ips"]), "name"]
    hosts = true(pods["host_network"]) | (pods["host_network"].isna() & ~pods["node"].isin(addressed)).to_numpy()
    found = pods[
        mask(not host and address in map(_plain, _list(ips)) for ips, host in zip(pods["ips"], hosts, strict=True))
    ]
    return None if found.empty else found.iloc[0]


def _of_service(cluster: Cluster, address: str, own: tuple[str, str] | None) -> tuple[Kind, str] | None:
    """Which service an address belongs to, and as what; the one asked about before others."""
    found: list[tuple[Kind, str]] = []
    columns: tuple[tuple[Kind, str], ...] = (
        ("cluster-ip", "cluster_ips"),
        ("external-ip", "external_ips"),
        ("load-balancer", "load_balancer_ips"),
    )
    for kind, column in columns:
        for namespace, name, addresses in zip(
            cluster.services["namespace"], cluster.services["name"], cluster.services[column], strict=True
        ):
            if address in map(_plain, _list(addresses)):
                found.append((kind, f"{namespace}/{name}"))
    mine = [each for each in found if each[1] == "/".join(own or ())]
    return next(iter([*mine, *found]), None)


def _plain(address: str) -> str:
    ip = _ip(address)
    return address if ip is None else str(ip)


def _list(value: Any) -> list[str]:
    return list(value) if isinstance(value, list | tuple) else []
