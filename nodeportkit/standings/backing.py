"""Causes at the pods: there are none, none is ready; and a chain that holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import numpy as np
import pandas as pd

from nodeportkit.selectors import format_selector, match_labels
from nodeportkit.standings.facts import Facts, true
from nodeportkit.standings.standing import Standing
from nodeportkit.standings.wording import all_of, command, counted, listed, number

__all__ = ["drifted", "healthy", "no_pods", "pods_not_ready", "readiness_not_shown"]

_SHORT_OF_IMAGE = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName")
_CRASHED = ("CrashLoopBackOff", "Error", "OOMKilled")


def no_pods(facts: Facts) -> Standing | None:
    """The selector matches what should run, and nothing runs: no replicas, no node for them, or all have finished."""
    if len(facts.matched):
        return _none_running(facts)
    if not facts.labels_shown or not facts.selector:
        return None
    title = f"{facts.subject} answers nobody: there are no pods"
    owners = _workloads(facts)
    if len(owners) and owners["desired"].eq(0).fillna(False).all():
        kind, name = (str(owners[column].iloc[0]) for column in ("kind", "name"))
        return facts.broken(
            "no-pods", "pods", title, f"{kind} {name} is scaled to zero.",
            "The selector matches its pods, but it is to have none. Scale it up:",
            fix=command(f"scale {kind.lower()}", facts.namespace, name, "--replicas=1"),
        )  # fmt: skip
    if len(owners) and facts.pods_listed and owners["desired"].gt(0).fillna(False).any():
        wanting = owners[true(owners["desired"].gt(0))].iloc[0]
        return facts.broken(
            "no-pods", "pods", title, f"{wanting['kind']} {wanting['name']} has no pods.",
            f"It is to have {number(int(wanting['desired']))}. A quota or an admission hook may forbid them; the events tell:",
            verify=command("get events", facts.namespace, "--field-selector", "reason=FailedCreate"),
        )  # fmt: skip
    if facts.pods_listed and facts.all_pods.empty:
        return facts.broken(
            "no-pods", "pods", title, f"There are no pods in namespace {facts.namespace}.",
            "See what was to make them:", verify=command("get deployments,replicasets", facts.namespace),
        )  # fmt: skip
    return None


def pods_not_ready(facts: Facts) -> Standing | None:
    """The selector matches pods, and none is ready."""
    if len(facts.used) or facts.ends["ready"].isna().any():
        return None
    names = [str(name) for name in facts.ends["pod"].dropna().unique()]
    count = facts.counts()[1]
    pods = facts.all_pods[facts.all_pods["name"].isin(names).to_numpy(dtype=bool)]
    statuses = pods["status"].dropna().value_counts()
    if statuses.empty or statuses.sum() < count:
        reason = f"{all_of(count, 'pod')} {'is' if count == 1 else 'are'} not ready."
    elif len(statuses) == 1 and statuses.index[0] == "Running":
        reason = f"{all_of(count, 'pod')} run{'s' * (count == 1)}, but {'is' if count == 1 else 'are'} not ready."
    elif len(statuses) == 1:
        reason = f"{all_of(count, 'pod')} {'is' if count == 1 else 'are'} in {statuses.index[0]}."
    else:
        said = [f"{number(int(many))} {'is' if many == 1 else 'are'} in {status}" for status, many in statuses.items()]
        reason = f"{listed(said).capitalize()[0]}{listed(said)[1:]}."
    explanation, verify = "A service sends only to ready pods. Ask one why it is not:", ""
    if names:
        sick = str(pods.loc[true(pods["status"].eq(statuses.index[0])), "name"].iloc[0]) if len(statuses) else names[0]
        crashed = len(statuses) > 0 and str(statuses.index[0]).removeprefix("Init:") in _CRASHED
        verify = (
            command("logs", facts.namespace, sick, "--previous")
            if crashed
            else command("describe pod", facts.namespace, sick)
        )
    else:
        verify = command("get pods", facts.namespace, "-l", format_selector(facts.selector)) if facts.selector else ""
    none = "its pod is not ready" if count == 1 else f"none of its {number(count)} pods is ready"
    return facts.broken(
        "pods-not-ready", "pods", f"{facts.subject} answers nobody: {none}", reason, explanation, verify=verify
    )


def readiness_not_shown(facts: Facts) -> Standing | None:
    """Whether any of the pods is ready was not shown."""
    if len(facts.used):
        return None
    return facts.unknown(
        "Whether its pods are ready was not shown.", "A service sends only to ready pods. Paste what this prints:",
        command("get pods", facts.namespace, "-o", "wide"), candidates=tuple(facts.ends["pod"].dropna().unique()),
    )  # fmt: skip


def drifted(facts: Facts) -> Standing:
    """Pods match, yet the endpoints were printed as none: the prints are of two moments, or the slices lag behind."""
    count = len(facts.matched)
    return facts.broken(
        "slice-drift", "pods", f"{facts.subject} answers nobody: it has no endpoints",
        f"{counted(count, 'pod').capitalize()} match{'es' * (count == 1)}, and no endpoint was there.",
        "If pods and endpoints were printed at different moments, print both again:",
        verify=command("get endpointslices,pods", facts.namespace, "-o", "wide", "--show-labels"),
    )  # fmt: skip


def healthy(facts: Facts) -> Standing:
    """Connections to the node port reach pods."""
    used, behind = facts.counts()
    on = facts.used["pod_node"]
    where = "" if on.isna().any() else f" on {on.nunique():,} node{'' if on.nunique() == 1 else 's'}"
    said = []
    if used < behind:
        idle = facts.ends[~facts.ends.index.isin(facts.used.index)]["pod"].dropna().unique()
        rest = f": {listed(sorted(idle))}" if len(idle) == behind - used else ""
        said.append(
            f"{counted(behind - used, 'pod').capitalize()} get{'s' * (behind - used == 1)} nothing, not being ready{rest}."
        )
    left_out = _without_port(facts)
    if left_out:
        port = facts.ports["target_port"].iloc[0]
        said.append(
            f"{counted(len(left_out), 'pod').capitalize()} get{'s' * (len(left_out) == 1)} nothing, without a port named {port}: {listed(left_out)}."
        )
    pods = "pod" if behind == 1 else "pods"
    return facts.whole(f"{facts.subject} reaches {used:,} of {behind:,} {pods}{where}", " ".join(said))


def _without_port(facts: Facts) -> list[str]:
    """The pods that the selector matches and that have no endpoint for this port, because they lack the named port."""
    if not facts.ends["derived"].fillna(False).any():
        return []
    running = facts.matched[~facts.matched["phase"].isin(["Succeeded", "Failed"]).to_numpy(dtype=bool)]
    addressed = [not isinstance(ips, list) or bool(ips) for ips in running["ips"]]
    names = running["name"][addressed]
    return sorted(set(names.dropna()) - set(facts.ends["pod"].dropna()))


def _none_running(facts: Facts) -> Standing | None:
    """Pods match, but none has come so far as to be an endpoint, or all have gone."""
    title = f"{facts.subject} answers nobody: no pod of it runs"
    matched = facts.matched
    finished = matched["phase"].isin(["Succeeded", "Failed"]).to_numpy(dtype=bool)
    count = len(matched)
    if finished.all():
        return facts.broken(
            "no-pods", "pods", title, f"{all_of(count, 'pod')} that it selects {'has' if count == 1 else 'have'} finished.",
            "Pods that have finished get no connections. See what was to run:",
            verify=command("get pods,jobs", facts.namespace, "-l", format_selector(facts.selector)),
        )  # fmt: skip
    waiting = matched[~finished]
    if any(not isinstance(ips, list) or ips for ips in waiting["ips"]):
        return None
    name = str(waiting["name"].iloc[0])
    unplaced = waiting["node"].isna().all()
    return facts.broken(
        "no-pods" if unplaced else "pods-not-ready", "pods", title,
        f"{all_of(len(waiting), 'pod')} {'waits' if len(waiting) == 1 else 'wait'} for {'a node' if unplaced else 'an address'}.",
        "The events of the pod tell why:", verify=command("describe pod", facts.namespace, name),
    )  # fmt: skip


def _workloads(facts: Facts) -> pd.DataFrame:
    """The workloads whose pods the selector would match; of a Deployment and its ReplicaSets the Deployment."""
    workloads = facts.cluster.workloads
    mine = workloads[true(workloads["namespace"].eq(facts.namespace))]
    fits = [
        _fits(cast(Any, facts.selector), template, selector)
        for template, selector in zip(mine["template_labels"], mine["selector"], strict=True)
    ]
    mine = mine[np.array(fits, dtype=np.bool_)]
    tops = mine[mine["owner_name"].isna().to_numpy(dtype=bool) & mine["kind"].ne("ReplicaSet").to_numpy(dtype=bool)]
    return tops if len(tops) else mine


def _fits(selector: Mapping[str, str], template: Any, own: Any) -> bool:
    """Whether pods of a workload match: by the labels of its template, or as far as its own selector tells."""
    labels = (
        template if isinstance(template, Mapping) else own.get("matchLabels", own) if isinstance(own, Mapping) else None
    )
    return isinstance(labels, Mapping) and match_labels(selector, labels)
