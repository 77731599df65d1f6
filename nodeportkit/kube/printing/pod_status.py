"""READY, STATUS and RESTARTS of a pod: what kubectl makes of its phase and its containers.

The rule is `printPod`'s (kubernetes/kubernetes, pkg/printers/internalversion/printers.go). It looks at views, so that it
serves objects however they were read.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

__all__ = ["ContainerView", "PodSummary", "PodView", "pod_summary"]


class ContainerView(NamedTuple):
    """What the rule needs of an entry of containerStatuses or initContainerStatuses."""

    name: str = ""
    ready: bool = False
    restarts: int = 0
    started: bool = False
    running: bool = False
    waiting: str | None = None  # state.waiting.reason, None where it is not waiting
    terminated: str | None = None  # state.terminated.reason, None where it has not ended
    exit_code: int = 0
    signal: int = 0
    last_finished: datetime | None = None  # lastState.terminated.finishedAt


class PodView(NamedTuple):
    """What the rule needs of a pod."""

    phase: str = ""
    reason: str = ""
    deleted: bool = False
    scheduling_gated: bool = False
    initialized: bool = False
    ready: bool = False
    containers: int = 0  # spec.containers
    init_containers: int = 0  # spec.initContainers, sidecars among them
    sidecars: Collection[str] = ()  # those with restartPolicy Always, by name
    init_statuses: Sequence[ContainerView] = ()
    statuses: Sequence[ContainerView] = ()


class PodSummary(NamedTuple):
    """READY as two numbers, STATUS, RESTARTS, and when the last restart was (None without one)."""

    ready: int
    containers: int
    status: str
    restarts: int
    last_restart: datetime | None


def pod_summary(pod: PodView) -> PodSummary:
    """Sum a pod up as `kubectl get` does.

    A reason of a container wins over the phase, the first container's over the others'; an init container that has not
    ended well wins over both. Sidecars (init containers that restart always) count under READY and RESTARTS. A deleted
    pod is Terminating until its containers have ended, and Unknown where its node is lost.

    Examples
    --------
    >>> waiting = ContainerView("web", waiting="CrashLoopBackOff", restarts=4)
    >>> pod_summary(PodView(phase="Running", containers=1, statuses=[waiting]))
    PodSummary(ready=0, containers=1, status='CrashLoopBackOff', restarts=4, last_restart=None)
    """
    status = "SchedulingGated" if pod.scheduling_gated else pod.reason or pod.phase
    stage, seen = _init_stage(pod)
    sidecars = [view for view in seen if view.name in pod.sidecars]
    ready = sum(view.ready and view.started and not _ended_well(view) for view in sidecars)
    counted: list[ContainerView] = list(seen)
    if not stage or pod.initialized:
        counted = [*sidecars, *pod.statuses]
        running = sum(_runs_ready(view) for view in pod.statuses)
        ready += running
        status = next((reason for view in pod.statuses if (reason := _reason(view))), stage or status)
        if status == "Completed" and running:
            status = "Running" if pod.ready else "NotReady"
    else:
        status = stage
    if pod.deleted and pod.reason == "NodeLost":
        status = "Unknown"
    elif pod.deleted and pod.phase not in ("Failed", "Succeeded"):
        status = "Terminating"
    restarts = sum(view.restarts for view in counted)
    last = max((view.last_finished for view in counted if view.last_finished), default=None)
    return PodSummary(ready, pod.containers + len(pod.sidecars), status, restarts, last if restarts else None)


def _init_stage(pod: PodView) -> tuple[str, Sequence[ContainerView]]:
    """Tell where the init containers stand ("" where all are through), and which were looked at to tell."""
    for position, view in enumerate(pod.init_statuses):
        if _ended_well(view) or (view.name in pod.sidecars and view.started):
            continue
        if view.terminated is not None:
            reason = _ended(view)
        elif view.waiting and view.waiting != "PodInitializing":
            reason = view.waiting
        else:
            reason = f"{position}/{pod.init_containers}"
        return f"Init:{reason}", pod.init_statuses[: position + 1]
    return "", pod.init_statuses


def _ended_well(view: ContainerView) -> bool:
    return view.terminated is not None and view.exit_code == 0


def _reason(view: ContainerView) -> str:
    """Tell why a container does not run, "" for one that runs or says nothing."""
    if view.waiting:
        return view.waiting
    return _ended(view) if view.terminated is not None else ""


def _ended(view: ContainerView) -> str:
    return view.terminated or (f"Signal:{view.signal}" if view.signal else f"ExitCode:{view.exit_code}")


def _runs_ready(view: ContainerView) -> bool:
    return not view.waiting and view.terminated is None and view.ready and view.running
