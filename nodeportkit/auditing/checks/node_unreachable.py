"""node-unreachable."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from nodeportkit.auditing.arrays import rows
from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.kube.columns import objects
from nodeportkit.standings.wording import command

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    nodes = scene.nodes
    names, on_node = objects(nodes["name"]), np.bincount(scene.node_of_pod + 1, minlength=len(nodes) + 1)[1:]
    for at in rows(nodes["ready"].eq(False).fillna(False).to_numpy(dtype=bool)):
        yield Finding(
            f"Node {names[at]}",
            "status.conditions[Ready]",
            f"It is not ready: its node ports may not answer, and its {on_node[at]} pods get no connections.",
            command("describe node", "default", str(names[at])),
        )
    columns = (objects(nodes[name]) for name in ("internal_ips", "external_ips"))
    known = [
        [*inside, *(outside or [])] if isinstance(inside, list) else None
        for inside, outside in zip(*columns, strict=True)
    ]
    if len(scene.exposed) and known and all(ips is not None and not any(map(_routable, ips)) for ips in known):
        yield Finding(
            "Cluster",
            "status.addresses",
            "No node has an address that a client outside can reach: node ports are open where nobody comes.",
            "kubectl get nodes -o wide",
        )


def _routable(text: str) -> bool:
    """Whether others can send to an address at all; private ones are routed within an organisation."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return True
    return not (address.is_loopback or address.is_link_local or address.is_unspecified or address.is_multicast)


CHECK = Check(
    title="Nodes that clients do not reach",
    about="A node that is not ready, or nodes without any address that could be dialled: loopback and link-local ones cannot.",
    certainty="fact",
    severity="error",
    needs=("nodes",),
    look=_look,
)
