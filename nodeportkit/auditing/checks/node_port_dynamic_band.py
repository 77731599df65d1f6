"""node-port-dynamic-band."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    bands = scene.bands
    if not len(bands.static):
        return
    numbers = scene.ports["node_port"]
    for port in scene.exposed.tolist():
        # What the API server has accepted may well be a number that it chose itself.
        number = int(numbers.iloc[port])
        if number in bands.dynamic and not scene.accepted[scene.service_of_port[port]]:
            yield scene.of_port(
                port,
                "nodePort",
                f"{number} is of the band that Kubernetes hands out by itself: another service may have it by the time this one "
                f"is made. {bands.static[0]}-{bands.static[-1]} are for fixed numbers.",
            )


CHECK = Check(
    title="Fixed number in the dynamic band",
    about=(
        "Numbers are handed out from the upper band first, so that fixed ones of the lower band stay free (KEP-3668). Looked at "
        "in manifests only: of a service that runs, nobody can tell who chose the number."
    ),
    certainty="advice",
    severity="note",
    needs=("services",),
    look=_look,
)
