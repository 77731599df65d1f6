"""Endpoints: the older and coarser form of EndpointSlices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from nodeportkit.sources.objects.kinds import Part
from nodeportkit.sources.objects.typed import KubernetesObject, Metadata, Typed, Whole

__all__ = ["KINDS", "TYPE", "columns"]

KINDS: Final = {"Endpoints": ("",)}


class Target(Typed):
    """What stands behind an address."""

    kind: str | None = None
    name: str | None = None


class Address(Typed):
    """An entry of addresses or notReadyAddresses."""

    ip: str | None = None
    node_name: str | None = None
    target_ref: Target | None = None


class EndpointPort(Typed):
    """An entry of ports."""

    name: str | None = None
    port: Whole | None = None
    protocol: str | None = None


class Subset(Typed):
    """Addresses that share their ports."""

    addresses: list[Address] | None = None
    not_ready_addresses: list[Address] | None = None
    ports: list[EndpointPort] | None = None


class Endpoints(KubernetesObject):
    """The endpoints of the service of the same name."""

    subsets: list[Subset] | None = None


TYPE: Final = Endpoints
_NO_METADATA, _NO_PORT = Metadata(), EndpointPort()


def columns(objects: Sequence[Endpoints], namespace: str) -> list[Part]:
    """The rows of `endpoints`: each address with each port of its subset.

    Whether one serves or terminates, its zone and its hints are not told here, and stay unknown.
    """
    metas = [entry.metadata or _NO_METADATA for entry in objects]
    found = [
        (meta, address, port, ready)
        for meta, entry in zip(metas, objects, strict=True)
        for subset in entry.subsets or ()
        for port in subset.ports or (_NO_PORT,)
        for addresses, ready in ((subset.addresses, True), (subset.not_ready_addresses, False))
        for address in addresses or ()
    ]
    rows: dict[str, list[Any]] = {
        "namespace": [meta.namespace or namespace for meta, _, _, _ in found],
        "service": [meta.name for meta, _, _, _ in found],
        "address": [address.ip for _, address, _, _ in found],
        "port": [port.port for _, _, port, _ in found],
        "port_name": [port.name or "" for _, _, port, _ in found],
        "protocol": [port.protocol or "TCP" for _, _, port, _ in found],
        "pod": [_pod(address.target_ref) for _, address, _, _ in found],
        "node": [address.node_name or "" for _, address, _, _ in found],
        "ready": [ready for _, _, _, ready in found],
        "derived": [False] * len(found),
    }
    covers: dict[str, list[Any]] = {
        "namespace": [meta.namespace or namespace for meta in metas],
        "service": [meta.name for meta in metas],
    }
    return [Part("endpoints", rows, covers, detail=2)]


def _pod(target: Target | None) -> str:
    return (target.name or "") if target and target.kind == "Pod" else ""
