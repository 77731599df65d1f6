"""Every service port of a cluster in one IP family, read once, and what each node's kube-proxy makes of them.

kubernetes/kubernetes pkg/proxy/servicechangetracker.go, pkg/proxy/endpointslicecache.go and pkg/proxy/topology.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Literal, overload

import numpy as np

from nodeportkit.kube.port_endpoints import EndpointColumns, PortEndpoints
from nodeportkit.kube.routing import Places, usable
from nodeportkit.kube.service_ports import Endpoint, Family, ServicePort, canonical, cluster_ips, without_endpoints

__all__ = ["Claims", "Kind", "ServiceCatalog", "ServiceView"]

Kind = Literal["cluster-ip", "external-ip", "load-balancer", "node-port"]
_Key = tuple[str, str]


class Claims:
    """Which service port has which destination: positions of service ports, the first that has it.

    Attributes
    ----------
    addresses
        By protocol, port and address: the kind of address, the address as the service has it, the position.
    node_ports
        By protocol and node port: the position.
    health_checks
        By health check node port: the position.
    cluster_ips, service_ips
        Every cluster IP; these and every external IP and load balancer's address.
    """

    def __init__(self, ports: Sequence[ServicePort]) -> None:
        self.addresses: dict[tuple[str, int, str], tuple[Kind, str, int]] = {}
        self.node_ports: dict[tuple[str, int], int] = {}
        self.health_checks: dict[int, int] = {}
        self.cluster_ips: set[str] = set()
        self.service_ips: set[str] = set()
        for position, port in enumerate(ports):
            self.cluster_ips.add(canonical(port.cluster_ip))
            for kind, address in _addresses(port):
                key = (port.protocol, port.port, canonical(address))
                self.addresses.setdefault(key, (kind, address, position))
                self.service_ips.add(canonical(address))
            if port.node_port:
                self.node_ports.setdefault((port.protocol, port.node_port), position)
            if port.health_check_node_port:
                self.health_checks.setdefault(port.health_check_node_port, position)

    def kind_of(self, protocol: str, port: int, address: str) -> Kind | None:
        """Which kind of service address this is at a port; None for none."""
        found = self.addresses.get((protocol, port, canonical(address)))
        return found[0] if found else None


def _addresses(port: ServicePort) -> Iterator[tuple[Kind, str]]:
    yield "cluster-ip", port.cluster_ip
    for address in port.external_ips:
        yield "external-ip", address
    for address in port.load_balancer_ips:
        yield "load-balancer", address


class ServiceCatalog:
    """Every service port of an IP family, and its endpoints.

    Headless services, ExternalName services, and those without an address of the family have none.

    Parameters
    ----------
    services, ports
        Rows of the services and ports frames as dicts of the columns `SERVICE` and `PORT`, None for what is missing.
    endpoints
        The endpoints of these services.
    family
        `IPv4` or `IPv6`.

    Examples
    --------
    >>> from nodeportkit.frames import conform, empty
    >>> from nodeportkit.kube.columns import cell_lists
    >>> from nodeportkit.kube.service_ports import PORT, SERVICE
    >>> services = conform(
    ...     "services",
    ...     {"namespace": ["shop"], "name": ["web"], "type": ["NodePort"], "cluster_ips": [["10.96.0.9"]]},
    ... )
    >>> ports = conform(
    ...     "ports",
    ...     {"namespace": ["shop"], "service": ["web"], "protocol": ["TCP"], "port": [80], "node_port": [30080]},
    ... )
    >>> rows = cell_lists(services, SERVICE), cell_lists(ports, PORT)
    >>> [found] = ServiceCatalog(*rows, EndpointColumns(empty("endpoints")), "IPv4").seen_from("node-1", None)
    >>> found.name, found.cluster_ip, found.port, found.node_port, found.any_endpoint
    ('shop/web', '10.96.0.9', 80, 30080, False)
    """

    def __init__(
        self,
        services: Sequence[Mapping[str, Any]],
        ports: Sequence[Mapping[str, Any]],
        endpoints: EndpointColumns,
        family: Family,
    ) -> None:
        by_name = {(service["namespace"], service["name"]): service for service in services}
        self._endpoints = endpoints
        self._family: Family = family
        self._none = endpoints.of([])
        self._of_service: dict[_Key, dict[_Key, PortEndpoints]] = {}
        self.plain: list[ServicePort] = []
        for row in ports:
            service = by_name.get((row["namespace"], row["service"]))
            if service is not None and row["port"] is not None and cluster_ips(service, family):
                self.plain.append(without_endpoints(service, row, family))
        self.claims: Final = Claims(self.plain)

    def endpoints(self, port: ServicePort) -> PortEndpoints:
        """The endpoints of one of the service ports."""
        service = (port.namespace, port.service)
        if service not in self._of_service:
            rows = self._endpoints.by_service.get(service, ())
            self._of_service[service] = self._endpoints.ports(rows, self._family)
        return self._of_service[service].get((port.port_name, port.protocol)) or self._none

    def seen_from(self, node: str, zone: str | None) -> ServiceView:
        """What the kube-proxy of a node makes of them."""
        return ServiceView(self, node, zone)

    def filled(self, port: ServicePort, node: str, zone: str | None) -> ServicePort:
        """A service port with the endpoints that a node's kube-proxy chooses."""
        ends = self.endpoints(port)
        if not len(ends):
            return port
        known = ends.conditions
        seen = ends.seen_from(node)
        here = Places(np.array([node], dtype=object), np.array([zone], dtype=object))
        cluster: tuple[Endpoint, ...] = ()
        local: tuple[Endpoint, ...] = ()
        if port.uses_cluster:
            mask = usable(known, here, "Cluster")[0]
            cluster = tuple(seen[row] for row in np.flatnonzero(mask))
        if port.uses_local:
            mask = usable(known, here, "Local")[0]
            local = tuple(seen[row] for row in np.flatnonzero(mask))
        # Hints and nodes only choose among these: they never leave none.
        some = bool(known.ready.any() or known.leaving.any())
        ready_here = sum(end.local for end, ready in zip(seen, known.ready, strict=True) if ready)
        return replace(
            port, cluster=cluster, local=local, any_endpoint=some, endpoints=len(ends), ready_here=ready_here
        )


class ServiceView(Sequence[ServicePort]):
    """Every service port as one node's kube-proxy sees it; endpoints are chosen when a service port is looked at.

    Parameters
    ----------
    catalog
        The service ports.
    node, zone
        The node, and its zone label; None for none.
    """

    def __init__(self, catalog: ServiceCatalog, node: str, zone: str | None) -> None:
        self._catalog = catalog
        self._node, self._zone = node, zone
        self._filled: dict[int, ServicePort] = {}
        self.claims = catalog.claims

    def __len__(self) -> int:
        return len(self._catalog.plain)

    @overload
    def __getitem__(self, position: int) -> ServicePort: ...

    @overload
    def __getitem__(self, position: slice) -> list[ServicePort]: ...

    def __getitem__(self, position: int | slice) -> ServicePort | list[ServicePort]:
        if isinstance(position, slice):
            return [self[at] for at in range(*position.indices(len(self)))]
        if position not in self._filled:
            port = self._catalog.plain[position]
            self._filled[position] = self._catalog.filled(port, self._node, self._zone)
        return self._filled[position]
