"""The selector is right, and there are no pods: none are wanted, none can be made, or none finds a node."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pandas as pd

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.diagnosis.shown import nothing_fits, selects_unknown, unseen_workloads
from nodeportkit.standings.facts import Facts, mask, true
from nodeportkit.standings.parts import part
from nodeportkit.standings.result import Standing

__all__ = ["CAUSE", "find"]

CAUSE = Cause("no-pods", 34, ("refused",), "it has no pods to send to")
_SCALED: Final = ("Deployment", "StatefulSet")


def find(case: Case) -> Iterator[Finding]:
    """What the workload wants, and what it or its pods say."""
    if selects_unknown(case) and not case.headless and case.facts.pods_listed and case.facts.pods.empty:
        yield _nobody(case)
    for port in case.ports:
        about, standing = case.judged(port)
        if standing.cause == "selector-mismatch" and unseen_workloads(case) and case.symptom:
            yield CAUSE.possible(
                object=case.object, field="spec.selector", evidence="no pod has the labels of the selector; not all workloads were shown",
                explanation="A workload that makes such pods may be scaled to zero, or not allowed to make any. Paste what this prints:",
                verify=case.workloads_command,
            )  # fmt: skip
        if about != "no-pods" or nothing_fits(case, port):
            continue
        if not standing.cause or (port.workloads.empty and port.matched.empty):
            # Nobody knows what was to make the pods, or whether the selector is what is wrong.
            yield CAUSE.possible(
                object=case.object, field="spec.selector", explanation=standing.explanation,
                evidence=("it has no endpoints. " if case.facts.stated and case.facts.endpoints.empty else "") + standing.reason,
                verify=case.workloads_command if standing.cause else standing.verify,
            )  # fmt: skip
            continue
        yield _told(case, port, standing)


def _nobody(case: Case) -> Finding:
    """Which pods it selects was not shown, and there are none to select."""
    made = part(case.cluster, "workloads", case.namespace)
    idle = made[true(made["desired"].eq(0) & made["owner_name"].isna() & made["kind"].isin(_SCALED))]
    named = idle[true(idle["name"].eq(case.name))] if len(idle) > 1 else idle
    said = {"object": case.object, "field": "spec.selector", "place": 31}
    if case.symptom is None or len(named) != 1:
        return CAUSE.possible(
            **said, evidence=f"there are no pods in namespace {case.namespace}",
            explanation="Without pods a service answers nobody. See what was to make them:", verify=case.workloads_command,
        )  # fmt: skip
    kind, name = (str(named[column].iloc[0]) for column in ("kind", "name"))
    return CAUSE.hint(
        **(said | {"object": f"{kind} {case.namespace}/{name}", "field": "spec.replicas"}),
        evidence=f"there are no pods in namespace {case.namespace}; {kind} {name} is to have none",
        explanation="Without pods a service answers nobody. Scale it up:",
        fix=case.command(f"scale {kind.lower()}", name, "--replicas=1"),
    )  # fmt: skip


def _told(case: Case, port: Facts, standing: Standing) -> Finding:
    waiting = port.running
    if len(waiting):
        pod = waiting.iloc[0]
        why = waiting["unready_reason"].dropna()
        return CAUSE.fact(
            object=f"Pod {case.namespace}/{pod['name']}", field="spec.nodeName",
            evidence=f"{len(waiting)} of {len(waiting)} pods Pending, on no node" + (f"; {why.iloc[0]}" if len(why) else ""),
            explanation="The pods match, and no node takes them. What they ask for (resources, node selector, taints, volumes) "
            "is nowhere; their events say which:",
            fix=standing.fix, verify=standing.verify,
        )  # fmt: skip
    if port.workloads.empty:
        return CAUSE.fact(
            object=case.object, field="spec.selector", evidence=f"{len(port.matched)} pods match, and all have finished",
            explanation=f"{standing.reason} {standing.explanation}", fix=standing.fix, verify=standing.verify,
        )  # fmt: skip
    owner = port.workloads.iloc[0]
    trouble = owner["trouble"] if isinstance(owner["trouble"], list) else []
    desired = "?" if pd.isna(owner["desired"]) else int(owner["desired"])
    said = [f"spec.replicas={desired}, and no pod", *trouble[:2], *_events(case, port)][:3]
    return CAUSE.fact(
        object=f"{owner['kind']} {case.namespace}/{owner['name']}", field="spec.replicas", evidence="; ".join(said),
        explanation=f"{standing.reason} {standing.explanation}", fix=standing.fix, verify=standing.verify,
    )  # fmt: skip


def _events(case: Case, port: Facts) -> list[str]:
    """What the controllers said when they could make none."""
    events = case.cluster.events
    names = [str(name) for name in port.workloads["name"].dropna()]
    mine = events[true(events["namespace"].eq(case.namespace) & events["reason"].eq("FailedCreate"))]
    mine = mine[mask(any(str(name).startswith(each) for each in names) for name in mine["name"])]
    return [f"event: {message}" for message in mine["message"].dropna().head(1)]
