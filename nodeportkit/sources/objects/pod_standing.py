"""READY, STATUS and RESTARTS of a pod that was read from an object."""

from __future__ import annotations

from typing import Final

from nodeportkit.kube.printing.pod_status import ContainerView, PodView, pod_summary
from nodeportkit.sources.objects.pod_types import ContainerStatus, Pod, PodSpec, PodStatus, State, Terminated, sidecars
from nodeportkit.sources.objects.typed import Metadata

__all__ = ["Standing", "standing"]

_NO_METADATA, _NO_SPEC, _NO_STATE, _NOT_ENDED = Metadata(), PodSpec(), State(), Terminated()


# STATUS as kubectl prints it, the Ready condition, ready containers, restarts. A plain tuple: there are very many.
Standing = tuple[str | None, bool | None, int | None, int | None]
_UNKNOWN: Final = (None, None, None, None)


def standing(pod: Pod) -> Standing:
    """How the pod stands; unknown for a manifest, which has no status.

    Nearly all pods of a cluster simply run: nothing is left to decide for them, and nothing is to be built for them. The
    others go by kubectl's rule.
    """
    status = pod.status
    if status is None or not status.phase:
        return _UNKNOWN
    ready = False
    for condition in status.conditions or ():
        if condition.type == "Ready":
            ready = condition.status == "True"
            break
    meta, spec = pod.metadata or _NO_METADATA, pod.spec or _NO_SPEC
    if status.phase == "Running" and not (status.reason or meta.deletion_timestamp):
        counts = _all_run(spec, status)
        if counts:
            return "Running", ready, counts[0], counts[1]
    summary = pod_summary(
        PodView(
            phase=status.phase,
            reason=status.reason or "",
            deleted=meta.deletion_timestamp is not None,
            scheduling_gated=any(
                condition.type == "PodScheduled" and condition.reason == "SchedulingGated"
                for condition in status.conditions or ()
            ),
            initialized=any(
                condition.type == "Initialized" and condition.status == "True" for condition in status.conditions or ()
            ),
            ready=ready,
            containers=len(spec.containers or ()),
            init_containers=len(spec.init_containers or ()),
            sidecars=[container.name or "" for container in sidecars(spec)],
            init_statuses=[_view(container) for container in status.init_container_statuses or ()],
            statuses=[_view(container) for container in status.container_statuses or ()],
        )
    )
    return summary.status, ready, summary.ready, summary.restarts


def _all_run(spec: PodSpec, status: PodStatus) -> tuple[int, int] | None:
    """Ready containers and restarts where all containers run and are ready; None where it is not as simple as that."""
    ready = restarts = 0
    if status.init_container_statuses:
        lasting = [container.name for container in sidecars(spec)]
        for container in status.init_container_statuses:
            if container.name in lasting:
                if not (container.started and _runs(container)):
                    return None
                ready += 1
                restarts += container.restart_count or 0
            elif not (container.state and container.state.terminated and container.state.terminated.exit_code == 0):
                return None
    for container in status.container_statuses or ():
        state = container.state  # as in _runs, without the call: this is where a large cluster spends its time
        if not container.ready or not state or not state.running or state.waiting or state.terminated:
            return None
        ready += 1
        restarts += container.restart_count or 0
    return ready, restarts


def _runs(container: ContainerStatus) -> bool:
    state = container.state
    return bool(container.ready and state and state.running and not state.waiting and not state.terminated)


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
