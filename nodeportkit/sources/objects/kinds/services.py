"""Services, and their ports, with the defaults that the API server fills in (pkg/apis/core/v1/defaults.go)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from nodeportkit.sources.objects.kinds import Part
from nodeportkit.sources.objects.typed import KubernetesObject, Metadata, Typed, Whole, is_live, labels

__all__ = ["KINDS", "TYPE", "columns", "ignored_checks"]

KINDS: Final = {"Service": ("",)}
_CLIENT_IP_TIMEOUT: Final = 10800
_WORDS: Final = re.compile(r"[^\s,]+")


class ServicePort(Typed):
    """An entry of spec.ports."""

    name: str | None = None
    protocol: str | None = None
    port: Whole | None = None
    target_port: Whole | str | None = None
    node_port: Whole | None = None
    app_protocol: str | None = None


class ClientIPConfig(Typed):
    """How long a client stays with its pod."""

    timeout_seconds: Whole | None = None


class SessionAffinityConfig(Typed):
    """The settings of session affinity."""

    client_ip: ClientIPConfig | None = None


class ServiceSpec(Typed):
    """What the service is to be."""

    type: str | None = None
    cluster_ip: str | None = None
    cluster_ips: list[str] | None = None
    external_ips: list[str] | None = None
    external_name: str | None = None
    load_balancer_source_ranges: list[str] | None = None
    selector: dict[str, str | None] | None = None
    ports: list[ServicePort] | None = None
    external_traffic_policy: str | None = None
    internal_traffic_policy: str | None = None
    session_affinity: str | None = None
    session_affinity_config: SessionAffinityConfig | None = None
    traffic_distribution: str | None = None
    ip_families: list[str] | None = None
    ip_family_policy: str | None = None
    publish_not_ready_addresses: bool | None = None
    health_check_node_port: Whole | None = None
    allocate_load_balancer_node_ports: bool | None = None
    load_balancer_class: str | None = None


class Ingress(Typed):
    """An address at which a load balancer takes traffic."""

    ip: str | None = None
    hostname: str | None = None
    ip_mode: str | None = None


class LoadBalancer(Typed):
    """Where the load balancer takes traffic."""

    ingress: list[Ingress] | None = None


class ServiceStatus(Typed):
    """How the service is."""

    load_balancer: LoadBalancer | None = None


class Annotations(Typed):
    """The one annotation that is read: it is our own."""

    ignore: str | None = msgspec.field(default=None, name="nodeportkit.io/ignore")


class ServiceMetadata(Metadata):
    """The metadata of a service."""

    annotations: Annotations | None = None


class Service(KubernetesObject):
    """A service."""

    metadata: ServiceMetadata | None = None
    spec: ServiceSpec | None = None
    status: ServiceStatus | None = None


TYPE: Final = Service
_NO_METADATA, _NO_SPEC, _NO_STATUS = ServiceMetadata(), ServiceSpec(), ServiceStatus()


def columns(services: Sequence[Service], namespace: str) -> list[Part]:
    """The rows of `services` and `ports`."""
    metas = [service.metadata or _NO_METADATA for service in services]
    specs = [service.spec or _NO_SPEC for service in services]
    live = [is_live(meta) for meta in metas]
    types = [spec.type or "ClusterIP" for spec in specs]
    ingresses = [_ingress(service) for service in services]
    namespaces = [meta.namespace or namespace for meta in metas]
    names = [meta.name for meta in metas]
    rows: dict[str, list[Any]] = {
        "namespace": namespaces,
        "name": names,
        "type": types,
        "cluster_ips": [_cluster_ips(spec, known) for spec, known in zip(specs, live, strict=True)],
        "external_ips": [spec.external_ips or [] for spec in specs],
        "load_balancer_ips": [
            [at.ip or at.hostname or "" for at in ingress] if known or type_ != "LoadBalancer" else None
            for ingress, known, type_ in zip(ingresses, live, types, strict=True)
        ],
        "load_balancer_ip_modes": [
            [at.ip_mode or "" for at in ingress] if known or type_ != "LoadBalancer" else None
            for ingress, known, type_ in zip(ingresses, live, types, strict=True)
        ],
        "load_balancer_source_ranges": [spec.load_balancer_source_ranges or [] for spec in specs],
        "external_name": [spec.external_name or "" for spec in specs],
        "selector": [{key: value or "" for key, value in (spec.selector or {}).items()} for spec in specs],
        "external_traffic_policy": [
            spec.external_traffic_policy or ("Cluster" if _is_external(spec) else "") for spec in specs
        ],
        "internal_traffic_policy": [
            spec.internal_traffic_policy or ("" if spec.type == "ExternalName" else "Cluster") for spec in specs
        ],
        "session_affinity": [spec.session_affinity or "None" for spec in specs],
        "affinity_timeout": [_affinity_timeout(spec) for spec in specs],
        "traffic_distribution": [spec.traffic_distribution or "" for spec in specs],
        "ip_families": [
            spec.ip_families if spec.ip_families is not None else ([] if known else None)
            for spec, known in zip(specs, live, strict=True)
        ],
        "ip_family_policy": [
            spec.ip_family_policy or ("" if known else None) for spec, known in zip(specs, live, strict=True)
        ],
        "publish_not_ready": [spec.publish_not_ready_addresses is True for spec in specs],
        "health_check_node_port": [
            spec.health_check_node_port or (0 if known else None) for spec, known in zip(specs, live, strict=True)
        ],
        "allocate_node_ports": [_allocates(spec) for spec in specs],
        "load_balancer_class": [spec.load_balancer_class or "" for spec in specs],
        "ignored_checks": [_ignored(meta) for meta in metas],
        "labels": [labels(meta) for meta in metas],
        "created": [meta.creation_timestamp for meta in metas],
    }
    ports = [
        (namespace_, name, port, _has_no_node_port(spec, known))
        for namespace_, name, spec, known in zip(namespaces, names, specs, live, strict=True)
        for port in spec.ports or ()
    ]
    return [
        Part("services", rows),
        Part("ports", _port_columns(ports), {"namespace": namespaces, "service": names}),
    ]


def _port_columns(ports: list[tuple[str, str | None, ServicePort, bool]]) -> dict[str, list[Any]]:
    return {
        "namespace": [namespace for namespace, _, _, _ in ports],
        "service": [name for _, name, _, _ in ports],
        "port_name": [port.name or "" for _, _, port, _ in ports],
        "protocol": [port.protocol or "TCP" for _, _, port, _ in ports],
        "port": [port.port for _, _, port, _ in ports],
        "target_port": [_target_port(port) for _, _, port, _ in ports],
        "node_port": [port.node_port or (0 if none else None) for _, _, port, none in ports],
        "app_protocol": [port.app_protocol or "" for _, _, port, _ in ports],
    }


def _target_port(port: ServicePort) -> str | None:
    """The target port as text: where it is absent, 0 or "", the number of the port."""
    target = port.target_port or port.port
    return None if target is None else str(target)


def _has_no_node_port(spec: ServiceSpec, live: bool) -> bool:
    """Whether a port without a node port has none for certain, and does not wait for the server to choose one."""
    return live or spec.type not in ("NodePort", "LoadBalancer")


def _is_external(spec: ServiceSpec) -> bool:
    """Whether the service can be reached from outside, and so has an external traffic policy."""
    return spec.type in ("NodePort", "LoadBalancer") or bool(spec.external_ips)


def _allocates(spec: ServiceSpec) -> bool | None:
    """Whether ports of a load balancer get node ports: by default; of other services the field says nothing."""
    return spec.allocate_load_balancer_node_ports is not False if spec.type == "LoadBalancer" else None


def _ignored(meta: ServiceMetadata) -> list[str]:
    return ignored_checks((meta.annotations and meta.annotations.ignore) or "")


def ignored_checks(text: str) -> list[str]:
    """The checks that the annotation nodeportkit.io/ignore asks to be left out.

    Examples
    --------
    >>> ignored_checks("type-node-port, single-endpoint"), ignored_checks("all"), ignored_checks("")
    (['type-node-port', 'single-endpoint'], ['all'], [])
    """
    found = list(dict.fromkeys(word.lower() for word in _WORDS.findall(text)))
    return ["all"] if "all" in found else found


def _cluster_ips(spec: ServiceSpec, live: bool) -> list[str] | None:
    if spec.cluster_ips:
        return spec.cluster_ips
    if spec.cluster_ip:
        return [spec.cluster_ip]
    return [] if live or spec.type == "ExternalName" else None


def _affinity_timeout(spec: ServiceSpec) -> int | None:
    if spec.session_affinity != "ClientIP":
        return None
    config = spec.session_affinity_config
    client = config.client_ip if config else None
    return (client.timeout_seconds if client else None) or _CLIENT_IP_TIMEOUT


def _ingress(service: Service) -> list[Ingress]:
    balancer = (service.status or _NO_STATUS).load_balancer
    return (balancer.ingress if balancer else None) or []
