"""Pods, and the container ports they declare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from nodeportkit.kube.printing.pod_status import ContainerView, PodSummary, PodView, pod_summary
from nodeportkit.sources.objects.kinds import Part
from nodeportkit.sources.objects.typed import KubernetesObject, Metadata, Typed, is_live, labels, owner

__all__ = ["KINDS", "TYPE", "columns"]

KINDS: Final = {"Pod": ("",)}


class ContainerPort(Typed):
    """An entry of a container's ports."""

    name: str | None = None
    container_port: int | None = None
    protocol: str | None = None
    host_port: int | None = None


class Container(Typed):
    """A container or init container."""

    name: str | None = None
    ports: list[ContainerPort] | None = None
    restart_policy: str | None = None


class PodSpec(Typed):
    """What the pod is to be."""

    node_name: str | None = None
    host_network: bool | None = None
    containers: list[Container] | None = None
    init_containers: list[Container] | None = None


class Condition(Typed):
    """An entry of status.conditions."""

    type: str | None = None
    status: str | None = None
    reason: str | None = None


class Waiting(Typed):
    """Why a container has not started."""

    reason: str | None = None


class Running(Typed):
    """That a container runs; nothing else of it is needed."""


class Terminated(Typed):
    """How a container ended."""

    reason: str | None = None
    exit_code: int | None = None
    signal: int | None = None


class State(Typed):
    """The state of a container: one of these three."""

    waiting: Waiting | None = None
    running: Running | None = None
    terminated: Terminated | None = None


class ContainerStatus(Typed):
    """What the kubelet says of a container."""

    name: str | None = None
    ready: bool | None = None
    started: bool | None = None
    restart_count: int | None = None
    state: State | None = None


class PodIP(Typed):
    """An address of the pod."""

    ip: str | None = None


class PodStatus(Typed):
    """How the pod is."""

    phase: str | None = None
    reason: str | None = None
    pod_ip: str | None = None
    pod_ips: list[PodIP] | None = None
    conditions: list[Condition] | None = None
    container_statuses: list[ContainerStatus] | None = None
    init_container_statuses: list[ContainerStatus] | None = None


class Pod(KubernetesObject):
    """A pod."""

    spec: PodSpec | None = None
    status: PodStatus | None = None


TYPE: Final = Pod
_NO_METADATA, _NO_SPEC, _NO_STATUS, _NO_STATE, _NOT_ENDED = Metadata(), PodSpec(), PodStatus(), State(), Terminated()


def columns(pods: Sequence[Pod], namespace: str) -> list[Part]:
    """The rows of `pods` and `containers`."""
    metas = [pod.metadata or _NO_METADATA for pod in pods]
    specs = [pod.spec or _NO_SPEC for pod in pods]
    # A manifest has no status worth the name: what the cluster will make of it is unknown.
    statuses = [pod.status if pod.status and pod.status.phase else None for pod in pods]
    live = [is_live(meta) or status is not None for meta, status in zip(metas, statuses, strict=True)]
    namespaces = [meta.namespace or namespace for meta in metas]
    names = [meta.name for meta in metas]
    owners = [owner(meta) for meta in metas]
    sums = [_summary(meta, spec, status) for meta, spec, status in zip(metas, specs, statuses, strict=True)]
    rows: dict[str, list[Any]] = {
        "namespace": namespaces,
        "name": names,
        "node": [spec.node_name or ("" if known else None) for spec, known in zip(specs, live, strict=True)],
        "ips": [_ips(status) if status else None for status in statuses],
        "phase": [status.phase if status else None for status in statuses],
        "status": [done.status if done else None for done in sums],
        "ready": [_is_true("Ready", status) if status else None for status in statuses],
        "ready_containers": [done.ready if done else None for done in sums],
        "containers": [len(spec.containers or ()) + len(_sidecars(spec)) for spec in specs],
        "restarts": [done.restarts if done else None for done in sums],
        "owner_kind": [kind for kind, _ in owners],
        "owner_name": [name for _, name in owners],
        "host_network": [spec.host_network is True for spec in specs],
        "terminating": [
            meta.deletion_timestamp is not None if known else None for meta, known in zip(metas, live, strict=True)
        ],
        "labels": [labels(meta) for meta in metas],
        "created": [meta.creation_timestamp for meta in metas],
    }
    covers: dict[str, list[Any]] = {"namespace": namespaces, "pod": names}
    return [Part("pods", rows), Part("containers", _ports(specs, namespaces, names), covers)]


