"""What kube-proxy decides about a kind of client at each entry node: asked of `decide`, once for each kind of node."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias

from nodeportkit.errors import NodePortKitError
from nodeportkit.kube.packets import Mode, Packet, decide
from nodeportkit.kube.packets.destinations import accepts_node_ports
from nodeportkit.kube.packets.model import Verdict
from nodeportkit.kube.proxy_config import ProxyConfig
from nodeportkit.kube.rules.node import FamilyNode
from nodeportkit.kube.service_ports import Endpoint, Family, ServicePort
from nodeportkit.traffic.seen_by import family_node

__all__ = ["Answer", "Asking", "Destination", "Source"]

Source: TypeAlias = Literal["outside", "pod", "node"]
Destination: TypeAlias = Literal["node-port", "cluster-ip", "external-ip", "load-balancer"]

# Addresses reserved for documentation (RFC 5737, RFC 3849): stand-ins where only the kind of an address matters.
_CLIENTS: Final[dict[Family, tuple[str, ...]]] = {
    "IPv4": ("203.0.113.1", "198.51.100.1"),
    "IPv6": ("2001:db8:ffff::1", "2001:db8:fffe::1"),
}
_NODE: Final[dict[Family, str]] = {"IPv4": "192.0.2.1", "IPv6": "2001:db8:fffd::1"}
_CLUSTER_END: Final[dict[Family, str]] = {"IPv4": "192.0.2.251", "IPv6": "2001:db8:fffd::fb"}
_LOCAL_END: Final[dict[Family, str]] = {"IPv4": "192.0.2.252", "IPv6": "2001:db8:fffd::fc"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What becomes of a connection, whether to the endpoints of policy Local, and whether it is masqueraded (None: unknown)."""

    verdict: Verdict
    local: bool = False
    masquerade: bool | None = False


class Asking:
    """A kind of client that dials a kind of destination of one service port.

    Parameters
    ----------
    port
        The service port; its endpoints do not matter but for `any_endpoint`.
    source
        Who dials.
    destination
        What is dialled.
    config, mode
        How kube-proxy is set up.
    """

    def __init__(
        self, port: ServicePort, source: Source, destination: Destination, config: ProxyConfig, mode: Mode
    ) -> None:
        self._port = port
        self._source = source
        self._destination = destination
        self._config = config
        self._mode = mode
        self._answers: dict[tuple[bool, bool, bool], Answer] = {}
        self.in_turn: Final = mode == "ipvs"

    def at(self, row: Mapping[str, Any], *, cluster: bool, local: bool) -> Answer:
        """The answer at an entry node, given as a row of the nodes frame.

        `cluster` and `local` tell whether any endpoint takes connections there under policy Cluster and under policy Local.
        """
        node = self._node(row)
        dialled = self._dialled(node)
        # All that a decision takes from the node; its other addresses make no difference.
        accepted = self._destination == "node-port" and accepts_node_ports(dialled, node, self._mode)[0]
        kind = (accepted, cluster, local)
        if kind not in self._answers:
            self._answers[kind] = self._ask(node, dialled, cluster=cluster, local=local)
        return self._answers[kind]

    def under_local(self) -> Asking:
        """The same, were both traffic policies Local."""
        port = replace(self._port, internal_local=True, external_local=True)
        return Asking(port, self._source, self._destination, self._config, self._mode)

    def _node(self, row: Mapping[str, Any]) -> FamilyNode:
        family = self._port.family
        if isinstance(row["internal_ips"], list):
            return family_node(row, family, self._config)
        if self._destination == "node-port" and self._config.nodeport_addresses not in ((), ("primary",)):
            raise NodePortKitError(
                f"the addresses of node {row['name']} were not shown, and --nodeport-addresses admits only some",
                hint="Add what `kubectl get nodes -o wide` prints.",
            )
        return FamilyNode(family, _NODE[family], (_NODE[family],), self._config)

    def _dialled(self, node: FamilyNode) -> str:
        if self._destination == "cluster-ip":
            return self._port.cluster_ip
        if self._destination == "external-ip":
            return self._port.external_ips[0]
        if self._destination == "load-balancer":
            return self._port.load_balancer_ips[0]
        accepting = (ip for ip in node.addresses if accepts_node_ports(ip, node, self._mode)[0])
        return next(accepting, next(iter(node.addresses), _NODE[node.family]))

    def _client(self, node: FamilyNode, dialled: str) -> str:
        if self._source == "node" and self._mode == "ipvs" and self._destination != "node-port":
            return dialled  # being on kube-ipvs0, it is the address that the node itself calls it with
        if self._source == "node" and node.addresses:
            return node.primary if node.primary in node.addresses else node.addresses[0]
        if self._source == "pod" and node.pod_range:
            return str(next(iter(ipaddress.ip_network(node.pod_range, strict=False).hosts())))
        if self._destination == "load-balancer" and self._port.source_ranges:
            return str(ipaddress.ip_network(self._port.source_ranges[0], strict=False).network_address)
        return next(ip for ip in _CLIENTS[node.family] if ip not in node.addresses)

    def _ask(self, node: FamilyNode, dialled: str, *, cluster: bool, local: bool) -> Answer:
        family = self._port.family
        if self._source == "node" and not node.addresses:
            node = replace(node, primary=_NODE[family], addresses=(_NODE[family],))
        ends = {True: Endpoint(_LOCAL_END[family], 1, local=True), False: Endpoint(_CLUSTER_END[family], 1)}
        # One endpoint stands for each set: which of the two comes back tells the policy that held.
        port = replace(
            self._port,
            cluster=(ends[False],) if cluster else (),
            local=(ends[True],) if local else (),
            affinity_seconds=0,
        )
        number = port.node_port if self._destination == "node-port" else port.port
        packet = Packet(self._client(node, dialled), dialled, number, port.protocol)
        decision = decide(packet, [port], node, self._mode)
        return Answer(decision.verdict, decision.endpoints == (ends[True],), decision.masquerade)
