"""Deployments, ReplicaSets and the other owners of pods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from nodeportkit.sources.objects.kinds import Part
from nodeportkit.sources.objects.pods.specs import made_of, specs_part
from nodeportkit.sources.objects.pods.standing import told_by
from nodeportkit.sources.objects.pods.types import Condition, PodSpec
from nodeportkit.sources.objects.typed import KubernetesObject, Metadata, Typed, Whole, is_live, labels, owner

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
    spec: PodSpec | None = None


class JobSpec(Typed):
    """The spec within a CronJob's template."""

    template: Template | None = None


class JobTemplate(Typed):
    """What a CronJob creates jobs from."""

    spec: JobSpec | None = None


class WorkloadSpec(Typed):
    """What the workload is to be."""

    replicas: Whole | None = None
    parallelism: Whole | None = None
    suspend: bool | None = None
    selector: dict[str, Any] | None = None
    template: Template | None = None
    job_template: JobTemplate | None = None


class WorkloadStatus(Typed):
    """How the workload is."""

    ready_replicas: Whole | None = None
    desired_number_scheduled: Whole | None = None
    number_ready: Whole | None = None
    ready: Whole | None = None
    updated_replicas: Whole | None = None
    updated_number_scheduled: Whole | None = None
    available_replicas: Whole | None = None
    number_available: Whole | None = None
    conditions: list[Condition] | None = None


class Workload(KubernetesObject):
    """A workload of any kind."""

    spec: WorkloadSpec | None = None
    status: WorkloadStatus | None = None


TYPE: Final = Workload
_NO_METADATA, _NO_PLAN, _NO_STATUS, _NO_PODS = Metadata(), WorkloadSpec(), WorkloadStatus(), PodSpec()
# The status of a condition at which it tells of trouble (Kubernetes API reference: DeploymentCondition, ReplicaSetCondition,
# JobCondition). Suspended jobs and those that are complete are in none.
_TROUBLE: Final = {
    "ReplicaFailure": "True",
    "Progressing": "False",
    "Available": "False",
    "Failed": "True",
    "FailureTarget": "True",
}


def columns(workloads: Sequence[Workload], namespace: str) -> list[Part]:
    """The rows of `workloads` and `specs`."""
    metas = [workload.metadata or _NO_METADATA for workload in workloads]
    owners = [owner(meta) for meta in metas]
    templates = [_template(workload.spec or _NO_PLAN) for workload in workloads]
    specs = made_of([(template and template.spec) or _NO_PODS for template in templates])
    rows: dict[str, list[Any]] = {
        "namespace": [meta.namespace or namespace for meta in metas],
        "kind": [workload.kind for workload in workloads],
        "name": [meta.name for meta in metas],
        "desired": [_desired(workload) for workload in workloads],
        "ready": [_counted(workload, _READY) for workload in workloads],
        "selector": [_selector(workload) for workload in workloads],
        "template_labels": [
            None if template is None else labels(template.metadata or _NO_METADATA) for template in templates
        ],
        "spec": [spec.id for spec in specs],
        "trouble": [_trouble(workload) for workload in workloads],
        "updated": [_counted(workload, _UPDATED) for workload in workloads],
        "available": [_counted(workload, _AVAILABLE) for workload in workloads],
        "owner_kind": [kind for kind, _ in owners],
        "owner_name": [name for _, name in owners],
        "labels": [labels(meta) for meta in metas],
        "created": [meta.creation_timestamp for meta in metas],
    }
    return [Part("workloads", rows), specs_part(specs)]


def _template(spec: WorkloadSpec) -> Template | None:
    if spec.job_template and spec.job_template.spec:
        return spec.job_template.spec.template
    return spec.template


def _selector(workload: Workload) -> dict[str, Any] | None:
    """The selector; unknown where the server is still to make one (a job's, an old manifest's)."""
    selector = (workload.spec or _NO_PLAN).selector
    if selector is None and workload.kind == "ReplicationController":
        template = _template(workload.spec or _NO_PLAN)
        return labels(template.metadata) if template and template.metadata else None
    return selector


def _desired(workload: Workload) -> int | None:
    """The pods asked for: one where a manifest gives no number; as many as there are nodes for a DaemonSet."""
    spec, status = workload.spec or _NO_PLAN, workload.status or _NO_STATUS
    if workload.kind == "DaemonSet":
        return status.desired_number_scheduled
    if workload.kind == "CronJob":
        return None
    asked = spec.parallelism if workload.kind == "Job" else spec.replicas
    if workload.kind == "Job" and spec.suspend:
        return 0
    return 1 if asked is None else asked


_READY: Final = {
    "Deployment": "ready_replicas",
    "ReplicaSet": "ready_replicas",
    "ReplicationController": "ready_replicas",
    "StatefulSet": "ready_replicas",
    "DaemonSet": "number_ready",
    "Job": "ready",
}
_UPDATED: Final = {
    "Deployment": "updated_replicas",
    "StatefulSet": "updated_replicas",
    "DaemonSet": "updated_number_scheduled",
}
_AVAILABLE: Final = {
    "Deployment": "available_replicas",
    "ReplicaSet": "available_replicas",
    "ReplicationController": "available_replicas",
    "StatefulSet": "available_replicas",
    "DaemonSet": "number_available",
}


def _counted(workload: Workload, fields: dict[str, str]) -> int | None:
    """The pods that the server counts in the field of that kind of workload; it leaves a 0 out."""
    field = fields.get(workload.kind or "")
    if field is None or not is_live(workload.metadata or _NO_METADATA):
        return None
    return getattr(workload.status or _NO_STATUS, field) or 0


def _trouble(workload: Workload) -> list[str] | None:
    """The conditions that tell of trouble, with reason and message; unknown for a manifest."""
    if not is_live(workload.metadata or _NO_METADATA):
        return None
    return [
        ": ".join(part for part in (condition.type, told_by(condition)) if part)
        for condition in (workload.status or _NO_STATUS).conditions or ()
        if condition.status and _TROUBLE.get(condition.type or "") == condition.status
    ]
