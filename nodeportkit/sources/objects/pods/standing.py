"""READY, STATUS and RESTARTS of a pod that was read from an object, and why it is not ready."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from nodeportkit.kube.printing.pod_status import ContainerView, PodView, pod_summary
from nodeportkit.sources.objects.pods.specs import Made
from nodeportkit.sources.objects.pods.types import Condition, ContainerStatus, Pod, PodSpec, State, Terminated
from nodeportkit.sources.objects.typed import Metadata

__all__ = ["Standing", "standing", "told_by"]

_NO_METADATA, _NO_SPEC, _NO_STATE, _NOT_ENDED = Metadata(), PodSpec(), State(), Terminated()


# STATUS as kubectl prints it, the Ready condition, ready containers, restarts, why it is not ready. A plain tuple: there
# are very many.
Standing = tuple[str | None, bool | None, int | None, int | None, str | None]
_UNKNOWN: Final = (None, None, None, None, None)
_summed_up = lru_cache(maxsize=1024)(pod_summary)  # pods in trouble are most often many in the same


def standing(pod: Pod, made: Made) -> Standing:
    """How the pod stands, `made` being what follows from its spec; unknown for a manifest, which has no status.

    Nearly all pods of a cluster simply run: nothing is left to decide for them, and nothing is to be built for them. The
    others go by kubectl's rule.
    """
    status = pod.status
    if status is None or not status.phase:
        return _UNKNOWN
    conditions = status.conditions or ()
    ready = False
    for condition in conditions:
        if condition.type == "Ready":
            ready = condition.status == "True"
            break
    why = "" if ready else _why(conditions)
    meta = pod.metadata or _NO_METADATA
    if status.phase == "Running" and not status.reason and meta.deletion_timestamp is None:
        beside = _beside(status.init_container_statuses, made) if status.init_container_statuses else (0, 0)
        if beside:
            count, restarts = beside
            for container in status.container_statuses or ():
                state = container.state
                if not (container.ready and state and state.running) or state.waiting or state.terminated:
                    break
                count += 1
                restarts += container.restart_count or 0
            else:
                return "Running", ready, count, restarts, why
    spec = pod.spec or _NO_SPEC
    summary = _summed_up(
        PodView(
            phase=status.phase,
            reason=status.reason or "",
            deleted=meta.deletion_timestamp is not None,
            scheduling_gated=any(
                condition.type == "PodScheduled" and condition.reason == "SchedulingGated" for condition in conditions
            ),
            initialized=any(condition.type == "Initialized" and condition.status == "True" for condition in conditions),
            ready=ready,
            containers=len(spec.containers or ()),
            init_containers=len(spec.init_containers or ()),
            sidecars=made.sidecars,
            init_statuses=tuple(map(_view, status.init_container_statuses or ())),
            statuses=tuple(map(_view, status.container_statuses or ())),
        )
    )
    return summary.status, ready, summary.ready, summary.restarts, why


def _why(conditions: Iterable[Condition]) -> str:
    """Reason and message of the Ready condition, else of the one of being scheduled; "" where neither says anything."""
    unmet = {it.type: it for it in conditions if it.type in ("Ready", "PodScheduled") and it.status != "True"}
    for type_ in ("Ready", "PodScheduled"):
        if type_ in unmet and (told := told_by(unmet[type_])):
            return told
    return ""


def told_by(condition: Condition) -> str:
    """Reason and message of a condition: `ContainersNotReady: containers with unready status: [web]`."""
    return ": ".join(part for part in (condition.reason, condition.message) if part)


def _beside(init_containers: Iterable[ContainerStatus], made: Made) -> tuple[int, int] | None:
    """Ready sidecars and their restarts, where they run and all other init containers are done; None where not so."""
    ready = restarts = 0
    for container in init_containers:
        state = container.state or _NO_STATE
        if (container.name or "") in made.sidecars:
            if not (container.started and container.ready and state.running) or state.waiting or state.terminated:
                return None
            ready += 1
            restarts += container.restart_count or 0
        elif not state.terminated or state.terminated.exit_code != 0:
            return None
    return ready, restarts


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
