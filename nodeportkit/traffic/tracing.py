"""`trace`: what becomes of the first packet of a connection, decision by decision."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast, get_args

import pandas as pd

from nodeportkit.cluster import Cluster
from nodeportkit.errors import NodePortKitError
from nodeportkit.frames import STRING
from nodeportkit.kube.packets import Decision, Mode, Packet, Step, decide
from nodeportkit.kube.rules.node import FamilyNode
from nodeportkit.kube.service_ports import ServicePort, family_of
from nodeportkit.traffic.seen_by import ProxyViews

__all__ = ["Trace", "Tracer", "follow", "trace"]

_PROTOCOLS = ("TCP", "UDP", "SCTP")


@dataclass(frozen=True)
class Trace:
    """What becomes of a packet.

    Attributes
    ----------
    verdict
        `FORWARD` to one of the endpoints; `DROP`: the client waits for an answer that never comes; `REJECT`: it is refused at
        once; `UNHANDLED`: kube-proxy has no rule for it, and the node does what it would do without Kubernetes.
    endpoints
        Frame with the columns address (`ip:port`), probability (of a new connection, 0 to 1) and masquerade (whether the
        pod sees the node's address in place of the client's). Empty unless the verdict is `FORWARD`.
    masquerade
        Whether the node's address replaces the client's, whichever endpoint is chosen.
    steps
        Each decision: `.decision`, `.reason`, and the `.rule` that stands for it.
    service
        `namespace/name:port` of the service port it is for; None for none.
    """

    verdict: str
    endpoints: pd.DataFrame
    masquerade: bool
    steps: tuple[Step, ...]
    service: str | None

    def __str__(self) -> str:
        lines = [f"{self.verdict}{f' ({self.service})' if self.service else ''}"]
        for number, step in enumerate(self.steps, 1):
            lines.append(f"{number}. {step.decision}: {step.reason}")
            if step.rule:
                lines.append(f"   {step.rule}")
        return "\n".join(lines)


def trace(
    cluster: Cluster,
    *,
    source: str,
    destination: str,
    port: int,
    protocol: str = "TCP",
    node: str,
    mode: str | None = None,
    addresses: Sequence[str] | None = None,
) -> Trace:
    """Follow the first packet of a connection through the kube-proxy of a node.

    kube-proxy decides once a connection: later packets, and later requests on the same connection, go the same way.

    Parameters
    ----------
    cluster
        Services, endpoints and nodes; `cluster.proxy` says how kube-proxy is set up.
    source, destination
        IP addresses of one family.
    port, protocol
        The port that is dialled, and `TCP`, `UDP` or `SCTP`.
    node
        The node that the packet reaches, or that the client runs on.
    mode
        `iptables`, `nftables` or `ipvs`; without it, that of `cluster.proxy`, or `iptables` if no source told it.
    addresses
        The addresses of the node's interfaces. Without them its internal addresses: external ones are mostly on no
        interface, but exchanged on the way.

    Raises
    ------
    NotFound
        If there is no such node.
    NodePortKitError
        For addresses of two families, or an unknown protocol or mode.

    Examples
    --------
    >>> cluster = Cluster(
    ...     nodes={"name": ["node-1"], "internal_ips": [["192.168.1.2"]]},
    ...     services={"namespace": ["shop"], "name": ["web"], "type": ["NodePort"], "cluster_ips": [["10.96.7.20"]]},
    ...     ports={"namespace": ["shop"], "service": ["web"], "protocol": ["TCP"], "port": [80], "node_port": [30080]},
    ... )
    >>> refused = trace(cluster, source="203.0.113.9", destination="192.168.1.2", port=30080, node="node-1")
    >>> refused.verdict, refused.steps[-1].reason
    ('REJECT', 'the service port has no endpoint that could take a connection')
    """
    return Tracer(cluster, mode=mode).trace(
        source=source, destination=destination, port=port, protocol=protocol, node=node, addresses=addresses
    )


class Tracer:
    """`trace` for many packets of one cluster: what they have in common is read once.

    Parameters
    ----------
    cluster, mode
        As for `trace`.

    Examples
    --------
    >>> cluster = Cluster(
    ...     nodes={"name": ["node-1", "node-2"], "internal_ips": [["192.168.1.2"], ["192.168.1.3"]]},
    ...     services={"namespace": ["shop"], "name": ["web"], "type": ["NodePort"], "cluster_ips": [["10.96.7.20"]]},
    ...     ports={"namespace": ["shop"], "service": ["web"], "protocol": ["TCP"], "port": [80], "node_port": [30080]},
    ... )
    >>> tracer = Tracer(cluster)
    >>> for node, ip in [("node-1", "192.168.1.2"), ("node-2", "192.168.1.3")]:
    ...     print(node, tracer.trace(source="203.0.113.9", destination=ip, port=30080, node=node).verdict)
    node-1 REJECT
    node-2 REJECT
    """

    def __init__(self, cluster: Cluster, *, mode: str | None = None) -> None:
        chosen = mode or cluster.proxy.mode or "iptables"
        if chosen not in get_args(Mode):
            known = ", ".join(get_args(Mode))
            raise NodePortKitError(f"no way of packets is known for mode {chosen!r}", hint=f"Give one of {known}.")
        self._mode = cast("Mode", chosen)
        self._views = ProxyViews(cluster)

    def trace(
        self,
        *,
        source: str,
        destination: str,
        port: int,
        protocol: str = "TCP",
        node: str,
        addresses: Sequence[str] | None = None,
    ) -> Trace:
        """What `trace` gives."""
        packet = _packet(source, destination, port, protocol)
        here, ports = self._views.at(node, family_of(packet.destination), addresses)
        return follow(packet, ports, here, self._mode)

    def decide(
        self,
        *,
        source: str,
        destination: str,
        port: int,
        protocol: str = "TCP",
        node: str,
        addresses: Sequence[str] | None = None,
    ) -> Decision:
        """The same without the frame of endpoints and the rules of the steps, which take most of the time.

        Returns
        -------
        Decision
            `.verdict`, `.endpoints` (a tuple), `.masquerade` and `.steps`.
        """
        packet = _packet(source, destination, port, protocol)
        here, ports = self._views.at(node, family_of(packet.destination), addresses)
        return decide(packet, ports, here, self._mode, rules=False)


def follow(packet: Packet, service_ports: Sequence[ServicePort], node: FamilyNode, mode: Mode) -> Trace:
    """The same for a packet that a node meets, by the service ports that its kube-proxy sees."""
    return _told(decide(packet, service_ports, node, mode))


def _packet(source: str, destination: str, port: int, protocol: str) -> Packet:
    try:
        addresses = [ipaddress.ip_address(source), ipaddress.ip_address(destination)]
    except ValueError as error:
        raise NodePortKitError(str(error), hint="Give IP addresses like 192.168.1.2 or fd00::2.") from None
    if addresses[0].version != addresses[1].version:
        raise NodePortKitError(f"{source} and {destination} are of two IP families: no packet has both")
    if protocol not in _PROTOCOLS:
        raise NodePortKitError(f"there is no protocol {protocol!r}", hint=f"Give one of {', '.join(_PROTOCOLS)}.")
    if not 0 < port < 65536:
        raise NodePortKitError(f"{port} is no port", hint="Ports are 1 to 65535.")
    return Packet(str(addresses[0]), str(addresses[1]), port, protocol)


def _told(decision: Decision) -> Trace:
    ends = decision.endpoints
    endpoints = pd.DataFrame(
        {
            "address": pd.array([str(end) for end in ends], dtype=STRING),
            "probability": pd.array([1 / len(ends) for _ in ends], dtype="float64"),
            "masquerade": pd.array([decision.masquerade or end in decision.hairpins for end in ends], dtype="boolean"),
        }
    )
    service = decision.service_port.name if decision.service_port else None
    return Trace(decision.verdict, endpoints, decision.masquerade, decision.steps, service)
