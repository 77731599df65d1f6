"""target-port-numeric."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.kube.columns import objects
from nodeportkit.standings.wording import command

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    told = scene.declared
    found = np.flatnonzero((told.number >= 0) & (told.pods > 0) & (told.naming == told.pods))
    if not len(found):
        return
    containers = scene.cluster.containers
    columns = (objects(containers[name]) for name in ("namespace", "container_port", "protocol", "pod", "port_name"))
    named = {
        (ns, pod, number, protocol): name for ns, number, protocol, pod, name in zip(*columns, strict=True) if name
    }
    first = np.searchsorted(told.pairs.left, found)
    protocols = objects(scene.ports["protocol"].fillna("TCP"))
    for port, row in zip(found, first, strict=True):
        namespace, service = scene.service_names[int(scene.service_of_port[port])]
        number = int(told.number[port])
        name = named.get((namespace, scene.pod_names[told.pairs.pod[row]], number, protocols[port]), "")
        change = [
            {"op": "replace", "path": f"/{scene.path(int(port)).replace('.', '/').replace('[', '/')[:-1]}/targetPort"}
        ]
        patch = json.dumps([change[0] | {"value": name}])
        yield scene.of_port(
            int(port),
            "targetPort",
            f"The pods call port {number} {name}; with the name as target port, each pod may move it.",
            command("patch service", namespace, service, "--type", "json", "-p", patch),
        )


CHECK = Check(
    title="Number where the pods have a name",
    about="A target port by name follows the pods when they move to another number.",
    certainty="advice",
    severity="note",
    needs=("services", "pods", "containers"),
    look=_look,
)
