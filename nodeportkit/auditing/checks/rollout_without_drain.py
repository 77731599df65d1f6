"""rollout-without-drain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from nodeportkit.auditing.arrays import isin, rows, true
from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.kube.endpoints.numbering import numbered
from nodeportkit.standings.wording import command, counted

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    specs = scene.cluster.specs
    running = specs[~(true(specs["init"]) & ~true(specs["sidecar"]))]
    of_pod, of_spec = numbered(scene.pods["spec"], running["spec"])
    hooked = true(running["pre_stop"]) | running["pre_stop"].isna().to_numpy(dtype=bool)
    graceless = running["grace_period"].eq(0).fillna(False).to_numpy(dtype=bool)
    abrupt = isin(of_pod, of_spec[graceless]) & ~isin(of_pod, of_spec[hooked]) & (of_pod >= 0)
    pairs, length = scene.staying, len(scene.services)
    count = pairs.where(abrupt[pairs.pod]).counts(length)
    exposed = np.zeros(length, dtype=np.bool_)
    exposed[scene.service_of_port[scene.exposed]] = True
    for at in rows((count > 0) & exposed):
        yield scene.of_service(
            at,
            "spec.template.spec.terminationGracePeriodSeconds",
            f"{counted(int(count[at]), 'pod').capitalize()} behind the node port {'ends' if count[at] == 1 else 'end'} the moment "
            "that it is deleted, with no preStop hook and no grace period: at each rollout, connections that nodes still send "
            "there are refused.",
            command("get pods", scene.service_names[at][0], "-l", scene.selector_text(at)),
        )


CHECK = Check(
    title="Rollout without drain",
    about=(
        "A pod that is deleted still gets connections until every node has heard of it. A preStop hook that waits some seconds, "
        "or an application that serves on during its grace period, lets them end."
    ),
    certainty="advice",
    severity="warning",
    needs=("services", "pods", "specs"),
    look=_look,
)
