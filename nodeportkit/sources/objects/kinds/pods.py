"""Pods, the container ports they declare, and what their containers are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from nodeportkit.sources.objects.kinds import Part
from nodeportkit.sources.objects.pods.flags import settings
from nodeportkit.sources.objects.pods.specs import made_of, ports_part, specs_part
from nodeportkit.sources.objects.pods.standing import standing
from nodeportkit.sources.objects.pods.types import Pod, PodSpec, PodStatus
from nodeportkit.sources.objects.typed import Metadata, labels, owner

__all__ = ["KINDS", "TYPE", "columns", "settings"]

KINDS: Final = {"Pod": ("",)}
TYPE: Final = Pod
_NO_METADATA, _NO_PLAN, _NO_STATUS = Metadata(), PodSpec(), PodStatus()


def columns(pods: Sequence[Pod], namespace: str) -> list[Part]:
    """The rows of `pods`, `containers` and `specs`."""
    metas = [pod.metadata or _NO_METADATA for pod in pods]
    plans = [pod.spec or _NO_PLAN for pod in pods]
    statuses = [pod.status or _NO_STATUS for pod in pods]
    specs = made_of(plans)
    created = [meta.creation_timestamp for meta in metas]
    phases = [status.phase for status in statuses]
    # Of a manifest, which has neither, it is unknown what the cluster will make: no "" for what is absent.
    absent = ["" if at or phase else None for at, phase in zip(created, phases, strict=True)]
    namespaces = [meta.namespace or namespace for meta in metas]
    names = [meta.name for meta in metas]
    owner_kinds, owner_names = zip(*map(owner, metas), strict=True)
    printed, ready, ready_containers, restarts, reasons = zip(*map(standing, pods, specs), strict=True)
    rows: dict[str, Sequence[Any]] = {
        "namespace": namespaces,
        "name": names,
        "node": [plan.node_name or none for plan, none in zip(plans, absent, strict=True)],
        "ips": [_ips(status) if status.phase else None for status in statuses],
        "phase": phases,
        "status": printed,
        "ready": ready,
        "ready_containers": ready_containers,
        "containers": [spec.containers for spec in specs],
        "restarts": restarts,
        "owner_kind": owner_kinds,
        "owner_name": owner_names,
        "host_network": [plan.host_network is True for plan in plans],
        "terminating": [
            None if none is None else meta.deletion_timestamp is not None
            for meta, none in zip(metas, absent, strict=True)
        ],
        "unready_reason": reasons,
        "spec": [spec.id for spec in specs],
        "labels": list(map(labels, metas)),
        "created": created,
    }
    return [Part("pods", rows), ports_part(specs), specs_part(specs)]


def _ips(status: PodStatus) -> list[str]:
    """The addresses; before Kubernetes 1.16 there was but one."""
    found = status.pod_ips
    if not found:
        return [status.pod_ip] if status.pod_ip else []
    if len(found) == 1:
        return [found[0].ip] if found[0].ip else []
    return [entry.ip for entry in found if entry.ip]
