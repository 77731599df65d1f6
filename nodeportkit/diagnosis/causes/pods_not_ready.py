"""Pods are there and match, and none is ready."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.diagnosis.shown import selects_unknown
from nodeportkit.standings.facts import Facts, mask, true
from nodeportkit.standings.readiness import whom_to_ask
from nodeportkit.standings.wording import agree

__all__ = ["CAUSE", "find"]

CAUSE = Cause("pods-not-ready", 36, ("refused",), "none of its pods is ready")


def find(case: Case) -> Iterator[Finding]:
    """What state they are in, and what they say about it."""
    if selects_unknown(case) and not case.headless and case.symptom in (None, *CAUSE.symptoms):
        yield from _unselected(case)
    for port in case.ports:
        about, standing = case.judged(port)
        if about != "pods-not-ready":
            continue
        pods = _pods(case, port)
        said = {
            "object": f"Pod {case.namespace}/{pods['name'].iloc[0]}" if len(pods) else case.object,
            "field": "status.conditions[type=Ready]", "fix": standing.fix, "verify": standing.verify,
        }  # fmt: skip
        if not standing.cause:
            yield CAUSE.possible(**said, evidence=standing.reason, explanation=standing.explanation)
        else:
            # A list that says no more than "not ready" may mean pods that are being deleted, and still serve.
            unsure = len(port.ends) and port.ends[["serving", "terminating"]].isna().all(axis=None)
            told = CAUSE.hint if unsure else CAUSE.fact
            yield told(
                **said,
                evidence=_evidence(pods) or standing.reason,
                explanation=f"{standing.reason} {standing.explanation}",
            )


def _unselected(case: Case) -> Iterator[Finding]:
    """Which pods it selects was not shown: where none of the namespace is ready, none that it selects is."""
    pods = case.facts.pods[~true(case.facts.pods["terminating"])]
    if pods.empty or pods["ready"].isna().any() or not case.facts.pods_listed:
        return
    mine = pods[mask(str(name).startswith(f"{case.name}-") for name in pods["name"])]
    nobody = not true(pods["ready"]).any()
    if not nobody and (mine.empty or true(mine["ready"]).any()):
        return
    sick = mine if len(mine) else pods
    explanation, verify = whom_to_ask(case.facts, sick)
    # Those that are Pending may be on no node yet, which is another cause.
    told = CAUSE.hint if nobody and not true(sick["phase"].eq("Pending")).any() else CAUSE.possible
    yield told(
        object=f"Pod {case.namespace}/{sick['name'].iloc[0]}", field="status.conditions[type=Ready]", evidence=_evidence(sick),
        explanation=(f"No pod of namespace {case.namespace} is ready. " if nobody else "These are named like the service. ")
        + explanation,
        verify=verify, place=31,
    )  # fmt: skip


def _pods(case: Case, port: Facts) -> pd.DataFrame:
    """The pods of it, those in the commonest state first."""
    names = set(port.ends["pod"].dropna()) or set(port.running["name"].dropna())
    pods = case.facts.all_pods
    mine = pods[mask(name in names for name in pods["name"])]
    commonest = mine["status"].mode(dropna=True)
    if commonest.empty:
        return mine
    return mine.assign(_other=mine["status"].ne(commonest.iloc[0]).fillna(True)).sort_values("_other", kind="stable")


def _evidence(pods: pd.DataFrame) -> str:
    """`0 of 3 pods are ready; web-1: CrashLoopBackOff, 0/1, 12 restarts: ContainersNotReady: ...`."""
    if pods.empty:
        return ""
    pod = pods.iloc[0]
    ready = (
        ""
        if pd.isna(pod["containers"]) or pd.isna(pod["ready_containers"])
        else f", {pod['ready_containers']}/{pod['containers']}"
    )
    again = (
        ""
        if pd.isna(pod["restarts"]) or not pod["restarts"]
        else f", {pod['restarts']} {agree(int(pod['restarts']), 'restart', 'restarts')}"
    )
    why = "" if pd.isna(pod["unready_reason"]) else f": {pod['unready_reason']}"
    status = "not ready" if pd.isna(pod["status"]) else pod["status"]
    return (
        f"0 of {len(pods)} {agree(len(pods), 'pod is', 'pods are')} ready; {pod['name']}: {status}{ready}{again}{why}"
    )