def _ports(specs: list[PodSpec], namespaces: list[str], names: list[str | None]) -> dict[str, list[Any]]:
    """The declared ports of all containers, those of sidecars among them."""
    declared = [
        (namespace, name, container.name, port, sidecar)
        for namespace, name, spec in zip(namespaces, names, specs, strict=True)
        for container, sidecar in _port_holders(spec)
        for port in container.ports or ()
    ]
    return {
        "namespace": [row[0] for row in declared],
        "pod": [row[1] for row in declared],
        "container": [row[2] for row in declared],
        "port_name": [row[3].name or "" for row in declared],
        "container_port": [row[3].container_port for row in declared],
        "protocol": [row[3].protocol or "TCP" for row in declared],
        "host_port": [row[3].host_port or 0 for row in declared],
        "sidecar": [row[4] for row in declared],
    }


def _port_holders(spec: PodSpec) -> list[tuple[Container, bool]]:
    """The containers that run as long as the pod does, each with whether it is a sidecar."""
    holders = [(container, False) for container in spec.containers or ()]
    return [*holders, *((container, True) for container in _sidecars(spec))] if spec.init_containers else holders


def _sidecars(spec: PodSpec) -> list[Container]:
    return [container for container in spec.init_containers or () if container.restart_policy == "Always"]


def _ips(status: PodStatus) -> list[str]:
    """The addresses; before Kubernetes 1.16 there was but one."""
    if status.pod_ips:
        return [entry.ip for entry in status.pod_ips if entry.ip]
    return [status.pod_ip] if status.pod_ip else []


def _is_true(condition: str, status: PodStatus) -> bool:
    for entry in status.conditions or ():
        if entry.type == condition:
            return entry.status == "True"
    return False


def _summary(meta: Metadata, spec: PodSpec, status: PodStatus | None) -> PodSummary | None:
    """READY, STATUS and RESTARTS; None for a pod that has no status yet.

    Nearly all pods of a cluster simply run, and nothing is left to decide for them. The others go by kubectl's rule.
    """
    if status is None:
        return None
    running = status.container_statuses or ()
    if (
        status.phase == "Running"
        and not spec.init_containers
        and not status.reason
        and meta.deletion_timestamp is None
        and len(running) == len(spec.containers or ())
        and all(_simply_runs(container) for container in running)
    ):
        restarts = sum([container.restart_count or 0 for container in running])
        return PodSummary(len(running), len(running), "Running", restarts, None)
    return pod_summary(
        PodView(
            phase=status.phase or "",
            reason=status.reason or "",
            deleted=meta.deletion_timestamp is not None,
            scheduling_gated=any(
                condition.type == "PodScheduled" and condition.reason == "SchedulingGated"
                for condition in status.conditions or ()
            ),
            initialized=_is_true("Initialized", status),
            ready=_is_true("Ready", status),
            containers=len(spec.containers or ()),
            init_containers=len(spec.init_containers or ()),
            sidecars=[container.name or "" for container in _sidecars(spec)],
            init_statuses=[_view(container) for container in status.init_container_statuses or ()],
            statuses=[_view(container) for container in running],
        )
    )


def _simply_runs(container: ContainerStatus) -> bool:
    state = container.state
    return (
        container.ready is True
        and state is not None
        and state.running is not None
        and state.waiting is None
        and state.terminated is None
    )


def _view(container: ContainerStatus) -> ContainerView:
    state = container.state or _NO_STATE
    ended = state.terminated or _NOT_ENDED
    return ContainerView(
        name=container.name or "",
        ready=container.ready is True,
        restarts=container.restart_count or 0,
        started=container.started is True,
        running=state.running is not None,
        waiting=None if state.waiting is None else state.waiting.reason or "",
        terminated=None if state.terminated is None else ended.reason or "",
        exit_code=ended.exit_code or 0,
        signal=ended.signal or 0,
    )
