"""EndpointSlices: the endpoints that kube-proxy sends packets to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from nodeportkit.sources.objects.kinds import Part
from nodeportkit.sources.objects.typed import KubernetesObject, Metadata, Typed, Whole, labels

__all__ = ["KINDS", "TYPE", "columns"]

KINDS: Final = {"EndpointSlice": ("discovery.k8s.io",)}
_SERVICE_LABEL: Final = "kubernetes.io/service-name"
_ZONE, _HOST = "topology.kubernetes.io/zone", "kubernetes.io/hostname"


class Conditions(Typed):
    """How an endpoint is."""

    ready: bool | None = None
    serving: bool | None = None
    terminating: bool | None = None


class Target(Typed):
    """What stands behind an endpoint."""

    kind: str | None = None
    name: str | None = None


class Named(Typed):
    """A zone or node in a hint."""

    name: str | None = None


class Hints(Typed):
    """For which zones or nodes an endpoint is meant."""

    for_zones: list[Named] | None = None
    for_nodes: list[Named] | None = None


class Endpoint(Typed):
    """An entry of endpoints."""

    addresses: list[str] | None = None
    conditions: Conditions | None = None
    target_ref: Target | None = None
    node_name: str | None = None
    zone: str | None = None
    hints: Hints | None = None
    topology: dict[str, str] | None = None  # v1beta1


class EndpointPort(Typed):
    """An entry of ports."""

    name: str | None = None
    port: Whole | None = None
    protocol: str | None = None


class EndpointSlice(KubernetesObject):
    """An EndpointSlice."""

    address_type: str | None = None
    endpoints: list[Endpoint] | None = None
    ports: list[EndpointPort] | None = None


TYPE: Final = EndpointSlice
_NO_METADATA, _NO_CONDITIONS, _NO_PORT = Metadata(), Conditions(), EndpointPort()


def columns(slices: Sequence[EndpointSlice], namespace: str) -> list[Part]:
    """The rows of `endpoints`: each endpoint with each port of its slice.

    Only the first address of an endpoint counts: the API gives the others no meaning, and kube-proxy does not look at
    them (staging/src/k8s.io/api/discovery/v1/types.go, `Endpoint.addresses`). Slices of host names (`addressType: FQDN`)
    have no rows, as kube-proxy passes them over.
    """
    metas = [entry.metadata or _NO_METADATA for entry in slices]
    # A slice without the label belongs to no service; "" says that this is known.
    homes = [
        (meta.namespace or namespace, labels(meta).get(_SERVICE_LABEL, "") if meta.labels else "", meta.name)
        for meta in metas
    ]
    found = [
        (home, endpoint, port)
        for home, entry in zip(homes, slices, strict=True)
        if entry.address_type != "FQDN"
        for port in entry.ports or (_NO_PORT,)
        for endpoint in entry.endpoints or ()
        if endpoint.addresses
    ]
    covers: dict[str, list[Any]] = {
        "namespace": [home[0] for home in homes],
        "service": [home[1] for home in homes],
        "slice": [home[2] for home in homes],
    }
    return [Part("endpoints", _columns(found), covers)]


def _columns(found: list[tuple[tuple[str, str, str | None], Endpoint, EndpointPort]]) -> dict[str, list[Any]]:
    endpoints = [endpoint for _, endpoint, _ in found]
    conditions = [endpoint.conditions or _NO_CONDITIONS for endpoint in endpoints]
    # Absent conditions, by the API's own words: ready means true, serving means ready, terminating means false.
    ready = [condition.ready is not False for condition in conditions]
    return {
        "namespace": [home[0] for home, _, _ in found],
        "service": [home[1] for home, _, _ in found],
        "slice": [home[2] for home, _, _ in found],
        "address": [endpoint.addresses[0] if endpoint.addresses else None for endpoint in endpoints],
        "port": [port.port for _, _, port in found],
        "port_name": [port.name or "" for _, _, port in found],
        "protocol": [port.protocol or "TCP" for _, _, port in found],
        "pod": [_pod(endpoint.target_ref) for endpoint in endpoints],
        "node": [endpoint.node_name or (endpoint.topology or {}).get(_HOST, "") for endpoint in endpoints],
        "zone": [endpoint.zone or (endpoint.topology or {}).get(_ZONE, "") for endpoint in endpoints],
        "ready": ready,
        "serving": [
            is_ready if condition.serving is None else condition.serving
            for condition, is_ready in zip(conditions, ready, strict=True)
        ],
        "terminating": [condition.terminating is True for condition in conditions],
        "hints": [_hints(endpoint.hints) if endpoint.hints else {} for endpoint in endpoints],
        "derived": [False] * len(found),
    }


def _pod(target: Target | None) -> str:
    return (target.name or "") if target and target.kind == "Pod" else ""


def _hints(hints: Hints) -> dict[str, list[str]]:
    named = {"zones": hints.for_zones, "nodes": hints.for_nodes}
    return {key: [entry.name for entry in entries if entry.name] for key, entries in named.items() if entries}
