"""type-node-port."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.auditing.words import names, port_text
from nodeportkit.kube.columns import objects
from nodeportkit.standings.wording import counted

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    kinds = objects(scene.services["type"])
    where, public = _addresses(scene)
    owners = scene.service_of_port[scene.exposed]
    texts = [
        port_text(number, protocol)
        for number, protocol in zip(
            scene.ports["node_port"].take(scene.exposed), scene.ports["protocol"].take(scene.exposed), strict=True
        )
    ]
    by_service: dict[int, list[str]] = {}
    for at, text in zip(owners.tolist(), texts, strict=True):
        by_service.setdefault(at, []).append(text)
    for at, ports in by_service.items():
        if kinds[at] == "NodePort":
            yield scene.of_service(
                at, "spec.type", f"{names(ports)} {'is' if len(ports) == 1 else 'are'} open {where}.",
                severity="warning" if public else None,
            )  # fmt: skip


def _addresses(scene: Scene) -> tuple[str, bool]:
    """Where node ports are open, in words, and whether addresses for clients outside are among them."""
    nodes = scene.nodes
    if not len(nodes):
        return "on every node", False
    inside, outside = (
        list(dict.fromkeys(ip for ips in objects(nodes[column]) if isinstance(ips, list) for ip in ips))
        for column in ("internal_ips", "external_ips")
    )
    served = [ip for ip in inside if scene.serves_node_ports(ip)]
    public = [ip for ip in outside if ip not in inside]
    words = f"on {counted(len(nodes), 'node')}"
    if served:
        words += f", at {names(served, 3)}"
    if public:
        words += f", and to all who reach {names(public, 3)}"
    return words, bool(public) and bool(np.size(public))


CHECK = Check(
    title="Exposed by node port",
    about=(
        "A node port is open on every node, also on those without a pod of the service, at each of their addresses that "
        "kube-proxy serves, whoever asks. It is a warning where nodes have external addresses."
    ),
    certainty="advice",
    severity="note",
    needs=("services",),
    look=_look,
)
