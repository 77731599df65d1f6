"""What a transcript tells of tries at the node port, and of changes made since."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from nodeportkit.standings.changes import is_change, may_touch
from nodeportkit.standings.facts import Facts

if TYPE_CHECKING:
    from nodeportkit.sources.reader import Outcome
    from nodeportkit.sources.transcript import Step

__all__ = ["changed_since", "symptom", "until_change"]

_WORDS: Final = {
    "refused": "connection refused",
    "timeout": "no answer",
    "unresolved": "name not resolved",
    "unreachable": "no route",
    "reset": "connection reset",
    "connected": "connected",
}
_SHOW: Final = ("get", "describe")


def symptom(facts: Facts, *, whole: bool | None) -> str:
    """The last try of a node port of the service, and what came of it: `curl http://... → connection refused`.

    Tries after the change that `changed_since` names are of another moment: they tell nothing of a chain that is broken in
    what was printed before. For a chain that is whole, as it is once the reader made the same change, they count.
    """
    numbers = set(facts.ports["node_port"].dropna())
    steps = facts.cluster.steps if whole else until_change(facts.cluster.steps, facts)
    for step in reversed(steps):
        for outcome in reversed(step.outcomes):
            if outcome.details.get("port") in numbers and (words := _came_to(outcome)):
                return f"{_tried(step, outcome)} → {words}"
    return ""


def _tried(step: Step, outcome: Outcome) -> str:
    """The command in short: headers and passwords are nobody's business."""
    url = re.sub(r"//[^/@]*@", "//", str(outcome.details.get("url", "")))
    return f"{step.parsed.program} {url}" if step.parsed.program and url else step.command


def _came_to(outcome: Outcome) -> str:
    if outcome.kind != "http":
        return _WORDS.get(outcome.kind, "")
    status, title = outcome.details.get("status"), outcome.details.get("title")
    return f"HTTP {status}" if status else f"“{title}”" if title else "an answer"


def changed_since(facts: Facts) -> str:
    """The first command after the last print of services, pods or endpoints that may have changed the service's; "" for none."""
    steps = facts.cluster.steps
    kept = len(until_change(steps, facts))
    return steps[kept].command if kept < len(steps) else ""


def until_change(steps: Sequence[Step], facts: Facts | None = None) -> Sequence[Step]:
    """The steps up to the first command after the last print of services, pods or endpoints that may have changed them.

    With `facts` only commands count that may have changed what these are about.
    """
    shown = max((i for i, step in enumerate(steps) if step.parsed.verb in _SHOW and step.output), default=-1)
    for at, step in enumerate(steps):
        if at > shown and is_change(step.parsed) and (facts is None or may_touch(step.parsed, facts)):
            return steps[:at]
    return steps
