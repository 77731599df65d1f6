"""node-port-clash."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.auditing.words import port_text

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    claims = scene.claims[scene.claims["kind"] == "node port"]
    repeated = claims[claims.duplicated(["protocol", "number"], keep=False)]
    for (protocol, number), group in repeated.groupby(["protocol", "number"], sort=True):
        first = int(group["service"].iloc[0])
        for at, port in zip(group["service"].iloc[1:], group["port"].iloc[1:], strict=True):
            other = "another of its own ports" if at == first else f"service {scene.label(first)}"
            yield scene.of_port(
                int(port),
                "nodePort",
                f"Node port {port_text(number, protocol)} is claimed by {other} too: the API server takes only one of them.",
            )


CHECK = Check(
    title="Node port claimed twice",
    about=(
        "A node port belongs to one service; each protocol counts for itself, so 30053/TCP and 30053/UDP get on. Manifests that "
        "claim the same one cannot be applied together."
    ),
    certainty="fact",
    severity="error",
    needs=("services",),
    look=_look,
)
