"""The fields of a pod that the frames need."""

from __future__ import annotations

from nodeportkit.sources.objects.typed import KubernetesObject, Typed

__all__ = [
    "Container",
    "ContainerPort",
    "ContainerStatus",
    "InitContainer",
    "Pod",
    "PodSpec",
    "PodStatus",
    "State",
    "Terminated",
    "sidecars",
]


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


class InitContainer(Container):
    """An init container; one that always restarts is a sidecar."""


class PodSpec(Typed):
    """What the pod is to be."""

    node_name: str | None = None
    host_network: bool | None = None
    containers: list[Container] | None = None
    init_containers: list[InitContainer] | None = None


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


def sidecars(spec: PodSpec) -> list[InitContainer]:
    """The init containers that run as long as the pod does (`restartPolicy: Always`)."""
    return [container for container in spec.init_containers or () if container.restart_policy == "Always"]
