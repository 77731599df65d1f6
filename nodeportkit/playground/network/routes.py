"""What kube-proxy on each node decides about a connection: the package's own routing, asked for every single one."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from nodeportkit.cluster import Cluster
from nodeportkit.kube.packets import Packet, decide
from nodeportkit.kube.packets.model import Decision
from nodeportkit.kube.proxy_config import ProxyConfig
from nodeportkit.kube.service_ports import Endpoint
from nodeportkit.playground.clock import Clock
from nodeportkit.playground.network.addresses import CLUSTER_CIDR, SERVICE_CIDR, Addresses
from nodeportkit.playground.network.doors import Door
from nodeportkit.playground.store import Object
from nodeportkit.sources.read import read
from nodeportkit.traffic.seen_by import ProxyViews

__all__ = ["Choice", "Routes"]

_MODE: Final = "iptables"
_MOST_CLIENTS: Final = 10_000  # that are remembered for session affinity


@dataclass(frozen=True, slots=True)
class Choice:
    """Where a connection goes.

    Attributes
    ----------
    address, port
        The pod's.
    source
        The address that the pod sees.
    pod
        Its name.
    lost
        Whether nothing that is sent that way arrives.
    """

    address: str
    port: int
    source: str
    pod: str | None = None
    lost: bool = False


class Routes:
    """The rules of all nodes for one service.

    Parameters
    ----------
    service, slices, nodes
        The objects that they come from.
    clock
        For session affinity.
    addresses
        The playground's.
    """

    def __init__(
        self, service: Object, slices: list[Object], nodes: list[Object], clock: Clock, addresses: Addresses
    ) -> None:
        self._addresses = addresses
        proxy = ProxyConfig(cluster_cidrs=(CLUSTER_CIDR,), service_cidrs=(SERVICE_CIDR,))
        things = [_real(thing, addresses) for thing in (service, *slices, *nodes)]
        cluster: Cluster = read({"apiVersion": "v1", "kind": "List", "items": things}).replace(proxy=proxy)
        self._views = ProxyViews(cluster)
        self._clock = clock
        self._sticky: dict[tuple[str, int, str, str], tuple[str, float]] = {}

    def decide(self, node: str, client: str, door: Door) -> Decision:
        """What becomes of a connection that reaches a node."""
        here, ports = self._views.at(node, "IPv4")
        packet = Packet(
            self._addresses.as_real(client), self._addresses.as_real(door.address), door.port, door.protocol
        )
        return decide(packet, ports, here, _MODE, rules=False)

    def choose(self, node: str, client: str, door: Door) -> Choice | None:
        """Where a connection goes; None if nobody takes it."""
        decision = self.decide(node, client, door)
        if decision.verdict != "FORWARD" or decision.service_port is None:
            return None
        chosen = random.choice(decision.endpoints)
        seconds = decision.service_port.affinity_seconds
        if seconds:
            now = self._clock.now().timestamp()
            place = (node, decision.service_port.port, door.protocol, client)
            known, until = self._sticky.pop(place, ("", 0.0))
            chosen = next((end for end in decision.endpoints if str(end) == known and now < until), chosen)
            self._sticky[place] = (str(chosen), now + seconds)
            if len(self._sticky) > _MOST_CLIENTS:
                del self._sticky[next(iter(self._sticky))]  # who has not come for longest
        return self._choice(node, client, decision, chosen)

    def ends(self, node: str, client: str, door: Door) -> Iterator[Choice]:
        """Everywhere a connection may go."""
        decision = self.decide(node, client, door)
        for end in decision.endpoints if decision.verdict == "FORWARD" else ():
            yield self._choice(node, client, decision, end)

    def _choice(self, node: str, client: str, decision: Decision, end: Endpoint) -> Choice:
        masquerade = decision.masquerade or end in decision.hairpins
        source = self._address_of(node) if masquerade else client
        return Choice(self._addresses.as_loopback(end.address), end.port, source, end.pod)

    def remember(self, other: Routes) -> None:
        """Take over which clients stay with which pods."""
        self._sticky = other._sticky

    def _address_of(self, node: str) -> str:
        here, _ = self._views.at(node, "IPv4")
        return self._addresses.as_loopback(here.primary)


def _real(thing: Object, addresses: Addresses) -> Object:
    """The object with the addresses of a real cluster."""

    def at(value: Any) -> Any:
        if isinstance(value, str):
            return addresses.as_real(value) if addresses.has(value) else value
        if isinstance(value, dict):
            return {key: at(item) for key, item in value.items()}
        return [at(item) for item in value] if isinstance(value, list) else value

    return {key: at(value) if key != "metadata" else value for key, value in thing.items()}
