"""endpoints-not-ready."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from nodeportkit.auditing.arrays import Mask, first_of, rows, true
from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.auditing.words import names
from nodeportkit.kube.columns import objects
from nodeportkit.standings.wording import agree, command

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    length, pairs = len(scene.services), scene.staying
    total = pairs.counts(length)
    unready = scene.pods["ready"].notna().to_numpy(dtype=bool) & ~true(scene.pods["ready"])
    # That a pod is on its way is no trouble; where a node is down, its own finding tells of its pods.
    down = np.append(true(scene.nodes["ready"].eq(False)), False)[scene.node_of_pod]
    bad = pairs.where((unready & ~scene.coming)[pairs.pod])
    elsewhere = bad.where(~down[bad.pod]).counts(length) > 0
    count = bad.counts(length)
    order = np.argsort(bad.left, kind="stable")
    starts = np.searchsorted(bad.left[order], np.arange(length + 1))
    statuses, told = objects(scene.pods["status"]), objects(scene.pods["unready_reason"])
    for at in rows((count > 0) & ~true(scene.services["publish_not_ready"]) & scene.with_endpoints):
        if count[at] < total[at] and not elsewhere[at]:
            continue
        pods = bad.pod[order[starts[at] : starts[at + 1]]]
        reasons = (told[pod] or (statuses[pod] if statuses[pod] != "Running" else None) for pod in pods)
        why = next((f" ({reason.rstrip('.')})" for reason in reasons if reason), "")
        which = names((scene.pod_names[pod] for pod in pods), 3)
        fix = command("describe pod", scene.service_names[at][0], scene.pod_names[pods[0]])
        yield _finding(scene, at, int(count[at]), int(total[at]), f": {which}{why}", fix)
    matched = scene.matched.counts(length)
    for at in rows((matched > 0) & (total == 0) & scene.with_endpoints):
        namespace = scene.service_names[at][0]
        yield scene.of_service(
            at,
            "endpoints[].conditions.ready",
            f"{agree(int(matched[at]), 'Its one pod is', 'All of its pods are')} being deleted: as soon as they end, nobody answers.",
            command("get pods", namespace, "-l", scene.selector_text(at), "-o", "wide"),
        )
    yield from _from_slices(scene, matched > 0)


def _from_slices(scene: Scene, told: Mask) -> Iterator[Finding]:
    """The same of services whose pods were not shown, from the slices of their first port with endpoints."""
    links, at = scene.reach.links, scene.reach.at
    staying = ~true(links["terminating"])
    unready = staying & links["ready"].notna().to_numpy(dtype=bool) & ~true(links["ready"])
    total, count = (scene.reach.total(mask).astype(int) for mask in (staying, unready))
    ports = np.unique(at[unready])
    for port in ports[first_of(scene.service_of_port[ports])]:
        service = int(scene.service_of_port[port])
        if not told[service]:
            namespace, name = scene.service_names[service]
            fix = command("get endpointslices", namespace, "-l", f"kubernetes.io/service-name={name}", "-o", "yaml")
            yield _finding(scene, service, int(count[port]), int(total[port]), "", fix)


def _finding(scene: Scene, at: int, count: int, total: int, which: str, fix: str) -> Finding:
    if count == total:
        words = "Its one pod is not ready" if total == 1 else f"None of its {total} pods is ready"
    else:
        words = f"{count} of its {total} pods {agree(count, 'is', 'are')} not ready"
    severity = "error" if count == total else "warning"
    return scene.of_service(at, "endpoints[].conditions.ready", f"{words}{which}.", fix, severity=severity)


CHECK = Check(
    title="Pods not ready",
    about="Endpoints that are not ready get no new connections; where none is ready, the node port refuses every one.",
    certainty="fact",
    severity="warning",
    needs=("services",),
    look=_look,
)
