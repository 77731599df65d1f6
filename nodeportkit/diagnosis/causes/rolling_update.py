"""Endpoints are being replaced: connections meet pods that are just going."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.diagnosis.telling import some_of
from nodeportkit.standings.facts import mask, true
from nodeportkit.standings.wording import agree

__all__ = ["CAUSE", "find"]

CAUSE = Cause("rolling-update", 62, ("refused", "reset", "http"), "its pods are being replaced")


def find(case: Case) -> Iterator[Finding]:
    """Pods that are being deleted, and nothing that lets them wait until every node knows."""
    if case.headless or case.symptom not in (None, *CAUSE.symptoms):
        return
    leaving = case.pods[true(case.pods["terminating"])]
    unwarned = leaving[mask(not _waits(case, spec) for spec in leaving["spec"])]
    owners = case.facts.workloads
    behind = owners[true(owners["updated"].lt(owners["desired"]))]
    if unwarned.empty and (behind.empty or not case.symptom):
        return
    said = []
    if len(unwarned):
        said.append(
            f"{len(unwarned)} {agree(len(unwarned), 'pod is', 'pods are')} being deleted ({some_of(list(unwarned['name']))}), none has a preStop hook"
        )
    for _, late in behind.head(1).iterrows():
        said.append(
            f"{late['kind']} {late['name']}: {late['updated']} of {late['desired']} pods are of its latest template"
        )
    told = CAUSE.hint if len(unwarned) else CAUSE.possible
    owner = owners.iloc[0] if len(owners) else None
    kind, name = ("Deployment", case.name) if owner is None else (str(owner["kind"]), str(owner["name"]))
    container = _container(case)
    yield told(
        object=f"{kind} {case.namespace}/{name}" if owner is not None else f"Pod {case.namespace}/{leaving['name'].iloc[0]}",
        field="spec.template.spec.containers[].lifecycle.preStop", evidence="; ".join(said),
        explanation="A pod that is deleted stops at once, and nodes hear of it a moment later: what they send in between is "
        "refused, or cut off. It passes with the rollout; a preStop hook that sleeps a few seconds closes the gap:",
        fix=_fix(case, kind, name, container) if owner is not None and container else "",
        verify=case.command(f"rollout status {kind.lower()}", name) if owner is not None else case.listing("pods"), partial=True,
    )  # fmt: skip


def _waits(case: Case, spec: Any) -> bool:
    """Whether the pod's containers wait before they stop; not known counts as not."""
    mine = case.specs[true(case.specs["spec"].eq(spec))] if pd.notna(spec) else case.specs.iloc[:0]
    mains = mine[~true(mine["init"])]
    return bool(len(mains)) and bool(true(mains["pre_stop"]).any())


def _container(case: Case) -> str:
    mains = case.specs[~true(case.specs["init"])]["container"].dropna()
    return str(mains.iloc[0]) if len(mains) else ""


def _fix(case: Case, kind: str, name: str, container: str) -> str:
    hook: Mapping[str, Any] = {"name": container, "lifecycle": {"preStop": {"sleep": {"seconds": 5}}}}
    return case.command(
        f"patch {kind.lower()}", name, "-p", json.dumps({"spec": {"template": {"spec": {"containers": [hook]}}}})
    )
