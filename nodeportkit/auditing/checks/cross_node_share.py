"""cross-node-share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.auditing.words import percent
from nodeportkit.kube.columns import objects

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]

_MUCH: Final = 0.5


def _look(scene: Scene) -> Iterator[Finding]:
    reach, kinds = scene.reach, objects(scene.services["type"])
    cross, known = reach.cross_node, reach.known
    seen = set()
    for port in scene.exposed.tolist():
        at = int(scene.service_of_port[port])
        if at in seen or kinds[at] != "NodePort" or not known[port] or not cross[port] >= _MUCH:
            continue
        seen.add(at)
        yield scene.of_service(
            at,
            "spec.externalTrafficPolicy",
            f"{percent(cross[port])} of connections that enter at every node alike go on to a pod of another node: one more hop, "
            "and the node's address in place of the client's.",
        )


CHECK = Check(
    title="Connections that take an extra hop",
    about=(
        "Under policy Cluster a node sends connections to pods anywhere: with connections that enter at N nodes alike, 1 - 1/N of "
        "them cross nodes wherever the pods are. Told from 50 % on; load-balancer-cluster-policy tells it of load balancers."
    ),
    certainty="advice",
    severity="note",
    needs=("services", "nodes"),
    look=_look,
)
