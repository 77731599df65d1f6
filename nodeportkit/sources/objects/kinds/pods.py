"""Pods, and the container ports they declare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from nodeportkit.sources.objects.kinds import Part
from nodeportkit.sources.objects.pod_standing import standing
from nodeportkit.sources.objects.pod_types import Container, InitContainer, Pod, PodSpec, PodStatus, sidecars
from nodeportkit.sources.objects.typed import Metadata, common, labels, owner

__all__ = ["KINDS", "TYPE", "columns"]

KINDS: Final = {"Pod": ("",)}
TYPE: Final = Pod
_NO_METADATA, _NO_SPEC, _NO_STATUS = Metadata(), PodSpec(), PodStatus()


def columns(pods: Sequence[Pod], namespace: str) -> list[Part]:
    """The rows of `pods` and `containers`."""
    metas = [pod.metadata or _NO_METADATA for pod in pods]
    specs = [pod.spec or _NO_SPEC for pod in pods]
    statuses = [pod.status or _NO_STATUS for pod in pods]
    created = [meta.creation_timestamp for meta in metas]
    phases = [common(status.phase) if status.phase else None for status in statuses]
    # Of a manifest, which has neither, it is unknown what the cluster will make: no "" for what is absent.
    absent = ["" if at or phase else None for at, phase in zip(created, phases, strict=True)]
    namespaces = [meta.namespace or namespace for meta in metas]
    names = [meta.name for meta in metas]
    owner_kinds, owner_names = zip(*map(owner, metas), strict=True)
    printed, ready, ready_containers, restarts = zip(*map(standing, pods), strict=True)
    rows: dict[str, Sequence[Any]] = {
        "namespace": namespaces,
        "name": names,
        "node": [spec.node_name or none for spec, none in zip(specs, absent, strict=True)],
        "ips": [_ips(status) if status.phase else None for status in statuses],
        "phase": phases,
        "status": printed,
        "ready": ready,
        "ready_containers": ready_containers,
        "containers": [
            len(spec.containers or ()) + (len(sidecars(spec)) if spec.init_containers else 0) for spec in specs
        ],
        "restarts": restarts,
        "owner_kind": owner_kinds,
        "owner_name": owner_names,
        "host_network": [spec.host_network is True for spec in specs],
        "terminating": [
            None if none is None else meta.deletion_timestamp is not None
            for meta, none in zip(metas, absent, strict=True)
        ],
        "labels": list(map(labels, metas)),
        "created": created,
    }
    covers = {"namespace": namespaces, "pod": names}
    return [Part("pods", rows), Part("containers", _ports(specs, namespaces, names), covers)]


_PORT_COLUMNS: Final = (
    "namespace",
    "pod",
    "container",
    "port_name",
    "container_port",
    "protocol",
    "host_port",
    "sidecar",
)


def _ports(specs: list[PodSpec], namespaces: list[str], names: list[str | None]) -> dict[str, Any]:
    """The declared ports of all containers, those of sidecars among them."""
    declared = [
        (
            namespace,
            name,
            container.name,
            port.name or "",
            port.container_port,
            common(port.protocol or "TCP"),
            port.host_port or 0,
            type(container) is InitContainer,
        )
        for namespace, name, spec in zip(namespaces, names, specs, strict=True)
        for container in (_lasting(spec) if spec.init_containers else spec.containers or ())
        for port in container.ports or ()
    ]
    return dict(zip(_PORT_COLUMNS, zip(*declared, strict=True) if declared else [()] * 8, strict=True))


def _lasting(spec: PodSpec) -> Sequence[Container]:
    """The containers that run as long as the pod does: sidecars stand among the init containers."""
    return [*(spec.containers or ()), *sidecars(spec)]


def _ips(status: PodStatus) -> list[str]:
    """The addresses; before Kubernetes 1.16 there was but one."""
    found = status.pod_ips
    if not found:
        return [status.pod_ip] if status.pod_ip else []
    if len(found) == 1:
        return [found[0].ip] if found[0].ip else []
    return [entry.ip for entry in found if entry.ip]
