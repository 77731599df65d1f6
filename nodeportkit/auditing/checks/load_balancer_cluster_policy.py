"""load-balancer-cluster-policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from nodeportkit.auditing.arrays import rows
from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.auditing.words import percent
from nodeportkit.standings.wording import command

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    services, reach = scene.services, scene.reach
    kind = services["type"].eq("LoadBalancer") & services["external_traffic_policy"].eq("Cluster")
    cross = np.where(reach.known, reach.cross_node, np.nan)
    for at in rows(kind.fillna(False).to_numpy(dtype=bool)):
        mine = cross[scene.service_of_port == at]
        hop = mine[~np.isnan(mine)].max(initial=0.0)
        extra = f", and {percent(float(hop))} of connections take an extra hop to another node" if hop else ""
        yield scene.of_service(
            at,
            "spec.externalTrafficPolicy",
            f"Under policy Cluster its pods see a node's address in place of the client's{extra}.",
            command("patch service", *scene.service_names[at], "-p", '{"spec":{"externalTrafficPolicy":"Local"}}'),
        )


CHECK = Check(
    title="Load balancer with policy Cluster",
    about="Policy Cluster replaces the client's address, and sends on most connections to another node.",
    certainty="advice",
    severity="note",
    needs=("services",),
    look=_look,
)
