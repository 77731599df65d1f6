"""The selector also catches another application."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.diagnosis.telling import labels, patch, some_of
from nodeportkit.standings.facts import true
from nodeportkit.standings.wording import agree

__all__ = ["CAUSE", "find", "strangers"]

CAUSE = Cause("selector-too-wide", 60, ("http", "uneven", "reset", "refused"))
# Labels that name an application or a part of it. Others (track, version, release) tell copies of one apart.
_NAMING: Final = (
    "app",
    "app.kubernetes.io/name",
    "app.kubernetes.io/component",
    "component",
    "k8s-app",
    "name",
    "run",
    "role",
)


@dataclass(frozen=True, slots=True)
class _App:
    """The pods of one workload: its name, what they are labelled, which images they run, which ports they declare."""

    owner: str
    pods: tuple[str, ...]
    labels: Mapping[str, str]
    images: frozenset[str]
    ports: frozenset[int]
    port_names: frozenset[str]


def find(case: Case) -> Iterator[Finding]:
    """Owners of the pods that differ in what names an application, in the image's repository, or in their ports."""
    if not case.facts.selector:
        return
    apps = _apps(case)
    others = [(app, reasons) for app in apps[1:] if (reasons := _differences(apps[0], app))]
    if not others:
        return
    app, reasons = others[0]
    told = {key: value for key, value in apps[0].labels.items() if key in _NAMING and app.labels.get(key) != value}
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


def strangers(case: Case) -> list[str]:
    """The pods that the selector catches of other applications than the one that is meant."""
    apps = _apps(case) if case.facts.selector else []
    return [pod for app in apps[1:] if _differences(apps[0], app) for pod in app.pods]


def _apps(case: Case) -> list[_App]:
    """The applications behind the service, the one that is meant first: the one named like it, else the one with most pods."""
    pods = case.pods[~true(case.pods["terminating"])]
    if pods["labels"].isna().any():
        return []
    groups: dict[str, list[int]] = {}
    tops = _tops(case)
    for at, (kind, name, pod) in enumerate(zip(pods["owner_kind"], pods["owner_name"], pods["name"], strict=True)):
        groups.setdefault(_owner(tops, kind, name, pod), []).append(at)
    found = [_app(case, owner, pods.iloc[rows]) for owner, rows in groups.items()]

    def likeness(app: _App) -> tuple[bool, int]:
        named = {case.name, *(value for value in app.labels.values())}
        return app.owner.partition(" ")[2] == case.name or case.name in {
            app.labels.get(key) for key in _NAMING
        } & named, len(app.pods)

    return sorted(found, key=likeness, reverse=True)


def _tops(case: Case) -> dict[str, str]:
    """ReplicaSet -> Deployment."""
    made = case.cluster.workloads
    sets = made[true(made["namespace"].eq(case.namespace) & made["kind"].eq("ReplicaSet") & made["owner_name"].notna())]
    return {
        str(name): f"{kind} {owner}"
        for name, kind, owner in sets[["name", "owner_kind", "owner_name"]].itertuples(index=False)
    }


def _owner(tops: Mapping[str, str], kind: Any, name: Any, pod: Any) -> str:
    if pd.isna(kind) or pd.isna(name):
        return f"Pod {pod}"
    if kind == "ReplicaSet":
        # Named by their Deployment and a hash, where that was not shown.
        return tops.get(str(name)) or f"Deployment {str(name).rpartition('-')[0] or name}"
    return f"{kind} {name}"


def _app(case: Case, owner: str, pods: pd.DataFrame) -> _App:
    specs = case.specs_of(pods)
    mains = specs[~true(specs["init"])]
    rows = case.declared
    rows = rows[true(rows["pod"].isin(pods["name"]))]
    ports = frozenset(int(port) for port in rows["container_port"].dropna())
    names = frozenset(rows["port_name"].dropna()) - {""}
    images = frozenset(_repository(image) for image in mains["image"].dropna())
    return _App(owner, tuple(pods["name"]), pods["labels"].iloc[0], images, ports, names)


def _repository(image: str) -> str:
    """The last part of an image's name: registries are mirrors of each other, tags are versions."""
    path = image.partition("@")[0]
    return path.rpartition("/")[2].partition(":")[0]


def _differences(one: _App, other: _App) -> list[str]:
    """What tells two applications apart; nothing where they are copies of one."""
    named = [
        f"{key} is {one.labels[key]} and {other.labels[key]}"
        for key in _NAMING
        if key in one.labels and key in other.labels and one.labels[key] != other.labels[key]
    ]
    images = bool(one.images and other.images) and not one.images & other.images
    # A named port may have another number in the next version: that is what names are for.
    ports = bool(one.ports and other.ports) and not (one.ports & other.ports or one.port_names & other.port_names)
    if images:
        named.append(f"images {', '.join(sorted(one.images))} and {', '.join(sorted(other.images))}")
    if ports:
        named.append(f"ports {_numbers(one.ports)} and {_numbers(other.ports)}")
    return named


def _numbers(ports: frozenset[int]) -> str:
    return ", ".join(str(port) for port in sorted(ports))
