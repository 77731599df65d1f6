"""Nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from nodeportkit.sources.objects.kinds import Part
from nodeportkit.sources.objects.typed import KubernetesObject, Metadata, Typed, is_live, labels

__all__ = ["KINDS", "TYPE", "columns"]

KINDS: Final = {"Node": ("",)}
_ROLE: Final = "node-role.kubernetes.io/"
_ROLE_NAMED: Final = "kubernetes.io/role"
_ZONES: Final = ("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone")


class NodeSpec(Typed):
    """What the node is to be."""

    pod_cidr: str | None = None
    pod_cidrs: list[str] | None = None
    unschedulable: bool | None = None
    provider_id: str | None = None


class Address(Typed):
    """An entry of status.addresses."""

    type: str | None = None
    address: str | None = None


class Condition(Typed):
    """An entry of status.conditions."""

    type: str | None = None
    status: str | None = None


class NodeInfo(Typed):
    """What runs on the node."""

    kubelet_version: str | None = None
    os_image: str | None = None
    kernel_version: str | None = None
    container_runtime_version: str | None = None


class NodeStatus(Typed):
    """How the node is."""

    addresses: list[Address] | None = None
    conditions: list[Condition] | None = None
    node_info: NodeInfo | None = None


class Node(KubernetesObject):
    """A node."""

    spec: NodeSpec | None = None
    status: NodeStatus | None = None


TYPE: Final = Node
_NO_METADATA, _NO_SPEC, _NO_INFO = Metadata(), NodeSpec(), NodeInfo()


def columns(nodes: Sequence[Node], namespace: str) -> list[Part]:  # noqa: ARG001 (nodes stand in no namespace)
    """The rows of `nodes`."""
    metas = [node.metadata or _NO_METADATA for node in nodes]
    specs = [node.spec or _NO_SPEC for node in nodes]
    statuses = [node.status if is_live(meta) else None for node, meta in zip(nodes, metas, strict=True)]
    infos = [(status.node_info if status else None) or _NO_INFO for status in statuses]
    marks = [labels(meta) for meta in metas]
    rows: dict[str, list[Any]] = {
        "name": [meta.name for meta in metas],
        "ready": [_is_ready(status) if status else None for status in statuses],
        "schedulable": [spec.unschedulable is not True for spec in specs],
        "roles": [_roles(found) for found in marks],
        "internal_ips": [_addresses(status, "InternalIP") if status else None for status in statuses],
        "external_ips": [_addresses(status, "ExternalIP") if status else None for status in statuses],
        "zone": [next((found[key] for key in _ZONES if key in found), "") for found in marks],
        "pod_cidrs": [
            spec.pod_cidrs or ([spec.pod_cidr] if spec.pod_cidr else [] if is_live(meta) else None)
            for spec, meta in zip(specs, metas, strict=True)
        ],
        "labels": marks,
        "version": [info.kubelet_version for info in infos],
        "os_image": [info.os_image for info in infos],
        "kernel_version": [info.kernel_version for info in infos],
        "container_runtime": [info.container_runtime_version for info in infos],
        "provider_id": [
            spec.provider_id or ("" if is_live(meta) else None) for spec, meta in zip(specs, metas, strict=True)
        ],
        "created": [meta.creation_timestamp for meta in metas],
    }
    return [Part("nodes", rows)]


def _is_ready(status: NodeStatus) -> bool:
    return any(condition.type == "Ready" and condition.status == "True" for condition in status.conditions or ())


def _addresses(status: NodeStatus, kind: str) -> list[str]:
    return [entry.address for entry in status.addresses or () if entry.type == kind and entry.address]


def _roles(marks: dict[str, str]) -> list[str]:
    """The roles as `kubectl get nodes` finds them (`findNodeRoles` of pkg/printers/internalversion/printers.go)."""
    roles = {key.removeprefix(_ROLE) for key in marks if key.startswith(_ROLE)} - {""}
    if marks.get(_ROLE_NAMED):
        roles.add(marks[_ROLE_NAMED])
    return sorted(roles)
