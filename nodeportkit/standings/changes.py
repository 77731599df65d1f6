"""Which commands may have changed how a service stands, and which cannot have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pandas as pd

if TYPE_CHECKING:
    from nodeportkit.sources.command import Command
    from nodeportkit.standings.facts import Facts

__all__ = ["is_change", "may_touch"]

_CHANGE: Final = frozenset(
    [
        "apply",
        "create",
        "delete",
        "edit",
        "expose",
        "label",
        "patch",
        "replace",
        "rollout",
        "run",
        "scale",
        "set",
        "cordon",
        "uncordon",
        "drain",
        "taint",
    ]
)
_CLUSTER_WIDE: Final = frozenset(["nodes", "namespaces"])
# What a workload is told here reaches no other pods than its own; with `label` and `edit` it may come to own others.
_OF_ITS_PODS: Final = frozenset(["delete", "rollout", "scale"])
_NAME: Final = re.compile(r"--name[= ](\S+)")


def is_change(command: Command) -> bool:
    """Whether a command may change objects of a cluster."""
    return command.program == "kubectl" and _verb(command) in _CHANGE


def may_touch(command: Command, facts: Facts) -> bool:
    """Whether a command that changes objects may change how the service stands.

    False only where that is certain: it names other services, workloads whose pods the service does not select, or is about
    another namespace. What a file holds is not known.
    """
    resources, names = set(command.resources), set(command.names)
    if not resources:
        return True
    if resources <= _CLUSTER_WIDE:
        return resources != {"namespaces"} or not names or facts.namespace in names
    if not command.all_namespaces and (command.namespace or "default") != facts.namespace:
        return False
    if _verb(command) == "expose":
        named = _NAME.search(command.text)
        return not names or facts.name in ({named[1]} if named else names)
    if resources == {"services"}:
        return not names or facts.name in names
    if _verb(command) in _OF_ITS_PODS and names:
        return not names <= _others(facts, resources)
    return True


def _verb(command: Command) -> str:
    return command.verb.partition(" ")[0]


def _others(facts: Facts, resources: set[str]) -> set[str]:
    """The workloads of these kinds whose pods the service does not select: their pods' labels were shown."""
    workloads = facts.cluster.workloads
    plural = workloads["kind"].str.lower() + "s"
    kinds = {resource.partition(".")[0] for resource in resources}
    there = workloads["namespace"].eq(facts.namespace) & plural.isin(kinds) & workloads["template_labels"].notna()
    mine = workloads[there.fillna(False).to_numpy(dtype=bool)]
    behind = set(facts.workloads["name"]) if facts.selector is not None else set(mine["name"])
    return {str(name) for name in mine["name"] if not pd.isna(name)} - behind
