"""From the frames of a cluster to what the picture of one chain has to show."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from nodeportkit.chains import chain, select_port
from nodeportkit.figures.chain.scene import TO_BE_CHOSEN, NodeSeen, PodSeen, PortSeen, Scene, TermSeen
from nodeportkit.selectors import match_labels
from nodeportkit.standings import standing

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster
    from nodeportkit.standings import Standing

__all__ = ["build", "paths"]

_PATHS: Final = 50_000  # nodes times endpoints up to which every entry node is asked for shares
_FINISHED: Final = ("Succeeded", "Failed")
_LOCAL: Final = "Local"


def build(
    cluster: Cluster,
    service: str,
    port: int | str | None = None,
    *,
    verdict: Standing | None = None,
    reach: pd.DataFrame | None = None,
) -> Scene:
    """What is to be shown of the service called `"name"` or `"namespace/name"`, of all its ports or of one.

    Whoever has its `standing` or its `paths` already gives them: in a large cluster they take their time.

    Raises
    ------
    NotFound
        If there is no such service or port.
    """
    namespace, name = cluster.key(service)
    verdict = standing(cluster, service, port) if verdict is None else verdict
    reach = paths(cluster, service, port) if reach is None else reach
    row = _rows(cluster.services, namespace=namespace, name=name).iloc[0]
    ports = select_port(_rows(cluster.ports, namespace=namespace, service=name), port, service)
    mine = _rows(cluster.pods, namespace=namespace)
    down = set(_rows(cluster.nodes, ready=False)["name"].dropna())
    local = _text(row["external_traffic_policy"]) == _LOCAL
    pods = list(_endpoints(reach, mine, down, local=local))
    known = {pod.name for pod in pods}
    if verdict.whole and not any(pod.reachable for pod in pods):
        # Where no pod is ready, those that are leaving serve on (KEP-1669); which still can was not shown.
        pods = [replace(pod, reachable=pod.status == "Terminating") for pod in pods]
    near = set(verdict.candidates)
    if verdict.broken_link == "selector" and not near:  # none comes near: show what there is instead
        near = set(mine["name"])
    others = list(_others(mine, row["selector"], known, near, missing=verdict.broken_link == "target-port"))
    pods = _named(pods, others)
    return Scene(
        namespace=namespace,
        name=name,
        type=_text(row["type"]),
        addresses=_texts(row["cluster_ips"]),
        policy="externalTrafficPolicy: Local" if local else "",
        outside=tuple(_outside(row)),
        external_name=_text(row["external_name"]),
        ports=tuple(_ports(ports, _unopened(row))),
        terms=None if verdict.terms is None else tuple(TermSeen(str(term), term.pods) for term in verdict.terms),
        nodes=tuple(_nodes(cluster.nodes, verdict.blocked_nodes)),
        pods=tuple(pods),
        empty=_empty(row, mine, verdict.whole),
        whole=verdict.whole,
        broken=verdict.broken_link,
        title=verdict.title,
        symptom=verdict.symptom,
        before=verdict.changed_since,
        reason=verdict.reason,
        explanation=verdict.explanation,
        command=verdict.fix or verdict.verify,
    )


def _rows(frame: pd.DataFrame, **values: Any) -> pd.DataFrame:
    """The rows that have these values for certain."""
    for column, value in values.items():
        frame = frame[frame[column].eq(value).fillna(False).to_numpy(dtype=bool)]
    return frame


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else ()


def _number(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def _flag(value: Any) -> bool | None:
    return None if pd.isna(value) else bool(value)


def _outside(row: Any) -> Iterator[str]:
    """The addresses that lead to the service from outside: those of its load balancer, and those that nodes listen on for it."""
    balancers, others = _texts(row["load_balancer_ips"]), _texts(row["external_ips"])
    told = list(dict.fromkeys([*balancers, *others]))
    if told:
        yield f"external IP {told[0]}"
    if len(told) > 1:
        yield f"+ {len(told) - 1} more"
    # A manifest has no status to wait for.
    awaited = isinstance(row["load_balancer_ips"], list) and not balancers and _texts(row["cluster_ips"])
    if _text(row["type"]) == "LoadBalancer" and awaited:
        yield "external IP <pending>"


def _unopened(row: Any) -> str:
    """What a port without a node port says in its place.

    The server gives every port of a NodePort service a number, and of a LoadBalancer too unless it is told not to: where all
    of an object is known but that, it is a manifest.
    """
    if _text(row["type"]) not in ("NodePort", "LoadBalancer"):
        return "none"
    whole_object = _text(row["session_affinity"]) and isinstance(row["labels"], Mapping)
    if whole_object and _flag(row["allocate_node_ports"]) is not False:
        return TO_BE_CHOSEN
    return "none" if _text(row["type"]) == "LoadBalancer" else "?"


def _ports(ports: pd.DataFrame, unopened: str) -> Iterator[PortSeen]:
    for row in ports.itertuples():
        yield PortSeen(
            name=_text(row.port_name),
            protocol=_text(row.protocol),
            port=_number(row.port),
            target_port=_text(row.target_port),
            node_port=_number(row.node_port),
            unopened=unopened,
        )


def _nodes(nodes: pd.DataFrame, blocked: Collection[str]) -> Iterator[NodeSeen]:
    blocked = set(blocked)
    for row in nodes.itertuples():
        name = _text(row.name)
        addresses = _texts(row.internal_ips) or _texts(row.external_ips)
        yield NodeSeen(name, addresses, _flag(row.ready), name not in blocked)


def paths(cluster: Cluster, service: str, port: int | str | None = None) -> pd.DataFrame:
    """The chain of a service from all nodes, or from one where that would be too many rows to look at."""
    namespace, name = cluster.key(service)
    ends = len(_rows(cluster.endpoints, namespace=namespace, service=name))
    nodes = cluster.nodes["name"].dropna()
    return chain(cluster, service, port, node=nodes.iloc[0] if len(nodes) * ends > _PATHS else None)


def _endpoints(reach: pd.DataFrame, pods: pd.DataFrame, down: set[str], *, local: bool) -> Iterator[PodSeen]:
    """Each pod that is an endpoint, once."""
    reach = reach.assign(who=reach["pod"].fillna(reach["pod_ip"]))
    reach = reach[reach["who"].notna() | reach["ready"].notna()]
    shares = _shares(reach[reach["hop"].eq("same-node").fillna(False).to_numpy(dtype=bool)] if local else reach)
    served = reach.groupby("who", sort=False)["share"].max().gt(0).fillna(False)
    numbers = reach.groupby("who", dropna=False, sort=False)["pod_port"].unique()
    status = dict(zip(pods["name"], pods["status"], strict=True))
    nameless = reach[reach["who"].isna()]  # `+ 2 more...` stands in a print once for each port
    at_one = nameless.groupby(["node", "port", "protocol"], dropna=False, sort=False).ngroup().eq(0)
    nameless = nameless[at_one.to_numpy(dtype=bool)]
    first = pd.concat([reach[reach["who"].notna()].drop_duplicates("who"), nameless])
    row: Any
    for row in first.itertuples():
        name, node, ready = _text(row.pod), _text(row.pod_node), _flag(row.ready)
        yield PodSeen(
            name=name,
            address=_text(row.pod_ip),
            node=node,
            ready=ready,
            status="node NotReady" if node in down else _status(status.get(name)),
            ports=tuple(_number(number) for number in numbers.get(row.who, [])),
            share=shares.get(row.who),
            reachable=node not in down and (ready is not False or bool(served.get(row.who, False))),
        )


def _shares(reach: pd.DataFrame) -> dict[str, float]:
    """The share of each pod, where it is the same for all entry nodes and ports."""
    known = reach.groupby("who", sort=False)["share"].agg(["min", "max", "count", "size"])
    same = known[(known["min"] == known["max"]) & (known["count"] == known["size"])]
    return {str(who): float(share) for who, share in same["min"].items()}


def _others(
    pods: pd.DataFrame, selector: Any, known: Collection[str], near: Collection[str], *, missing: bool
) -> Iterator[PodSeen]:
    """Pods that are no endpoints: those that the selector selects all the same, and those that are near to it."""
    selector = selector if isinstance(selector, Mapping) else {}
    row: Any
    for row in pods.itertuples():
        name = _text(row.name)
        labels = row.labels if isinstance(row.labels, Mapping) else None
        selected = bool(selector) and labels is not None and match_labels(selector, labels)
        if name in known or _text(row.phase) in _FINISHED or not (selected or name in near):
            continue
        yield PodSeen(
            name=name,
            address=next(iter(_texts(row.ips)), ""),
            node=_text(row.node),
            ready=_flag(row.ready),
            status=_status(row.status),
            ports=(None,) if selected and missing else (),
            selected=selected,
            note="" if selected else _labels(labels, selector),
            reachable=False,
        )


def _named(pods: list[PodSeen], others: list[PodSeen]) -> list[PodSeen]:
    """The endpoints that were counted and not shown (`+ 2 more...`) are the other pods that are ready, if these are as many.

    Where a pod has several ports, kubectl counts it several times, and the numbers cannot be compared.
    """
    nameless = [pod for pod in pods if not (pod.name or pod.address)]
    ready = [pod for pod in others if pod.selected and pod.ready]
    several = any(len(pod.ports) > 1 for pod in pods) or any(None in pod.ports for pod in nameless)
    if not nameless or not ready or (len(nameless) != len(ready) and not several):
        return pods + others
    named = [pod for pod in pods if pod.name or pod.address]
    behind = [replace(pod, ports=nameless[0].ports, reachable=nameless[0].reachable) for pod in ready]
    return named + behind + [pod for pod in others if not (pod.selected and pod.ready)]


def _status(status: Any) -> str:
    """What kubectl prints of a pod that is not ready; Running says nothing of why."""
    return "" if _text(status) == "Running" else _text(status)


def _labels(labels: Mapping[str, str] | None, selector: Mapping[str, str]) -> str:
    """The labels of a pod that come nearest to a selector."""
    if labels is None:
        return "labels not shown"
    told = {key: labels[key] for key in selector if key in labels} or labels
    return ", ".join(f"{key}={value}" for key, value in told.items()) or "no labels"


def _empty(row: Any, pods: pd.DataFrame, whole: bool | None) -> str:
    """What to say where there is no pod to show."""
    if _text(row["type"]) == "ExternalName":
        return f"DNS answers with {_text(row['external_name']) or 'another name'}; there are no pods behind it."
    if pods.empty:
        return f"No pods of namespace {row['namespace']} were shown."
    if whole is None:
        return f"Which of the {len(pods):,} pods in namespace {row['namespace']} are behind it was not shown."
    return f"None of the {len(pods):,} pods in namespace {row['namespace']} is behind it."
