"""endpoints-empty."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from nodeportkit.auditing.arrays import mask, rows
from nodeportkit.auditing.finding import Check, Finding
from nodeportkit.standings.wording import agree, command, some

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    services, length = scene.services, len(scene.services)
    matched, staying = scene.matched.counts(length), scene.staying.counts(length)
    addressed = scene.staying.where(scene.with_address[scene.staying.pod]).counts(length)
    selects, written = mask(scene.selectors), mask(selector == {} for selector in scene.selectors)
    pods_listed = scene.listed("pods", services["namespace"]) & scene.labels_known
    slices_listed = scene.listed("endpoints", services["namespace"]) | scene.stated
    has_ports = np.bincount(scene.service_of_port[scene.service_of_port >= 0], minlength=length) > 0
    empty = has_ports & ~scene.with_endpoints
    # That no pod matches, or that none has the port or the address family, is the finding of other checks.
    withheld = selects & slices_listed & scene.with_derived
    without_address = selects & pods_listed & (staying > 0) & (addressed == 0)
    leaving = selects & pods_listed & (matched > 0) & (staying == 0)
    slices_only = selects & slices_listed & ~pods_listed
    for at in rows(empty & (withheld | without_address | leaving | slices_only | (written & scene.stated))):
        namespace, name = scene.service_names[at]
        fix = command("get pods", namespace, "-l", scene.selector_text(at), "-o", "wide")
        slices = command("get endpointslices", namespace, "-l", f"kubernetes.io/service-name={name}", "-o", "yaml")
        count = int(staying[at])
        if written[at]:
            message, fix = "Its EndpointSlices were written by hand, and list no endpoint.", slices
        elif without_address[at]:
            message = (
                f"{some(count, 'pod')} {agree(count, 'matches', 'match')}, and none has an address yet: no endpoint."
            )
        elif leaving[at]:
            message = "All pods that its selector matches are being deleted: it has no endpoint."
        elif withheld[at]:
            message = (
                f"{some(count, 'pod')} {agree(count, 'matches', 'match')}, but its EndpointSlices list no endpoint."
            )
            fix = slices
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
