"""What the picture of nodes says in its head."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pandas as pd

from nodeportkit.figures.canvas import Mark
from nodeportkit.figures.nodes.scene import BoxSeen

__all__ = ["of_pods", "of_service"]


def of_service(boxes: Sequence[BoxSeen], row: Any, ports: pd.DataFrame, *, nodes_shown: bool) -> tuple[str, str]:
    """The answer for a service: on how many nodes it has a ready pod; and what was asked."""
    return _title(boxes, str(row["name"]), nodes_shown=nodes_shown), _subtitle(boxes, row, ports)


def of_pods(boxes: Sequence[BoxSeen], *, nodes_shown: bool) -> tuple[str, str]:
    """The answer for all pods: how many there are on how many nodes."""
    nodes, marks = sum(box.node for box in boxes), _marks(boxes)
    pods = sum(marks.values())
    if not pods:
        return "No pod was shown", f"{_count(nodes, 'node')}"
    placed = sum(len(box.pods) for box in boxes if box.node)
    title = f"{_count(nodes, 'node')} {'holds' if nodes == 1 else 'hold'} {_count(placed, 'pod')}"
    if not placed:
        title = f"Which nodes hold the {_count(pods, 'pod')} was not shown"
    return title, _ready(marks) + ("" if nodes_shown else "; nodes were not listed, only those with pods are known")


def _title(boxes: Sequence[BoxSeen], name: str, *, nodes_shown: bool) -> str:
    nodes = [box for box in boxes if box.node]
    holders = [box for box in nodes if box.marks["ready"]]
    if not _marks(boxes):
        return f"No node holds a pod of {name}" if nodes else f"No pod of {name} was shown"
    if not nodes:
        return f"Which nodes hold the pods of {name} was not shown"
    unsure = any(box.marks["unknown"] and not box.marks["ready"] for box in nodes)
    unsure = unsure or any(box.marks["ready"] or box.marks["unknown"] for box in boxes if not box.node)
    if not holders:
        return (
            f"Whether any node holds a ready pod of {name} was not shown"
            if unsure
            else f"No node holds a ready pod of {name}"
        )
    if len(holders) == len(nodes) and nodes_shown:
        return f"{nodes[0].name if len(nodes) == 1 else 'Every node'} holds a ready pod of {name}"
    least = "At least " if unsure else ""
    if not nodes_shown:
        return f"{least}{_count(len(holders), 'node')} {'holds' if len(holders) == 1 else 'hold'} a ready pod of {name}"
    verb = "holds" if len(holders) == 1 else "hold"
    return f"{least}{len(holders):,} of {len(nodes):,} nodes {verb} a ready pod of {name}"


def _subtitle(boxes: Sequence[BoxSeen], row: Any, ports: pd.DataFrame) -> str:
    told = [f"{row['namespace']}/{row['name']}"]
    if pd.notna(row["type"]):
        told.append(str(row["type"]))
    numbers = [str(int(number)) for number in ports["node_port"].dropna().unique()]
    if not numbers:
        told.append("no node port")
    elif pd.notna(row["external_traffic_policy"]):
        told.append(f"externalTrafficPolicy: {row['external_traffic_policy']}")
    return f"{', '.join(told)}. {_ready(_marks(boxes))}"


def _ready(marks: Counter[Mark]) -> str:
    pods = sum(marks.values())
    if not pods:
        return "No pods"
    unknown = f", of {marks['unknown']:,} that was not shown" if marks["unknown"] else ""
    return f"{marks['ready']:,} of {_count(pods, 'pod')} {'is' if marks['ready'] == 1 else 'are'} ready{unknown}"


def _marks(boxes: Sequence[BoxSeen]) -> Counter[Mark]:
    return sum((box.marks for box in boxes), Counter())


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
