"""local-dead-nodes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nodeportkit.auditing.arrays import mask, rows
from nodeportkit.auditing.finding import Check, Finding
from nodeportkit.auditing.words import names, percent, port_text
from nodeportkit.kube.columns import objects
from nodeportkit.standings.wording import agree, command

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    reach, services = scene.reach, scene.services
    kinds, ips = objects(services["type"]), objects(services["load_balancer_ips"])
    local = services["external_traffic_policy"].eq("Local").fillna(False).to_numpy(dtype=bool)
    # A balancer with an address asks each node's health check, and leaves out those without a pod.
    alone = mask(k == "NodePort" or (k == "LoadBalancer" and i == []) for k, i in zip(kinds, ips, strict=True))
    owner = scene.service_of_port
    lost, known, node_names = reach.lost, reach.known, objects(scene.nodes["name"])
    seen = set()
    for port in scene.exposed.tolist():
        at = int(owner[port])
        if at in seen or not (local & alone)[at] or not known[port] or lost[port] < 1e-9:
            continue
        seen.add(at)
        alive = set(reach.node[(reach.at == port) & (reach.share > 0)].tolist())
        dead = [node_names[n] for n in rows(reach.entry > 0) if n not in alive]
        number = port_text(scene.ports["node_port"].iloc[port], scene.ports["protocol"].iloc[port])
        total = int((reach.entry > 0).sum())
        yield scene.of_service(
            at,
            "spec.externalTrafficPolicy",
            f"Under policy Local, {number} gets no answer on {len(dead)} of {total} nodes, which have no ready pod "
            f"({names(map(str, dead))}): {percent(lost[port])} of connections {agree(2, 'is', 'are')} lost if they enter "
            "at every node alike.",
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
