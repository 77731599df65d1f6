"""The selector matches no pod, and no template that pods are made from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from nodeportkit.diagnosis.apps import NAMING, owner_by_name
from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.diagnosis.shown import nothing_fits, unseen_workloads
from nodeportkit.diagnosis.telling import labels, patch
from nodeportkit.standings.facts import Facts, true
from nodeportkit.standings.nearest import Nearest, nearest_pods, spelled_alike
from nodeportkit.standings.result import Standing
from nodeportkit.standings.wording import agree, listed

__all__ = ["CAUSE", "find"]

CAUSE = Cause("selector-mismatch", 32, ("refused",), "its selector matches no pod")


def find(case: Case) -> Iterator[Finding]:
    """Key by key, with the pods that come nearest."""
    for port in case.ports:
        about, standing = case.judged(port)
        if about == "selector-mismatch" and not standing.cause:
            yield CAUSE.possible(
                object=case.object, field="spec.selector", evidence=standing.reason, explanation=standing.explanation,
                verify=standing.verify,
            )  # fmt: skip
        elif about == "selector-mismatch":
            yield _mismatch(case, port, standing)
        elif nothing_fits(case, port):
            yield _no_template(case, port)
        elif about == "no-pods" and port.all_pods.empty and port.workloads.empty and port.elsewhere:
            yield _elsewhere(case, port)


def _mismatch(case: Case, port: Facts, standing: Standing) -> Finding:
    selector = port.selector or {}
    near = nearest_pods(selector, port.pods)
    explanation, fix, alternative = _way_out(case, port, near)
    told = CAUSE.fact
    if unseen_workloads(case):
        told = CAUSE.hint if _resembles(near, selector) else CAUSE.possible
    return told(
        object=case.object, field=_field(near, selector), evidence=_evidence(near, selector, port.pods),
        explanation=explanation or f"{standing.reason} {standing.explanation}", fix=fix or standing.fix,
        alternative=alternative,
        verify=case.workloads_command if unseen_workloads(case)
        else "" if fix or standing.fix else case.command("get pods", "--show-labels"),
    )  # fmt: skip


def _resembles(near: Nearest, selector: Mapping[str, str]) -> bool:
    """Whether the nearest pods are of the application that the selector names, or are spelled like it.

    Pods that share no more than `tier=front-end` with it are others; it may be scaled to zero.
    """
    naming = [key for key in selector if key in NAMING] or list(selector)
    alike = {old for old, _, value in near.instead if spelled_alike(value, selector[old])}
    return bool(near.names) and all(key in near.carried or key in alike for key in naming)


def _field(near: Nearest, selector: Mapping[str, str]) -> str:
    keys = list(near.lacking) if near.lacking else list(selector)
    return f"spec.selector.{keys[0]}" if len(keys) == 1 else "spec.selector"


def _evidence(near: Nearest, selector: Mapping[str, str], pods: pd.DataFrame) -> str:
    """`spec.selector.type=front-end; 4 of 4 pods have app=myapp, none has a label type`."""
    told = [labels_of for labels_of in pods["labels"] if isinstance(labels_of, Mapping)]
    counts = {key: sum(each.get(key) == value for each in told) for key, value in selector.items()}
    total = f"{len(told)} {agree(len(told), 'pod', 'pods')}"
    wanting = list(near.lacking or {key: selector[key] for key in selector if not counts[key]} or selector)
    said = [f"{n} of {total} {agree(n, 'has', 'have')} {key}={selector[key]}" for key, n in counts.items() if n]
    for key in wanting:
        if counts[key]:
            continue
        others = sorted({each[key] for each in told if key in each})
        said.append(
            f"none has {key}={selector[key]} (theirs: {listed(others, 'or')})" if others else f"none has a label {key}"
        )
    if all(counts.values()):
        said.append("none has all of them")
    wanted = "; ".join(f"spec.selector.{key}={selector[key]}" for key in wanting)
    return f"{wanted}; {', '.join(said) or 'there are no pods'}"


def _way_out(case: Case, port: Facts, near: Nearest) -> tuple[str, str, str]:
    """Leave the terms out that the nearest pods lack, where these have nothing in their place, or give these the labels."""
    if not near.carried or not near.lacking or near.instead:
        return "", "", ""
    names = agree(len(near.lacking), "it", "them")
    owner = _owner(case, port, near)
    template = ""
    if owner:
        change = {"spec": {"template": {"metadata": {"labels": near.lacking}}}}
        template = case.command(f"patch {owner[0].lower()}", owner[1], "-p", json.dumps(change))
    return (
        f"Every pod that has {labels(near.carried)} lacks {labels(near.lacking)}, and a service sends only to pods that have every "
        f"label of its selector. Take {names} out of the selector, or give the pods' template {names}:",
        patch(case, {"selector": dict.fromkeys(near.lacking)}),
        template,
    )


def _owner(case: Case, port: Facts, near: Nearest) -> tuple[str, str] | None:
    """The one workload that makes the nearest pods, where that was shown."""
    pods = port.pods[true(port.pods["name"].isin(near.names))]
    made = case.cluster.workloads
    made = made[true(made["namespace"].eq(case.namespace))]
    owners = pods[["owner_kind", "owner_name"]].drop_duplicates()
    if owners.isna().any(axis=None):
        # Tables do not show owners; a Deployment's pods are named after it and the hash of its template.
        named = {owner_by_name(*each) for each in zip(pods["name"], pods["labels"], strict=True)}
        known = {f"Deployment {name}" for name in made.loc[true(made["kind"].eq("Deployment")), "name"]}
        return ("Deployment", named.pop().partition(" ")[2]) if len(named) == 1 and named <= known else None
    if len(owners) != 1:
        return None
    kind, name = (str(value) for value in owners.iloc[0])
    rows = made[true(made["kind"].eq(kind) & made["name"].eq(name))]
    above: Any = rows[["owner_kind", "owner_name"]].dropna()
    if len(above):
        return str(above.iloc[0, 0]), str(above.iloc[0, 1])
    return (kind, name) if kind in ("Deployment", "StatefulSet", "DaemonSet") else None


def _elsewhere(case: Case, port: Facts) -> Finding:
    """There are no pods in its namespace, and in another there are such as it selects."""
    there, count = sorted(set(port.elsewhere)), len(port.elsewhere)
    return CAUSE.possible(
        object=case.object, field="metadata.namespace",
        evidence=f"spec.selector={labels(port.selector or {})}; there are no pods in namespace {case.namespace}, and {count} in "
        f"{listed(there)} would match",
        explanation=f"A service selects pods of its own namespace only. If these are meant, make it in {listed(there, 'or')}; else see "
        "what was to make pods here:",
        verify=case.workloads_command,
    )  # fmt: skip


def _no_template(case: Case, port: Facts) -> Finding:
    """There are no pods at all, and what is there to make them would make others."""
    selector = port.selector or {}
    made = case.templates
    templates = pd.DataFrame({"name": made["name"], "labels": made["template_labels"]})
    near = nearest_pods(selector, templates)
    change: dict[str, Any] = dict.fromkeys(near.lacking)
    change |= {key: value for _, key, value in near.instead}
    shown = "; ".join(
        f"{kind} {name} makes pods with {labels(theirs)}"
        for kind, name, theirs in made[["kind", "name", "template_labels"]].head(3).itertuples(index=False)
    )
    told = [f"spec.selector={labels(selector)}", shown or f"namespace {case.namespace} has no pods, and no workloads"]
    there = sorted(set(port.elsewhere))
    if there:
        told.append(f"{len(port.elsewhere)} {agree(len(port.elsewhere), 'pod', 'pods')} in {listed(there)} would match")
    return CAUSE.fact(
        object=case.object, field=_field(near, selector), evidence="; ".join(told),
        explanation="The selector matches no pod of its namespace, nor what any workload there makes. "
        + (
            f"A service selects pods of its own namespace only: make it in {listed(there, 'or')}."
            if there
            else "Select the labels of the workload that is meant:"
        ),
        fix=patch(case, {"selector": change}) if near.carried and near.lacking else "",
        verify=case.workloads_command,
    )  # fmt: skip
