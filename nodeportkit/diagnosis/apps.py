"""Which applications the pods behind a service belong to, by their owners; and what tells two of them apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from nodeportkit.standings.facts import true

__all__ = ["NAMING", "App", "apps", "differences", "owner_by_name"]

# Labels that name an application or a part of it. Others (track, version, release) tell copies of one apart.
NAMING: Final = (
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
class App:
    """The pods of one workload: its name, what they are labelled, which images they run, which ports they declare."""

    owner: str
    pods: tuple[str, ...]
    labels: Mapping[str, str]
    images: frozenset[str]
    ports: frozenset[int]
    port_names: frozenset[str]


def apps(
    pods: pd.DataFrame, workloads: pd.DataFrame, specs: pd.DataFrame, declared: pd.DataFrame, service: str
) -> list[App]:
    """The applications of some pods of a namespace, the one that is meant first: the one named like the service, else the largest.

    Parameters
    ----------
    pods, workloads, specs, declared
        The pods, and rows of the frames workloads, specs and containers, those of the pods among them.
    service
        The name of the service that selects them.
    """
    if pods.empty or pods["labels"].isna().any():
        return []
    tops = _tops(pods["namespace"].iloc[0], workloads)
    groups: dict[str, list[int]] = {}
    for at, each in enumerate(zip(pods["owner_kind"], pods["owner_name"], pods["name"], pods["labels"], strict=True)):
        groups.setdefault(_owner(tops, *each), []).append(at)
    if len(groups) == 1:
        (owner,) = groups
        return [App(owner, tuple(pods["name"]), pods["labels"].iloc[0], frozenset(), frozenset(), frozenset())]
    parts = _Parts(specs, declared)
    names, labels, kinds = (pods[column].tolist() for column in ("name", "labels", "spec"))
    found = [
        parts.app(owner, [names[at] for at in rows], labels[rows[0]], {kinds[at] for at in rows})
        for owner, rows in groups.items()
    ]

    def likeness(app: App) -> tuple[bool, int]:
        named = app.owner.partition(" ")[2] == service or service in {app.labels.get(key) for key in NAMING}
        return named, len(app.pods)

    return sorted(found, key=likeness, reverse=True)


def _tops(namespace: str, workloads: pd.DataFrame) -> dict[str, str]:
    """ReplicaSet -> Deployment."""
    sets = workloads[true(workloads["namespace"].eq(namespace) & workloads["kind"].eq("ReplicaSet"))]
    sets = sets[sets["owner_name"].notna().to_numpy()]
    rows = sets[["name", "owner_kind", "owner_name"]].itertuples(index=False)
    return {str(name): f"{kind} {owner}" for name, kind, owner in rows}


def _owner(tops: Mapping[str, str], kind: Any, name: Any, pod: Any, labels: Mapping[str, str]) -> str:
    if pd.isna(kind) or pd.isna(name):
        return owner_by_name(str(pod), labels)
    if kind == "ReplicaSet":
        # Named by their Deployment and a hash, where that was not shown.
        return tops.get(str(name)) or f"Deployment {str(name).rpartition('-')[0] or name}"
    return f"{kind} {name}"


def owner_by_name(pod: str, labels: Mapping[str, str]) -> str:
    """Who made a pod, by its name and the labels that controllers give: tables do not show owners.

    Examples
    --------
    >>> owner_by_name("web-5d9c-x7k2p", {"pod-template-hash": "5d9c"}), owner_by_name("web-0", {})
    ('Deployment web', 'Pod web-0')
    """
    if (hash_ := labels.get("pod-template-hash")) and f"-{hash_}-" in pod:
        return f"Deployment {pod.rpartition(f'-{hash_}-')[0]}"
    if labels.get("statefulset.kubernetes.io/pod-name") == pod:
        return f"StatefulSet {pod.rpartition('-')[0]}"
    if "controller-revision-hash" in labels:
        return f"DaemonSet {pod.rpartition('-')[0]}"
    return f"Pod {pod}"


class _Parts:
    """What pods are made of, found without looking at the frames again for each of very many applications."""

    def __init__(self, specs: pd.DataFrame, declared: pd.DataFrame) -> None:
        mains = specs[~true(specs["init"])].dropna(subset=["spec", "image"])
        self._images: dict[Any, set[str]] = {}
        for spec, image in zip(mains["spec"], mains["image"], strict=True):
            self._images.setdefault(spec, set()).add(_repository(image))
        self._ports: dict[Any, set[int]] = {}
        self._names: dict[Any, set[str]] = {}
        for pod, port, name in zip(declared["pod"], declared["container_port"], declared["port_name"], strict=True):
            if pd.notna(port):
                self._ports.setdefault(pod, set()).add(int(port))
            if pd.notna(name) and name:
                self._names.setdefault(pod, set()).add(name)

    def app(self, owner: str, pods: list[str], labels: Mapping[str, str], specs: set[Any]) -> App:
        """The application of these pods, which have these specs."""
        images = frozenset[str]().union(*(self._images.get(spec, ()) for spec in specs if pd.notna(spec)))
        ports = frozenset[int]().union(*(self._ports.get(pod, ()) for pod in pods))
        names = frozenset[str]().union(*(self._names.get(pod, ()) for pod in pods))
        return App(owner, tuple(pods), labels, images, ports, names)


def _repository(image: str) -> str:
    """The last part of an image's name: registries are mirrors of each other, tags are versions."""
    path = image.partition("@")[0]
    return path.rpartition("/")[2].partition(":")[0]


def differences(one: App, other: App) -> list[str]:
    """What tells two applications apart; nothing where they are copies of one."""
    named = [
        f"{key} is {one.labels[key]} and {other.labels[key]}"
        for key in NAMING
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
