"""placement-imbalance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import pandas as pd

from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.auditing.words import percent
from nodeportkit.kube.columns import objects

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]

_ENOUGH: Final = 0.8


def _look(scene: Scene) -> Iterator[Finding]:
    reach = scene.reach
    if int((reach.entry > 0).sum()) < 2:
        return
    pods, capacity, largest = reach.eligible, reach.capacity, reach.largest
    placed = pd.DataFrame({"at": reach.at, "node": reach.node})[reach.used].groupby("at")["node"]
    nodes, first = placed.nunique(), placed.min()
    names = objects(scene.nodes["name"])
    seen = set()
    for port in scene.exposed.tolist():
        at = int(scene.service_of_port[port])
        if at in seen or not reach.known[port] or pods[port] < 2 or first[port] < 0:
            continue
        count = int(pods[port])
        if nodes[port] == 1:
            message = (
                f"All {count} of its pods are on node {names[first[port]]}: when that node is down, nobody answers."
            )
        elif capacity[port] < _ENOUGH:
            message = (
                f"One of its {count} pods gets {percent(largest[port])} of connections, {largest[port] * count:.1f} times the "
                f"mean: when it is full, {percent(1 - capacity[port])} of what all could take is unused."
            )
        else:
            continue
        seen.add(at)
        yield scene.of_service(
            at,
            "spec.template.spec.topologySpreadConstraints",
            message,
            severity="warning" if nodes[port] == 1 else None,
        )


CHECK = Check(
    title="Pods not spread over nodes",
    about=(
        "Usable capacity is the mean share of a pod against the largest: told below 80 %, with connections that enter at every "
        "node alike; and where all pods of a service are on one node."
    ),
    certainty="advice",
    severity="note",
    needs=("services", "nodes"),
    look=_look,
)
