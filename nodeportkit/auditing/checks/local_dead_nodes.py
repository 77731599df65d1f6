"""local-dead-nodes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np

from nodeportkit.auditing.arrays import mask
from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.auditing.words import first_of_many, percent, port_text
from nodeportkit.kube.columns import objects
from nodeportkit.standings.wording import command

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]

_LEAST: Final = 1e-9  # what rounding makes of nothing


def _look(scene: Scene) -> Iterator[Finding]:
    reach, services = scene.reach, scene.services
    kinds, ips = objects(services["type"]), objects(services["load_balancer_ips"])
    local = services["external_traffic_policy"].eq("Local").fillna(False).to_numpy(dtype=bool)
    # A balancer with an address asks each node's health check, and leaves out those without a pod.
    alone = mask(k == "NodePort" or (k == "LoadBalancer" and i == []) for k, i in zip(kinds, ips, strict=True))
    owner = scene.service_of_port
    lost, known, node_names = reach.lost, reach.known, objects(scene.nodes["name"])
    entry = np.flatnonzero(reach.entry > 0)
    seen: set[int] = set()
    for port in scene.exposed.tolist():
        at = int(owner[port])
        if at in seen or not (local[at] and alone[at] and known[port]) or lost[port] < _LEAST:
            continue
        seen.add(at)
        own = reach.rows_of(port)
        alive = np.zeros(len(node_names), dtype=np.bool_)
        alive[reach.node[own][reach.share[own] > 0]] = True
        dead = entry[~alive[entry]]
        number = port_text(scene.ports["node_port"].array[port], scene.ports["protocol"].array[port])
        yield scene.of_service(
            at,
            "spec.externalTrafficPolicy",
            f"Under policy Local, {number} gets no answer on {len(dead)} of {len(entry)} nodes, which have no ready pod "
            f"({first_of_many([str(node_names[node]) for node in dead[:5]], len(dead))}): "
            f"{percent(lost[port])} of connections are lost if they enter at every node alike.",
            command("patch service", *scene.service_names[at], "-p", '{"spec":{"externalTrafficPolicy":"Cluster"}}'),
        )


CHECK = Check(
    title="Policy Local and nodes without a pod",
    about=(
        "Under externalTrafficPolicy Local a node sends connections to its own pods only, and drops them where it has none. A "
        "service with a ready pod on every node is no finding, nor is one behind a load balancer, which asks the health check."
    ),
    certainty="fact",
    severity="warning",
    needs=("services", "nodes"),
    look=_look,
)
