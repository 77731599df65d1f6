"""target-port-name-missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from nodeportkit.auditing.arrays import mask, rows
from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.auditing.words import names
from nodeportkit.standings.wording import agree, command

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    told = scene.declared
    named = (told.number < 0) & mask(told.target)
    asks = named & (told.pods > 0) & (told.shown == told.pods)
    order = np.argsort(told.pairs.left, kind="stable")
    starts = np.searchsorted(told.pairs.left[order], np.arange(len(named) + 1))
    for port in rows(asks & (told.same < told.pods) & (told.other_protocol == 0)):
        own = order[starts[port] : starts[port + 1]]
        lacking = told.pairs.pod[own[~told.has[own]]]
        total, count = int(told.pods[port]), len(lacking)
        namespace = scene.service_names[int(scene.service_of_port[port])][0]
        which = names((scene.pod_names[pod] for pod in lacking), 3)
        name = told.target[port]
        if count == total:
            words = (
                f"No container port of its {agree(total, 'pod', f'{total} pods')} is named {name}: it has no endpoints."
            )
        else:
            words = (
                f"{count} of its {total} pods {agree(count, 'has', 'have')} no container port named {name}, and "
                f"{agree(count, 'gets', 'get')} no connections: {which}."
            )
        yield scene.of_port(
            port,
            "targetPort",
            words,
            command("get pod", namespace, scene.pod_names[lacking[0]], "-o", "jsonpath={.spec.containers[*].ports}"),
            severity="error" if count == total else "warning",
        )


CHECK = Check(
    title="Named target port missing",
    about=(
        "A target port that is a name is looked up in each pod: pods that declare no port of that name are no endpoints. "
        "Where all lack it, every connection is refused; where some do, those are left out without a word."
    ),
    certainty="fact",
    severity="error",
    needs=("services", "pods", "containers"),
    look=_look,
)
