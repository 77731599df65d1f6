"""Deployments, ReplicaSets and the other owners of pods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from nodeportkit.sources.objects.kinds import Part
from nodeportkit.sources.objects.typed import KubernetesObject, Metadata, Typed, is_live, labels, owner

__all__ = ["KINDS", "TYPE", "columns"]

_APPS: Final = ("apps", "extensions")
KINDS: Final = {
    "Deployment": _APPS,
    "ReplicaSet": _APPS,
    "DaemonSet": _APPS,
    "StatefulSet": ("apps",),
    "ReplicationController": ("",),
    "Job": ("batch",),
    "CronJob": ("batch",),
}


class Template(Typed):
    """What pods are created from."""

    metadata: Metadata | None = None


class JobSpec(Typed):
    """The spec within a CronJob's template."""

    template: Template | None = None


class JobTemplate(Typed):
    """What a CronJob creates jobs from."""

    spec: JobSpec | None = None


class WorkloadSpec(Typed):
    """What the workload is to be."""

    replicas: int | None = None
    parallelism: int | None = None
    suspend: bool | None = None
    selector: dict[str, Any] | None = None
    template: Template | None = None
    job_template: JobTemplate | None = None


class WorkloadStatus(Typed):
    """How the workload is."""

    ready_replicas: int | None = None
    desired_number_scheduled: int | None = None
    number_ready: int | None = None
    ready: int | None = None


class Workload(KubernetesObject):
    """A workload of any kind."""

    spec: WorkloadSpec | None = None
    status: WorkloadStatus | None = None


TYPE: Final = Workload
_NO_METADATA, _NO_SPEC, _NO_STATUS = Metadata(), WorkloadSpec(), WorkloadStatus()


def columns(workloads: Sequence[Workload], namespace: str) -> list[Part]:
    """The rows of `workloads`."""
    metas = [workload.metadata or _NO_METADATA for workload in workloads]
    owners = [owner(meta) for meta in metas]
    templates = [_template(workload.spec or _NO_SPEC) for workload in workloads]
    rows: dict[str, list[Any]] = {
        "namespace": [meta.namespace or namespace for meta in metas],
        "kind": [workload.kind for workload in workloads],
        "name": [meta.name for meta in metas],
        "desired": [_desired(workload) for workload in workloads],
        "ready": [_ready(workload) for workload in workloads],
        "selector": [_selector(workload) for workload in workloads],
        "template_labels": [
            None if template is None else labels(template.metadata or _NO_METADATA) for template in templates
        ],
        "owner_kind": [kind for kind, _ in owners],
        "owner_name": [name for _, name in owners],
        "labels": [labels(meta) for meta in metas],
        "created": [meta.creation_timestamp for meta in metas],
    }
    return [Part("workloads", rows)]


def _template(spec: WorkloadSpec) -> Template | None:
    if spec.job_template and spec.job_template.spec:
        return spec.job_template.spec.template
    return spec.template


def _selector(workload: Workload) -> dict[str, Any] | None:
    """The selector; unknown where the server is still to make one (a job's, an old manifest's)."""
    selector = (workload.spec or _NO_SPEC).selector
    if selector is None and workload.kind == "ReplicationController":
        template = _template(workload.spec or _NO_SPEC)
        return labels(template.metadata) if template and template.metadata else None
    return selector


def _desired(workload: Workload) -> int | None:
    """The pods asked for: one where a manifest gives no number; as many as there are nodes for a DaemonSet."""
    spec, status = workload.spec or _NO_SPEC, workload.status or _NO_STATUS
    if workload.kind == "DaemonSet":
        return status.desired_number_scheduled
    if workload.kind == "CronJob":
        return None
    asked = spec.parallelism if workload.kind == "Job" else spec.replicas
    if workload.kind == "Job" and spec.suspend:
        return 0
    return 1 if asked is None else asked


def _ready(workload: Workload) -> int | None:
    """The pods that are ready; the server leaves a 0 out."""
    if workload.kind == "CronJob" or not is_live(workload.metadata or _NO_METADATA):
        return None
    status = workload.status or _NO_STATUS
    field = {"DaemonSet": status.number_ready, "Job": status.ready}.get(workload.kind or "", status.ready_replicas)
    return field or 0
