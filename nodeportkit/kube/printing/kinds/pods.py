"""Pods."""

from datetime import datetime

from nodeportkit.cells import NONE, format_restarts
from nodeportkit.kube.printing.fields import age, items, mapping, moment, name, number, since, text
from nodeportkit.kube.printing.pod_status import ContainerView, PodView, pod_summary
from nodeportkit.kube.printing.registry import Column, KindPrinter, Object

COLUMNS = (
    Column("Name", "The pod's name.", format="name"),
    Column("Ready", "How many of its containers are ready, of how many."),
    Column("Status", "What its phase and its containers come to."),
    Column("Restarts", "How often its containers were restarted, and when last."),
    Column("Age", "Time since it was created."),
    Column("IP", "Its first IP address.", wide=True),
    Column("Node", "The node it is bound to.", wide=True),
    Column("Nominated Node", "The node where room is being made for it.", wide=True),
    Column("Readiness Gates", "How many further conditions of its readiness hold, of how many.", wide=True),
)


def cells(pod: Object, now: datetime) -> list[str | int]:
    """Print a pod."""
    summary = pod_summary(view(pod))
    last = None if summary.last_restart is None else since(summary.last_restart, now)
    addresses = [text(ip, "ip") for ip in items(pod, "status", "podIPs")] or [text(pod, "status", "podIP")]
    return [
        name(pod),
        f"{summary.ready}/{summary.containers}",
        summary.status,
        format_restarts(summary.restarts, last),
        age(pod, now),
        addresses[0] or NONE,
        text(pod, "spec", "nodeName") or NONE,
        text(pod, "status", "nominatedNodeName") or NONE,
        _readiness_gates(pod),
    ]


def view(pod: Object) -> PodView:
    """Look at a pod given as a dict as the rule of its status does."""
    conditions = items(pod, "status", "conditions")
    init_containers = items(pod, "spec", "initContainers")
    return PodView(
        phase=text(pod, "status", "phase"),
        reason=text(pod, "status", "reason"),
        deleted=moment(pod, "metadata", "deletionTimestamp") is not None,
        scheduling_gated=any(
            text(c, "type") == "PodScheduled" and text(c, "reason") == "SchedulingGated" for c in conditions
        ),
        initialized=next((text(c, "status") for c in conditions if text(c, "type") == "Initialized"), "") == "True",
        ready=any(text(c, "type") == "Ready" and text(c, "status") == "True" for c in conditions),
        containers=len(items(pod, "spec", "containers")),
        init_containers=len(init_containers),
        sidecars=[text(c, "name") for c in init_containers if text(c, "restartPolicy") == "Always"],
        init_statuses=[_container(status) for status in items(pod, "status", "initContainerStatuses")],
        statuses=[_container(status) for status in items(pod, "status", "containerStatuses")],
    )


def _container(status: Object) -> ContainerView:
    state = mapping(status, "state")
    return ContainerView(
        name=text(status, "name"),
        ready=status.get("ready") is True,
        restarts=number(status, "restartCount"),
        started=status.get("started") is True,
        running=state.get("running") is not None,
        waiting=text(state, "waiting", "reason") if state.get("waiting") is not None else None,
        terminated=text(state, "terminated", "reason") if state.get("terminated") is not None else None,
        exit_code=number(state, "terminated", "exitCode"),
        signal=number(state, "terminated", "signal"),
        last_finished=moment(status, "lastState", "terminated", "finishedAt"),
    )


def _readiness_gates(pod: Object) -> str:
    gates = [text(gate, "conditionType") for gate in items(pod, "spec", "readinessGates")]
    if not gates:
        return NONE
    holds: dict[str, bool] = {}
    for condition in items(pod, "status", "conditions"):
        holds.setdefault(text(condition, "type"), text(condition, "status") == "True")
    return f"{sum(holds.get(gate, False) for gate in gates)}/{len(gates)}"


PRINTER = KindPrinter("Pod", COLUMNS, cells)
