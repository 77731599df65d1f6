"""warning-events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from nodeportkit.auditing.arrays import Pairs, first_of
from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.kube.endpoints.numbering import Positions, positions
from nodeportkit.standings.wording import command

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    events = scene.cluster.events
    events = events[events["type"].eq("Warning").fillna(False).to_numpy(dtype=bool)].reset_index(drop=True)
    kinds = {kind: events["kind"].eq(kind).fillna(False).to_numpy(dtype=bool) for kind in ("Service", "Pod", "Node")}
    workloads = scene.cluster.workloads
    of_service = positions(events[["namespace", "name"]], scene.services[["namespace", "name"]])
    of_pod = positions(events[["namespace", "name"]], scene.pods[["namespace", "name"]])
    of_node = positions(events[["name"]], scene.nodes[["name"]])
    of_workload = positions(events[["namespace", "kind", "name"]], workloads[["namespace", "kind", "name"]])
    service = np.where(kinds["Service"], of_service, _by(scene.fitting, len(workloads))[of_workload])
    service = np.where(kinds["Pod"], _by(scene.matched, len(scene.pods))[of_pod], service)
    told = (service >= 0) | (kinds["Node"] & (of_node >= 0)) | (kinds["Pod"] & np.isin(of_pod, scene.kube_proxies))
    if not told.any():
        return
    events = events[told].assign(service=service[told])
    key = events["service"].where(events["service"] >= 0, events["name"]).astype(str) + "\n" + events["kind"]
    group = (key + "\n" + events["reason"].fillna("")).factorize()[0].astype(np.int64)
    times = np.bincount(group, weights=events["count"].fillna(1).to_numpy(dtype=np.float64))
    objects_ = np.bincount(group)
    for number, row in enumerate(events.iloc[first_of(group)].itertuples(index=False)):
        namespace = "" if row.kind == "Node" else str(row.namespace)
        many = f", and of {objects_[number] - 1} more" if objects_[number] > 1 else ""
        at = int(str(row.service))
        yield Finding(
            f"{row.kind} {namespace}/{row.name}" if namespace else f"Node {row.name}",
            "events",
            f"Kubernetes warns of it{many}: {row.reason}: {row.message} ({times[number]:,.0f} times).",
            command(f"describe {str(row.kind).lower()}", namespace or "default", str(row.name)),
            namespace=namespace,
            service=scene.service_names[at][1] if at >= 0 else "",
        )


def _by(pairs: Pairs, length: int) -> Positions:
    """The first service that selects each pod or workload; -1 for none, and behind the last."""
    found = np.full(length + 1, -1, dtype=np.int64)
    found[pairs.pod[::-1]] = pairs.left[::-1]
    return found


CHECK = Check(
    title="Warning events",
    about="What Kubernetes itself warned of lately: about services, their pods and workloads, nodes and their kube-proxy.",
    certainty="fact",
    severity="warning",
    needs=("events",),
    look=_look,
)
