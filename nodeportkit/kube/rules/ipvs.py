"""The virtual servers that kube-proxy in ipvs mode sets up, as `ipvsadm -Sn` shows them and `ipvsadm -R` takes them.

kubernetes/kubernetes pkg/proxy/ipvs/proxier.go (`syncProxyRules`, `syncEndpoint`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from nodeportkit.kube.rules.names import check
from nodeportkit.kube.rules.node import FamilyNode
from nodeportkit.kube.service_ports import Endpoint, ServicePort

__all__ = ["ipvs_servers", "node_port_ips", "real_servers", "virtual_server"]

_PROTOCOLS: Final = {"TCP": "-t", "UDP": "-u", "SCTP": "--sctp-service"}


def ipvs_servers(ports: Iterable[ServicePort], node: FamilyNode) -> str:
    """Every virtual server and its real servers, one a line.

    Parameters
    ----------
    ports
        Every service port of the node's family.
    node
        The node.
    """
    lines: list[str] = []
    for port in ports:
        check(port)
        for address, number, local in _servers(port, node):
            lines.append(virtual_server(port, address, number))
            lines += [f"-a {_at(port, address, number)} -r {end} -m -w 1" for end in real_servers(port, local=local)]
    return "".join(f"{line}\n" for line in lines)


def virtual_server(port: ServicePort, address: str, number: int) -> str:
    """The line of a virtual server: its scheduler (round robin), and for how many seconds a client keeps its server.

    Examples
    --------
    >>> virtual_server(
    ...     ServicePort("shop", "web", "", "TCP", 80, "IPv6", "fd00::9", affinity_seconds=600), "fd00::9", 80
    ... )
    '-A -t [fd00::9]:80 -s rr -p 600'
    """
    sticky = f" -p {port.affinity_seconds}" if port.affinity_seconds else ""
    return f"-A {_at(port, address, number)} -s rr{sticky}"


def real_servers(port: ServicePort, *, local: bool) -> tuple[Endpoint, ...]:
    """The endpoints behind a virtual server; under policy Local without any on this node, those of the cluster.

    kubernetes/kubernetes#97081: pods and the node itself shall reach the service even then. To packets from elsewhere this
    is of no use: their source stays as it is, so answers do not come back the way that they came.
    """
    return port.local or port.cluster if local else port.cluster


def node_port_ips(node: FamilyNode) -> tuple[str, ...]:
    """The addresses that get virtual servers for node ports: the node's own, but no loopback address."""
    served = node.node_port_addresses(unset="all")
    return node.addresses if served is None else tuple(ip for ip in served if ip in node.addresses)


def _servers(port: ServicePort, node: FamilyNode) -> Iterator[tuple[str, int, bool]]:
    yield port.cluster_ip, port.port, port.internal_local
    for address in dict.fromkeys((*port.external_ips, *port.load_balancer_ips)):
        yield address, port.port, port.external_local
    if port.node_port:
        for address in node_port_ips(node):
            yield address, port.node_port, port.external_local


def _at(port: ServicePort, address: str, number: int) -> str:
    return f"{_PROTOCOLS[port.protocol]} {f'[{address}]' if ':' in address else address}:{number}"
