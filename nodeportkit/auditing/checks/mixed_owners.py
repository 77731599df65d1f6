"""mixed-owners."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from nodeportkit.auditing.arrays import mask
from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.auditing.owners import Owner
from nodeportkit.auditing.words import names
from nodeportkit.diagnosis.apps import App, apps, differences
from nodeportkit.kube.endpoints.numbering import Positions
from nodeportkit.standings.wording import command

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    pairs, owners = scene.staying, scene.owners
    numbers: dict[Owner, int] = {}
    of_pod = np.array([numbers.setdefault(owner, len(numbers)) for owner in owners], dtype=np.int64)
    pairs = pairs.where(~mask(owner.kind in ("Job", "CronJob") for owner in owners)[pairs.pod])
    one = pd.DataFrame({"service": pairs.left, "owner": of_pod[pairs.pod]}).drop_duplicates()
    several = one.loc[one.duplicated("service"), "service"].unique()
    starts = np.searchsorted(pairs.left, np.arange(len(scene.services) + 1))
    for at in several.tolist():
        pods = pairs.pod[starts[at] : starts[at + 1]]
        found = _applications(scene, pods, scene.service_names[at][1])
        apart = [(other, told) for other in found[1:] if (told := differences(found[0], other))]
        if apart:
            yield scene.of_service(
                at,
                "spec.selector",
                f"The selector {scene.selector_text(at)} matches pods of {found[0].owner} and of "
                f"{names((other.owner for other, _ in apart), 3)}: {names(apart[0][1], 2)}.",
                command("get pods", scene.service_names[at][0], "-l", scene.selector_text(at), "--show-labels"),
            )


def _applications(scene: Scene, pods: Positions, service: str) -> list[App]:
    """The applications of some pods, as a diagnosis tells them apart; asked with no more of the frames than is theirs."""
    chosen = scene.pods.take(pods)
    specs = scene.cluster.specs
    own = specs.take(scene.specs_of(pods))
    return apps(chosen, scene.cluster.workloads, own, scene.cluster.containers.take(scene.containers_of(pods)), service)


CHECK = Check(
    title="Pods of several applications",
    about=(
        "A selector that also catches another workload sends it a part of the connections. Workloads that differ neither in "
        "labels that name an application, nor in image, nor in ports are canaries or releases of one, and no finding; nor are "
        "pods of Jobs."
    ),
    certainty="hint",
    severity="warning",
    needs=("services", "pods"),
    look=_look,
)
