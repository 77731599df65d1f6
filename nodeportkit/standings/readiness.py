"""Causes at the readiness of pods: none is ready, or nobody knows."""

from __future__ import annotations

from typing import Final

import pandas as pd

from nodeportkit.selectors import format_selector
from nodeportkit.standings.facts import Facts, true
from nodeportkit.standings.result import Standing
from nodeportkit.standings.wording import agree, all_of, command, listed, number

__all__ = ["pods_not_ready", "readiness_not_shown", "whom_to_ask"]

_CRASHED: Final = ("CrashLoopBackOff", "Error", "OOMKilled")


def pods_not_ready(facts: Facts) -> Standing | None:
    """There are endpoints, and none is ready."""
    if len(facts.used) or facts.ends["ready"].isna().any():
        return None
    names = facts.ends["pod"].dropna().unique()
    return _not_ready(facts, facts.counts()[1], facts.all_pods[facts.all_pods["name"].isin(names)])


def readiness_not_shown(facts: Facts) -> Standing | None:
    """Whether any of the pods is ready was not shown."""
    if len(facts.used):
        return None
    return facts.unknown(
        "Whether its pods are ready was not shown.", "A service sends only to ready pods. Paste what this prints:",
        command("get pods", facts.namespace, "-o", "wide"), candidates=tuple(facts.ends["pod"].dropna().unique()),
    )  # fmt: skip


def _not_ready(facts: Facts, count: int, pods: pd.DataFrame) -> Standing:
    none = "its pod is not ready" if count == 1 else f"none of its {number(count)} pods is ready"
    explanation, verify = whom_to_ask(facts, pods)
    return facts.broken(
        "pods-not-ready",
        "pods",
        f"{facts.subject} answers nobody: {none}",
        _state(count, pods),
        explanation,
        verify=verify,
    )


def _state(count: int, pods: pd.DataFrame) -> str:
    """What state the pods are in, as far as it was shown."""
    statuses = {str(status): int(many) for status, many in pods["status"].dropna().value_counts().items()}
    if sum(statuses.values()) < count:
        return f"{all_of(count, 'pod')} {agree(count, 'is', 'are')} not ready."
    if len(statuses) == 1:
        (status,) = statuses
        if status == "Running":
            return f"{all_of(count, 'pod')} {agree(count, 'runs, but is', 'run, but are')} not ready."
        return f"{all_of(count, 'pod')} {agree(count, 'is', 'are')} in {status}."
    parts = [f"{number(many)} {agree(many, 'is', 'are')} in {status}" for status, many in statuses.items()]
    return f"Of its {number(count)} pods, {listed(parts)}."


def whom_to_ask(facts: Facts, pods: pd.DataFrame) -> tuple[str, str]:
    """What to say of pods that are not ready, and the command that asks one of them why."""
    said = "A service sends only to ready pods."
    if pods.empty:
        selector = ["-l", format_selector(facts.selector)] if facts.selector else []
        return f"{said} See which there are:", command("get pods", facts.namespace, *selector)
    status = pods["status"].mode(dropna=True)
    sick = pods[true(pods["status"].eq(status.iloc[0]))] if len(status) else pods
    name = str(sick["name"].iloc[0])
    if len(status) and str(status.iloc[0]).removeprefix("Init:") in _CRASHED:
        return f"{said} Ask one what it said before it ended:", command("logs", facts.namespace, name, "--previous")
    return f"{said} Ask one why it is not:", command("describe pod", facts.namespace, name)
