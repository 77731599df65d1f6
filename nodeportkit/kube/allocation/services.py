"""What a service is given: its node ports, cluster IPs and the port of its health checks.

pkg/registry/core/service/storage/alloc.go. An operation takes at once, and gives back when the request fails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from nodeportkit.kube.allocation.cluster_ips import ClusterIPAllocator
from nodeportkit.kube.allocation.families import fill_families, stays_dual
from nodeportkit.kube.allocation.node_ports import NodePortAllocator, Refused
from nodeportkit.kube.parts import Object, mapping, mappings, number, strings, text
from nodeportkit.kube.validation.field import FieldError, internal, invalid
from nodeportkit.kube.validation.services.policies import needs_health_check

__all__ = ["Allocators", "Operation"]

_WITH_NODE_PORTS: Final = ("NodePort", "LoadBalancer")


@dataclass(frozen=True, slots=True)
class Allocators:
    """What a cluster gives out.

    Attributes
    ----------
    node_ports
        Its node ports.
    cluster_ips
        Its cluster IPs by family, the family that services have by default first.
    """

    node_ports: NodePortAllocator = field(default_factory=NodePortAllocator)
    cluster_ips: dict[str, ClusterIPAllocator] = field(default_factory=lambda: {"IPv4": ClusterIPAllocator()})


class Operation:
    """What one request takes and gives back."""

    def __init__(self, allocators: Allocators) -> None:
        self._allocators = allocators
        self._undo: list[Callable[[], None]] = []
        self._release: list[Callable[[], None]] = []

    def commit(self) -> None:
        """Give back what the service no longer needs."""
        for release in self._release:
            release()

    def revert(self) -> None:
        """Give back what was taken, since the request failed."""
        for undo in self._undo:
            undo()

    def create(self, service: dict[str, Any]) -> list[FieldError]:
        """Give a new service what it needs."""
        return (
            fill_families(service, None, self._allocators.cluster_ips)
            or self._all_cluster_ips(service["spec"])
            or self._node_ports(service["spec"])
            or (self._health_check(service["spec"]) if needs_health_check(service) else [])
        )

    def update(self, service: dict[str, Any], old: Object) -> list[FieldError]:
        """Give a changed service what it lacks."""
        return (
            fill_families(service, old, self._allocators.cluster_ips)
            or self._changed_cluster_ips(service, old)
            or self._changed_node_ports(service["spec"], mapping(old, "spec"))
            or self._changed_health_check(service, old)
        )

    def release_all(self, service: Object) -> None:
        """Give back what a service has, since it is deleted."""
        spec = mapping(service, "spec")
        for port in mappings(spec, "ports"):
            self._allocators.node_ports.release(number(port, "nodePort"))
        if needs_health_check(service):
            self._allocators.node_ports.release(number(spec, "healthCheckNodePort"))
        for allocator in self._allocators.cluster_ips.values():
            for ip in strings(spec, "clusterIPs"):
                allocator.release(ip)

    def _take_port(self, port: int) -> None:
        self._allocators.node_ports.allocate(port)
        self._undo.append(lambda: self._allocators.node_ports.release(port))

    def _pick_port(self) -> int:
        port = self._allocators.node_ports.allocate_next()
        self._undo.append(lambda: self._allocators.node_ports.release(port))
        return port

    def _give_back_port(self, port: int) -> None:
        self._release.append(lambda: self._allocators.node_ports.release(port))

    def _cluster_ips(self, spec: dict[str, Any], families: list[str], given: list[str]) -> list[FieldError]:
        """Addresses for these families, those given among them."""
        ips = [*given, *[""] * (len(families) - len(given))]
        for position, (family, ip) in enumerate(zip(families, ips, strict=False)):
            allocator = self._allocators.cluster_ips[family]
            try:
                if ip:
                    allocator.allocate(ip)
                else:
                    ips[position] = ip = allocator.allocate_next()
            except Refused as refused:
                if ips[position]:
                    message = f"failed to allocate IP {ip}: {refused.message}"
                    return [invalid("spec.clusterIPs", strings(spec, "clusterIPs"), message)]
                return [internal(f"failed to allocate a serviceIP: {refused.message}")]
            self._undo.append(lambda allocator=allocator, ip=ip: allocator.release(ip))  # type: ignore[misc]
        if known := [ip for ip in ips if ip]:
            spec["clusterIPs"] = known
        return []

    def _all_cluster_ips(self, spec: dict[str, Any]) -> list[FieldError]:
        if text(spec, "type") == "ExternalName" or strings(spec, "clusterIPs")[:1] == ["None"]:
            return []
        wrong = self._cluster_ips(spec, strings(spec, "ipFamilies"), strings(spec, "clusterIPs"))
        if not wrong and strings(spec, "clusterIPs"):
            spec["clusterIP"] = spec["clusterIPs"][0]
        return wrong

    def _changed_cluster_ips(self, service: dict[str, Any], old: Object) -> list[FieldError]:
        spec, before = service["spec"], mapping(old, "spec")
        if stays_dual(service, old):
            return []
        if text(before, "type") == "ExternalName" != text(spec, "type"):
            return self._all_cluster_ips(spec)
        was = strings(before, "clusterIPs")
        if was[:1] == ["None"]:
            return []
        old_families, families = strings(before, "ipFamilies"), strings(spec, "ipFamilies")
        gone = zip(old_families, was, strict=False)
        if text(spec, "type") != "ExternalName":
            gone = zip(old_families[1:], was[1:], strict=False) if len(families) == 1 else zip((), (), strict=False)
        for family, ip in gone:
            if (allocator := self._allocators.cluster_ips.get(family)) is not None:
                self._release.append(lambda allocator=allocator, ip=ip: allocator.release(ip))  # type: ignore[misc]
        first, *second = strings(spec, "clusterIPs") or [""]
        if len(old_families) != 1 or len(families) != 2 or not first:
            return []
        added = {"clusterIPs": second}
        wrong = self._cluster_ips(added, families[1:], second)
        spec["clusterIPs"] = [first, *added["clusterIPs"]]
        return wrong

    def _node_ports(self, spec: dict[str, Any]) -> list[FieldError]:
        """Ports of one number share a node port, whatever their protocols."""
        if text(spec, "type") not in _WITH_NODE_PORTS:
            return []
        ports = mappings(spec, "ports")
        given: dict[int, int] = {}
        for position, port in enumerate(ports):
            at, wanted = number(port, "port"), number(port, "nodePort")
            if not wanted and not _wants_node_ports(spec):
                continue
            if at in given and wanted in (0, given[at]):
                port["nodePort"] = given[at]
                continue
            if at not in given:
                same = (number(other, "nodePort") for other in ports if number(other, "port") == at)
                wanted = next((node_port for node_port in same if node_port), 0)
            try:
                if wanted:
                    self._take_port(wanted)
                else:
                    wanted = self._pick_port()
            except Refused as refused:
                return [_refused(position, wanted, refused)]
            port["nodePort"] = wanted
            given.setdefault(at, wanted)
        return []

    def _changed_node_ports(self, spec: dict[str, Any], before: Object) -> list[FieldError]:
        had = {number(port, "nodePort") for port in mappings(before, "ports")} - {0}
        had = had if text(before, "type") in _WITH_NODE_PORTS else set()
        kept: set[int] = set()
        if text(spec, "type") in _WITH_NODE_PORTS:
            for position, port in enumerate(mappings(spec, "ports")):
                wanted = number(port, "nodePort")
                try:
                    if not wanted and _wants_node_ports(spec):
                        wanted = port["nodePort"] = self._pick_port()
                    elif wanted and wanted not in had | kept:
                        self._take_port(wanted)
                except Refused as refused:
                    return [_refused(position, wanted, refused)]
                kept.add(wanted)
        for gone in had - kept:
            self._give_back_port(gone)
        return []

    def _health_check(self, spec: dict[str, Any]) -> list[FieldError]:
        wanted = number(spec, "healthCheckNodePort")
        try:
            if wanted:
                self._take_port(wanted)
            else:
                spec["healthCheckNodePort"] = self._pick_port()
        except Refused as refused:
            if wanted:
                return [internal(f"failed to allocate requested HealthCheck NodePort {wanted}: {refused.message}")]
            return [internal(f"failed to allocate a HealthCheck NodePort 0: {refused.message}")]
        return []

    def _changed_health_check(self, service: dict[str, Any], old: Object) -> list[FieldError]:
        needed, needs = needs_health_check(old), needs_health_check(service)
        if needs and not needed:
            return self._health_check(service["spec"])
        if needed and not needs:
            self._give_back_port(number(mapping(old, "spec"), "healthCheckNodePort"))
        return []


def _wants_node_ports(spec: Object) -> bool:
    return text(spec, "type") == "NodePort" or spec.get("allocateLoadBalancerNodePorts") is not False


def _refused(position: int, wanted: int, refused: Refused) -> FieldError:
    if wanted:
        return invalid(f"spec.ports[{position}].nodePort", wanted, refused.message)
    return internal(f"failed to allocate a nodePort: {refused.message}")
