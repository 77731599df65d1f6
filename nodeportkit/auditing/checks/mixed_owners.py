"""mixed-owners."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from nodeportkit.auditing.arrays import mask
from nodeportkit.auditing.finding import Check, Finding
from nodeportkit.auditing.owners import alike
from nodeportkit.auditing.words import names
from nodeportkit.kube.columns import objects
from nodeportkit.standings.wording import command

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    pairs, owners = scene.staying, scene.owners
    numbers = pd.factorize(pd.Series(owners, dtype=object))[0].astype(np.int64)
    of_job = mask(owner.kind in ("Job", "CronJob") for owner in owners)
    pairs = pairs.where(~of_job[pairs.pod])
    one = pd.DataFrame({"service": pairs.left, "owner": numbers[pairs.pod], "pod": pairs.pod})
    one = one.drop_duplicates(["service", "owner"])
    several = one[one.duplicated("service", keep=False)]
    labels = objects(scene.pods["labels"])
    for at, group in several.groupby("service", sort=True):
        pods = [int(pod) for pod in group["pod"]]
        told = [labels[pod] if isinstance(labels[pod], Mapping) else {} for pod in pods]
        runs = [scene.images_of(pod) for pod in pods]
        strangers = [
            owners[pod]
            for pod, has, images in zip(pods, told, runs, strict=True)
            if not alike(told[0], has) or (images and runs[0] and not images & runs[0])
        ]
        if strangers:
            service = int(str(at))
            yield scene.of_service(
                service,
                "spec.selector",
                f"The selector {scene.selector_text(service)} matches pods of {owners[pods[0]]} and of "
                f"{names(map(str, strangers), 3)}, which are not one application by their labels or images.",
                command(
                    "get pods", scene.service_names[service][0], "-l", scene.selector_text(service), "--show-labels"
                ),
            )


CHECK = Check(
    title="Pods of several applications",
    about=(
        "A selector that also catches another workload sends it a part of the connections. Workloads that share an image and "
        "their labels for application and component are canaries or releases of one application, and no finding; nor are pods "
        "of Jobs."
    ),
    certainty="hint",
    severity="warning",
    needs=("services", "pods"),
    look=_look,
)
