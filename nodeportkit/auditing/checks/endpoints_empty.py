"""endpoints-empty."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from nodeportkit.auditing.arrays import mask, rows
from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.standings.wording import agree, command, some

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    services, length = scene.services, len(scene.services)
    matched, staying = scene.matched.counts(length), scene.staying.counts(length)
    addressed = scene.staying.where(scene.with_address[scene.staying.pod]).counts(length)
    selects = mask(scene.selectors)
    pods_listed = scene.listed("pods", services["namespace"]) & scene.labels_known
    slices_listed = scene.listed("endpoints", services["namespace"]) | scene.stated
    has_ports = np.bincount(scene.service_of_port[scene.service_of_port >= 0], minlength=length) > 0
    templated = scene.templated.counts(length) > 0
    # That no pod matches, or that none has the port or the address family, is the finding of other checks.
    withheld = selects & slices_listed & scene.with_derived
    without_address = selects & pods_listed & (staying > 0) & (addressed == 0)
    leaving = selects & pods_listed & (matched > 0) & (staying == 0)
    without_pods = selects & pods_listed & (matched == 0) & templated
    slices_only = selects & slices_listed & ~pods_listed
    told = withheld | without_address | leaving | without_pods | slices_only
    for at in rows(has_ports & ~scene.with_endpoints & told):
        namespace, name = scene.service_names[at]
        fix = command("get pods", namespace, "-l", scene.selector_text(at), "-o", "wide")
        who = f"{some(int(staying[at]), 'pod')} {agree(int(staying[at]), 'matches', 'match')}"
        if without_address[at]:
            message = f"{who}, and none has an address yet: no endpoint."
        elif leaving[at]:
            message = "All pods that its selector matches are being deleted: it has no endpoint."
        elif without_pods[at]:
            kind, workload, desired = scene.workload_for(at)
            message = f"Its selector fits {kind} {workload}, which has no pods{' (replicas: 0)' * (desired == 0)}: no endpoint."
            fix = command("describe", namespace, f"{kind.lower()}/{workload}")
        elif withheld[at]:
            message = f"{who}, but its EndpointSlices list no endpoint."
            fix = command("get endpointslices", namespace, "-l", f"kubernetes.io/service-name={name}", "-o", "yaml")
        else:
            message = "Its EndpointSlices list no endpoint."
        yield scene.of_service(at, "endpoints", message, fix)


CHECK = Check(
    title="No endpoints",
    about="A service without endpoints refuses every connection, also where its selector is right.",
    certainty="fact",
    severity="error",
    needs=("services",),
    look=_look,
)
