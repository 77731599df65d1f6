"""pods-without-policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from nodeportkit.auditing.arrays import rows
from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.standings.wording import command

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    isolated = np.zeros(len(scene.pods), dtype=np.bool_)
    isolated[list(scene.isolating)] = True
    pairs, length = scene.staying, len(scene.services)
    total, free = pairs.counts(length), pairs.where(~isolated[pairs.pod]).counts(length)
    exposed = np.zeros(length, dtype=np.bool_)
    exposed[scene.service_of_port[scene.exposed]] = True
    sure = scene.listed("policies", scene.services["namespace"])
    for at in rows(exposed & sure & (free > 0)):
        count = f"{free[at]} of its {total[at]} pods" if free[at] < total[at] else "None of its pods"
        words = (
            "are under no NetworkPolicy for ingress" if free[at] < total[at] else "is under a NetworkPolicy for ingress"
        )
        yield scene.of_service(
            at,
            "spec.podSelector",
            f"{count} {words}: beside clients of the node port, every pod of the cluster reaches every port of them.",
            command("get networkpolicies", scene.service_names[at][0]),
        )


CHECK = Check(
    title="Exposed pods under no NetworkPolicy",
    about="What is open to clients outside should be closed to pods that have no business with it.",
    certainty="advice",
    severity="note",
    needs=("services", "pods", "policies"),
    look=_look,
)
