"""host-port."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.auditing.words import port_text
from nodeportkit.kube.columns import objects

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    taken = scene.host_ports[~scene.host_ports["host_network"].to_numpy(dtype=bool)]
    namespaces = objects(scene.pods["namespace"])
    for row in taken.itertuples(index=False):
        pod = int(str(row.pod))
        yield Finding(
            f"Pod {namespaces[pod]}/{scene.pod_names[pod]}",
            "spec.containers[].ports[].hostPort",
            f"{row.owner} takes {port_text(row.number, row.protocol)} of its node by hostPort: clients reach it past every "
            "Service, and a node takes one such pod only.",
            namespace=str(namespaces[pod]),
        )


CHECK = Check(
    title="Host port",
    about="A hostPort opens the pod on its node's address, past Services and mostly past NetworkPolicies.",
    certainty="advice",
    severity="note",
    needs=("pods", "containers"),
    look=_look,
)
