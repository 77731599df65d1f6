"""READY, STATUS and RESTARTS of a pod from what `kubectl describe` says of its containers.

The rule is the one of `kubectl get` (`kube.printing.pod_status`). Sidecars, init containers that keep running, are
printed among the init containers without saying what they are; they show by running beside what comes after them. Where
it is not clear which init container is one, nothing is said.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nodeportkit.kube.printing.pod_status import ContainerView, PodView, pod_summary
from nodeportkit.sources.describe.layout import Entry
from nodeportkit.sources.describe.rows import Rows, whole_number

__all__ = ["Containers", "containers_of", "summary"]


@dataclass(slots=True)
class Containers:
    """The containers of a pod: the main ones, the init containers, and which of these are sidecars or may be.

    `whole` says whether all of them are there, and the end was not cut off.
    """

    main: list[Entry]
    init: list[Entry]
    whole: bool
    sidecars: list[Entry] = field(default_factory=list)
    unclear: list[Entry] = field(default_factory=list)


def containers_of(tree: Entry) -> Containers | None:
    """The containers of the pod, None where the description does not come to them."""
    entry, init = tree.get("Containers"), tree.get("Init Containers")
    if entry is None:
        return None
    below = ("Conditions", "Volumes", "QoS Class", "QoS Tier", "Node-Selectors", "Events")
    found = Containers(entry.children, init.children if init is not None else [], any(tree.get(b) for b in below))
    if any(c.get("State") is not None and c.get("Ready") is None for c in [*found.main, *found.init]):
        found.whole = False
    initialized = _condition(tree, "Initialized")
    alive = tree.text("Status") in ("Pending", "Running")
    for at, container in enumerate(found.init):
        goes_on = any(other.text("State") in ("Running", "Terminated") for other in found.init[at + 1 :])
        if container.text("State") == "Running" and (initialized or goes_on):
            found.sidecars.append(container)
        elif not (_ended_well(container) and alive):
            found.unclear.append(container)
    return found


def summary(tree: Entry, containers: Containers, rows: Rows) -> dict[str, Any]:
    """The columns status, ready_containers, containers and restarts, as far as they are clear."""
    status = tree.text("Status") or ""
    deleted = status.startswith("Terminating")
    views = [_view(container, rows) for container in containers.main]
    inits = [_view(container, rows) for container in containers.init]
    done = pod_summary(
        PodView(
            phase="" if deleted else status,
            reason=tree.text("Reason") or "",
            deleted=deleted,
            scheduling_gated=_gated(tree) is True,
            initialized=_condition(tree, "Initialized"),
            ready=_condition(tree, "Ready"),
            containers=len(containers.main),
            init_containers=len(containers.init),
            sidecars=[container.label for container in containers.sidecars],
            init_statuses=[view for view in inits if view is not None],
            statuses=[view for view in views if view is not None],
        )
    )
    clear = containers.whole and _stage_is_clear(containers) and _gated(tree) is not None
    row: dict[str, Any] = {"status": (done.status or None) if clear or deleted else None}
    if containers.whole and not containers.unclear:
        row |= {"ready_containers": done.ready, "containers": done.containers, "restarts": done.restarts}
    return row


def _ended_well(container: Entry) -> bool:
    state = container.get("State")
    return state is not None and state.value == "Terminated" and state.text("Exit Code") == "0"


def _stage_is_clear(containers: Containers) -> bool:
    """Whether it is plain how far the init containers are: one that runs may be work or a sidecar that has started."""
    rest = [c for c in containers.init if c not in containers.sidecars and not _ended_well(c)]
    return not rest or rest[0].text("State") != "Running"


def _condition(tree: Entry, name: str) -> bool:
    return any(row.get("Type") == name and row.get("Status") == "True" for row in tree.records("Conditions"))


def _gated(tree: Entry) -> bool | None:
    """Whether scheduling gates hold the pod back; only an event tells, None where there is none."""
    if tree.text("Status") != "Pending" or _condition(tree, "PodScheduled"):
        return False
    messages = [e.get("Message", "") for e in tree.records("Events") if e.get("Reason") == "FailedScheduling"]
    return any("scheduling gates" in message for message in messages) if messages else None


def _view(container: Entry, rows: Rows) -> ContainerView | None:
    """What the rule needs of a container; None where the kubelet had not said anything of it yet."""
    state = container.get("State")
    if state is None:
        return None
    reason = state.text("Reason") or ""
    return ContainerView(
        name=container.label,
        ready=container.text("Ready") == "True",
        restarts=rows.read(container.get("Restart Count"), whole_number) or 0,
        started=state.value == "Running",
        running=state.value == "Running",
        waiting=reason if state.value == "Waiting" else None,
        terminated=reason if state.value == "Terminated" else None,
        exit_code=rows.read(state.get("Exit Code"), whole_number) or 0,
        signal=rows.read(state.get("Signal"), whole_number) or 0,
    )
