"""From the frames of a cluster to what the picture of its nodes has to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from nodeportkit.figures.known import pods_known
from nodeportkit.figures.nodes.scene import BoxSeen, PodSeen, Scene
from nodeportkit.figures.nodes.titles import of_pods, of_service
from nodeportkit.kube.routing import usable
from nodeportkit.selectors import match_labels

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster
    from nodeportkit.figures.canvas import Mark

__all__ = ["build"]

_FINISHED: Final = ("Succeeded", "Failed")


def build(cluster: Cluster, service: str | None, *, neighbours: bool = False) -> Scene:
    """What is to be shown of the pods of a service; without one, of all pods.

    With its `neighbours`, also the other pods of its namespace are shown, apart from its own.
    """
    pods = _all_pods(cluster)
    if service is None:
        mine = pods
        answers: dict[str, bool] = {}
        asked = ""
        numbers: tuple[str, ...] = ()
    else:
        namespace, name = cluster.key(service)
        row = _rows(cluster.services, namespace=namespace, name=name).iloc[0]
        ports = _rows(cluster.ports, namespace=namespace, service=name)
        ends = _rows(cluster.endpoints, namespace=namespace, service=name)
        mine = _behind(ends, pods, row)
        numbers = tuple(str(int(number)) for number in ports["node_port"].dropna().unique())
        answers = _answers(cluster.nodes, ends, row) if numbers else {}
        if neighbours:
            near = _rows(pods, namespace=namespace)
            near = near[~near["key"].isin(mine["key"]).to_numpy(dtype=bool)][list(mine.columns)]
            mine = pd.concat([mine.assign(apart=False), near.assign(apart=True)], ignore_index=True)
        others = ~pods["key"].isin(mine["key"])
        counts = pods[others.to_numpy(dtype=bool)]["node"].value_counts()
    boxes = _boxes(cluster.nodes, mine, answers, {} if service is None else counts.to_dict())
    shown = len(cluster.nodes) > 0
    if service is None:
        title, subtitle = of_pods(boxes, nodes_shown=shown)
    else:
        title, subtitle = of_service(boxes, row, ports, nodes_shown=shown)
        asked = name
        if mine.empty and not pods_known(cluster, service):
            title = f"Which nodes hold pods of {name} was not shown"
            boxes, asked = [replace(box, answers=None) for box in boxes], ""
    return Scene(title, subtitle, numbers, tuple(boxes), asked)


def _rows(frame: pd.DataFrame, **values: str) -> pd.DataFrame:
    """The rows that have these values for certain."""
    for column, value in values.items():
        frame = frame[frame[column].eq(value).fillna(False).to_numpy(dtype=bool)]
    return frame


def _all_pods(cluster: Cluster) -> pd.DataFrame:
    """Every pod that has not finished: key, name, node, ready, status, namespace, labels."""
    pods = cluster.pods
    pods = pods[~pods["phase"].isin(_FINISHED).fillna(False).to_numpy(dtype=bool)]
    leaving = pods["terminating"].eq(True).fillna(False)
    found = pods[["namespace", "name", "node", "ready", "status", "labels"]].assign(
        key=pods["namespace"].fillna("") + "/" + pods["name"].fillna("")
    )
    found["status"] = found["status"].mask(leaving.to_numpy(dtype=bool), "Terminating")
    return found


def _behind(ends: pd.DataFrame, pods: pd.DataFrame, row: Any) -> pd.DataFrame:
    """The pods of a service: its endpoints, and those that its selector selects besides."""
    namespace, selector = str(row["namespace"]), row["selector"]
    ends = ends.assign(who=ends["pod"].fillna(ends["address"]))
    ends = ends[ends["who"].notna().to_numpy(dtype=bool)].drop_duplicates("who")
    key = f"{namespace}/" + ends["who"]
    known = pods.drop_duplicates("key").set_index("key")
    reached = pd.DataFrame(
        {
            "key": key,
            "name": ends["who"],
            "node": ends["node"].fillna(key.map(known["node"])),
            "ready": ends["ready"],
            "status": key.map(known["status"]),
        }
    )
    here = _rows(pods, namespace=namespace)
    here = here[~here["key"].isin(key).to_numpy(dtype=bool)]
    selected = np.array(
        [
            isinstance(selector, Mapping) and bool(selector) and isinstance(labels, Mapping)
            and match_labels(selector, labels)
            for labels in here["labels"]
        ],
        dtype=np.bool_,
    )  # fmt: skip
    more = here[selected][list(reached.columns)]
    # Ready, but not among the endpoints that were shown: whether connections get there is not known.
    counted = more.assign(ready=more["ready"].mask(more["ready"].eq(True).fillna(False).to_numpy(dtype=bool)))
    return pd.concat([reached, counted], ignore_index=True) if len(counted) else reached.reset_index(drop=True)


def _answers(nodes: pd.DataFrame, ends: pd.DataFrame, row: Any) -> dict[str, bool]:
    """Whether connections from outside to the node port of each node reach a pod, under the traffic policy shown."""
    policy = row["external_traffic_policy"]
    local = isinstance(policy, str) and policy == "Local"
    reach = np.zeros(len(nodes), dtype=np.bool_)
    for _, port in ends.groupby(["port_name", "protocol"], dropna=False, sort=False):
        reach |= usable(port, nodes, "Local" if local else "Cluster").any(axis=1)
    return dict(zip(nodes["name"], reach.tolist(), strict=True))


def _boxes(
    nodes: pd.DataFrame, pods: pd.DataFrame, answers: Mapping[str, bool], others: Mapping[Any, int]
) -> list[BoxSeen]:
    """A box for each node, and one for pods that are on none; nodes that no source listed follow those listed."""
    inside: dict[str, list[PodSeen]] = {}
    columns = (
        pods[name].astype(object).where(pods[name].notna(), None) for name in ("name", "node", "ready", "status")
    )
    apart = pods["apart"].tolist() if "apart" in pods else [False] * len(pods)
    for name, node, ready, status, alone in zip(*columns, apart, strict=True):
        inside.setdefault(node or "", []).append(replace(_pod(str(name), ready, status), apart=alone))
    boxes = []
    row: Any
    for row in nodes.itertuples():
        name = row.name if isinstance(row.name, str) else "?"
        address = next(iter(row.internal_ips), "") if isinstance(row.internal_ips, list) else ""
        state = "NotReady" if pd.notna(row.ready) and not row.ready else ""
        if not state and pd.notna(row.schedulable) and not row.schedulable:
            state = "cordoned"
        seen = tuple(sorted(inside.pop(name, ()), key=_order))
        boxes.append(BoxSeen(name, address, seen, state, answers.get(name), int(others.get(name, 0))))
    nowhere = inside.pop("", None)
    boxes += [BoxSeen(name, "", tuple(sorted(found, key=_order))) for name, found in inside.items()]
    if nowhere:
        placed = all(pod.status == "Pending" for pod in nowhere)
        boxes.append(BoxSeen("on no node yet" if placed else "node not shown", "", tuple(nowhere), node=False))
    return boxes


def _pod(name: str, ready: Any, status: Any) -> PodSeen:
    mark: Mark = "unknown" if ready is None else "ready" if ready else "not-ready"
    told = status if isinstance(status, str) and status != "Running" else ""
    if mark == "not-ready":
        return PodSeen(name, mark, told or "not ready")
    return PodSeen(name, mark, "" if mark == "ready" and told != "Terminating" else told or "readiness not shown")


def _order(pod: PodSeen) -> tuple[bool, str]:
    return pod.mark == "ready", pod.name
