"""The fields of a pod that the frames need."""

from __future__ import annotations

from typing import Literal

from nodeportkit.sources.objects.typed import Fixed, KubernetesObject, Typed, Whole

__all__ = [
    "Condition",
    "Container",
    "ContainerPort",
    "ContainerStatus",
    "InitContainer",
    "Pod",
    "PodSpec",
    "PodStatus",
    "State",
    "Terminated",
]


class ContainerPort(Fixed, frozen=True):
    """An entry of a container's ports."""

    name: str | None = None
    container_port: Whole | None = None
    protocol: str | None = None
    host_port: Whole | None = None


class Present(Fixed, frozen=True):
    """That something is there; nothing else of it is needed."""


class Probed(Fixed, frozen=True):
    """Where a probe knocks."""

    port: Whole | str | None = None


class Probe(Fixed, frozen=True):
    """How it is found out whether a container is ready: one of these four."""

    http_get: Probed | None = None
    tcp_socket: Probed | None = None
    grpc: Probed | None = None
    exec: Present | None = None


class Lifecycle(Fixed, frozen=True):
    """What is run as a container starts and stops."""

    pre_stop: Present | None = None


class Container(Fixed, frozen=True):
    """A container or init container.

    Of command and arguments only addresses to listen on ever reach a frame; of the environment nothing is read.
    """

    name: str | None = None
    image: str | None = None
    ports: tuple[ContainerPort, ...] | None = None
    restart_policy: str | None = None
    command: tuple[str | None, ...] | None = None
    args: tuple[str | None, ...] | None = None
    readiness_probe: Probe | None = None
    lifecycle: Lifecycle | None = None


class InitContainer(Container, frozen=True):
    """An init container; one that always restarts is a sidecar."""


class PodSpec(Typed):
    """What the pod is to be."""

    node_name: str | None = None
    host_network: bool | None = None
    termination_grace_period_seconds: Whole | None = None
    containers: tuple[Container, ...] | None = None
    init_containers: tuple[InitContainer, ...] | None = None


class Condition(Typed):
    """An entry of status.conditions."""

    type: str | None = None
    status: str | None = None
    reason: str | None = None
    message: str | None = None


class Waiting(Typed):
    """Why a container has not started."""

    reason: str | None = None


class Terminated(Typed):
    """How a container ended."""

    reason: str | None = None
    exit_code: Whole | None = None
    signal: Whole | None = None


class State(Typed):
    """The state of a container: one of these three."""

    waiting: Waiting | None = None
    running: Present | None = None
    terminated: Terminated | None = None


class ContainerStatus(Typed):
    """What the kubelet says of a container."""

    name: str | None = None
    ready: bool | None = None
    started: bool | None = None
    restart_count: Whole | None = None
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
    """A pod.

    What it says of itself is always the same, so that there is no text to be made of it for each.
    """

    api_version: Literal["v1"] | None = None
    kind: Literal["Pod"] | None = None
    spec: PodSpec | None = None
    status: PodStatus | None = None
