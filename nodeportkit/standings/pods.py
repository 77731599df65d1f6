"""Causes at the pods: there are none that could take a connection."""

from __future__ import annotations

from typing import Final

from nodeportkit.selectors import format_selector
from nodeportkit.standings.facts import Facts, true
from nodeportkit.standings.result import Standing
from nodeportkit.standings.wording import agree, all_of, command, number

__all__ = ["no_pods", "none_has_an_address", "only_finished_pods"]

_SCALED: Final = ("Deployment", "ReplicaSet", "ReplicationController", "StatefulSet")


def no_pods(facts: Facts) -> Standing | None:
    """Nothing runs that the selector could match: no replicas are wanted, or none can be made."""
    if len(facts.matched) or not facts.labels_shown or not facts.selector:
        return None
    title = f"{facts.subject} answers nobody: there are no pods"
    owners = facts.workloads
    if len(owners) and true(owners["desired"].eq(0)).all():
        kind, name = (str(owners[column].iloc[0]) for column in ("kind", "name"))
        if kind not in _SCALED:
            return facts.broken(
                "no-pods", "pods", title, f"{kind} {name} is to have no pods.", "See what keeps it from having any:",
                verify=command(f"describe {kind.lower()}", facts.namespace, name),
            )  # fmt: skip
        return facts.broken(
            "no-pods", "pods", title, f"{kind} {name} is scaled to zero.",
            "The selector matches its pods, but it is to have none. Scale it up:",
            fix=command(f"scale {kind.lower()}", facts.namespace, name, "--replicas=1"),
        )  # fmt: skip
    if not facts.pods_listed:
        return None
    wanting = owners[true(owners["desired"].gt(0))]
    if len(wanting):
        kind, name, desired = (wanting[column].iloc[0] for column in ("kind", "name", "desired"))
        return facts.broken(
            "no-pods", "pods", title, f"{kind} {name} has no pods.",
            f"It is to have {number(int(desired))}. A quota or an admission hook may forbid them; the events tell:",
            verify=command("get events", facts.namespace, "--field-selector", "reason=FailedCreate"),
        )  # fmt: skip
    if facts.all_pods.empty:
        return facts.broken(
            "no-pods", "pods", title, f"There are no pods in namespace {facts.namespace}.",
            "See what was to make them:", verify=command("get deployments,replicasets", facts.namespace),
        )  # fmt: skip
    return None


def only_finished_pods(facts: Facts) -> Standing | None:
    """All pods that the selector matches have finished."""
    count = len(facts.matched)
    if not count or len(facts.running):
        return None
    return facts.broken(
        "no-pods", "pods", f"{facts.subject} answers nobody: no pod of it runs",
        f"{all_of(count, 'pod')} that it selects {agree(count, 'has', 'have')} finished.",
        "Pods that have finished get no connections. See what was to run:",
        verify=command("get pods,jobs", facts.namespace, "-l", format_selector(facts.selector)),
    )  # fmt: skip


def none_has_an_address(facts: Facts) -> Standing | None:
    """The pods wait for a node, or on it for an address."""
    waiting = facts.running
    if waiting.empty or any(not isinstance(ips, list) or ips for ips in waiting["ips"]):
        return None
    count, unplaced = len(waiting), waiting["node"].isna().all()
    return facts.broken(
        "no-pods" if unplaced else "pods-not-ready", "pods", f"{facts.subject} answers nobody: no pod of it runs",
        f"{all_of(count, 'pod')} {agree(count, 'waits', 'wait')} for {'a node' if unplaced else 'an address'}.",
        "The events of the pod tell why:", verify=command("describe pod", facts.namespace, str(waiting["name"].iloc[0])),
    )  # fmt: skip
