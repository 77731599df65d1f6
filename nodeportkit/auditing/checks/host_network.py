"""host-network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.auditing.words import names, port_text
from nodeportkit.kube.columns import objects

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    namespaces, kinds = objects(scene.pods["namespace"]), objects(scene.pods["owner_kind"])
    taken = scene.host_ports[scene.host_ports["host_network"].to_numpy(dtype=bool)]
    for owner, rows in taken.groupby("owner", sort=True):
        pod = int(rows["pod"].iloc[0])
        # The control plane and what makes the network are there by design.
        if kinds[pod] == "Node" or namespaces[pod] == "kube-system":
            continue
        which = names((port_text(n, p) for n, p in zip(rows["number"], rows["protocol"], strict=True)), 3)
        yield Finding(
            f"Pod {namespaces[pod]}/{scene.pod_names[pod]}",
            "spec.hostNetwork",
            f"{owner} shares its nodes' network: {which} and whatever else it listens on is open there, past every Service and "
            "NetworkPolicy.",
            namespace=str(namespaces[pod]),
        )


CHECK = Check(
    title="Host network",
    about="A pod on its host's network bypasses Services and NetworkPolicies. Static pods and kube-system are not told of.",
    certainty="advice",
    severity="note",
    needs=("pods", "containers"),
    look=_look,
)
