"""What a transcript tells of tries at the node port, and of changes made since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from nodeportkit.standings.facts import Facts

if TYPE_CHECKING:
    from nodeportkit.sources.transcript import Step

__all__ = ["changed_since", "symptom"]

_WORDS: Final = {
    "refused": "connection refused",
    "timeout": "no answer",
    "unresolved": "name not resolved",
    "unreachable": "no route",
    "reset": "connection reset",
    "connected": "connected",
}
_SHOW: Final = ("get", "describe")
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


def symptom(facts: Facts) -> str:
    """The last try of a node port of the service, and what came of it: `curl http://... → connection refused`.

    Tries after the change that `changed_since` names are of another moment, and left out.
    """
    numbers = set(facts.ports["node_port"].dropna())
    for step in reversed(_until_change(facts.cluster.steps)):
        for outcome in reversed(step.outcomes):
            if outcome.details.get("port") not in numbers:
                continue
            if outcome.kind == "http":
                return (
                    f"{step.command} → HTTP {outcome.details['status']}"
                    if "status" in outcome.details
                    else step.command
                )
            if outcome.kind in _WORDS:
                return f"{step.command} → {_WORDS[outcome.kind]}"
    return ""


def changed_since(facts: Facts) -> str:
    """The first command after the last print of services, pods or endpoints that may have changed them; "" for none."""
    steps = facts.cluster.steps
    kept = len(_until_change(steps))
    return steps[kept].command if kept < len(steps) else ""


def _until_change(steps: Sequence[Step]) -> Sequence[Step]:
    shown = max((i for i, step in enumerate(steps) if step.parsed.verb in _SHOW and step.output), default=-1)
    changes = (i for i, step in enumerate(steps) if i > shown and _changes(step))
    return steps[: next(changes, len(steps))]


def _changes(step: Step) -> bool:
    return step.parsed.program == "kubectl" and step.parsed.verb.partition(" ")[0] in _CHANGE
