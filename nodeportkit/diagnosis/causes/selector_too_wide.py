"""The selector also catches another application."""

from __future__ import annotations

from collections.abc import Iterator

from nodeportkit.diagnosis.apps import NAMING, App, differences
from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.diagnosis.telling import labels, patch, some_of
from nodeportkit.standings.wording import agree, listed

__all__ = ["CAUSE", "find", "strangers"]

CAUSE = Cause(
    "selector-too-wide",
    60,
    ("http", "uneven", "reset", "refused"),
    "its selector also matches the pods of another application",
)


def find(case: Case) -> Iterator[Finding]:
    """Owners of the pods that differ in what names an application, in the image's repository, or in their ports."""
    if not case.facts.selector:
        return
    apps = case.apps
    others = [(app, reasons) for app in apps[1:] if (reasons := differences(apps[0], app))]
    if not others:
        if len(apps) > 1 and case.symptom in (None, *CAUSE.symptoms) and not case.containers_shown:
            yield _unseen(case, apps)
        return
    app, reasons = others[0]
    told = {key: value for key, value in apps[0].labels.items() if key in NAMING and app.labels.get(key) != value}
    certain = bool(told) or len(reasons) > 1
    count = sum(len(other.pods) for other, _ in others)
    total = sum(len(each.pods) for each in apps)
    said = {
        "object": case.object, "field": "spec.selector",
        "evidence": f"spec.selector={labels(case.facts.selector)} matches {apps[0].owner} and {app.owner}: {'; '.join(reasons)}",
        "explanation": f"{count} of {total} {agree(total, 'pod', 'pods')} belong to another application ({some_of([o.owner for o, _ in others])}) "
        "and get their part of the requests. Add a label to the selector that only the pods meant have:",
        "fix": patch(case, {"selector": told}) if told else "", "verify": case.listing("pods", "--show-labels"), "partial": True,
    }  # fmt: skip
    yield CAUSE.fact(**said) if certain else CAUSE.hint(**said)


def _unseen(case: Case, apps: list[App]) -> Finding:
    """Several workloads behind one service may be versions of one application; tables do not show what their pods run."""
    return CAUSE.possible(
        object=case.object, field="spec.selector", partial=True,
        evidence=f"spec.selector={labels(case.facts.selector or {})} matches pods of {listed([app.owner for app in apps])}",
        explanation="If these are not versions of one application, some requests get the wrong answer. Which images they run was "
        "not shown. Paste what this prints:",
        verify=case.listing("pods", "-o", "json"),
    )  # fmt: skip


def strangers(case: Case) -> list[str]:
    """The pods that the selector catches of other applications than the one that is meant."""
    apps = case.apps if case.facts.selector else []
    return [pod for app in apps[1:] if differences(apps[0], app) for pod in app.pods]
