"""hidden-node-port."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.auditing.words import names, port_text
from nodeportkit.kube.columns import objects
from nodeportkit.standings.wording import agree, command

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    kinds, allocates = (objects(scene.services[name]) for name in ("type", "allocate_node_ports"))
    held: dict[int, list[int]] = {}
    for port in scene.exposed.tolist():
        if kinds[scene.service_of_port[port]] == "LoadBalancer":
            held.setdefault(int(scene.service_of_port[port]), []).append(port)
    for at, ports in held.items():
        rows = scene.ports.take(ports)
        which = [port_text(n, p) for n, p in zip(rows["node_port"], rows["protocol"], strict=True)]
        count, (namespace, name) = len(ports), scene.service_names[at]
        if allocates[at] is False:
            removed = [
                {"op": "remove", "path": f"/spec/ports/{scene.path(port).partition('[')[2][:-1]}/nodePort"}
                for port in ports
            ]
            message = f"allocateLoadBalancerNodePorts is false, and node port{'s' * (count > 1)} {names(which)} {agree(count, 'is', 'are')} left over: open on every node."
            fix = command("patch service", namespace, name, "--type", "json", "-p", json.dumps(removed))
        else:
            message = f"Beside its load balancer, node port{'s' * (count > 1)} {names(which)} {agree(count, 'is', 'are')} open on every node, though nobody may have asked for {agree(count, 'it', 'them')}."
            patch = json.dumps({"spec": {"allocateLoadBalancerNodePorts": False}})
            fix = command("patch service", namespace, name, "-p", patch)
        yield scene.of_service(at, f"{scene.path(ports[0])}.nodePort", message, fix)


CHECK = Check(
    title="Node port behind a load balancer",
    about=(
        "A LoadBalancer service gets node ports unless allocateLoadBalancerNodePorts is false, and keeps those that it has when "
        "it is set to false later. Balancers that send to nodes need them; those that send to pods do not."
    ),
    certainty="advice",
    severity="note",
    needs=("services",),
    look=_look,
)
