"""node-port-out-of-range."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    bands, text = scene.bands, scene.settings.node_port_range
    numbers = scene.ports["node_port"]
    for port in scene.exposed.tolist():
        number = int(numbers.iloc[port])
        if number in bands.static or number in bands.dynamic:
            continue
        accepted = bool(scene.accepted[scene.service_of_port[port]])
        if accepted and not scene.settings.range_given:
            # The API server took it, so its range is another one, or was when the service was made.
            yield scene.of_port(
                port,
                "nodePort",
                f"{number} is outside {text}, the default range: say --service-node-port-range to be told more.",
                severity="note",
                certainty="hint",
            )
        else:
            yield scene.of_port(
                port,
                "nodePort",
                f"{number} is outside the range of node ports, {text}"
                + (": it was made when the range was another one, and cannot be made again." if accepted else "."),
                severity="warning" if accepted else None,
            )


CHECK = Check(
    title="Node port outside the range",
    about="The API server hands out and takes node ports of its --service-node-port-range only.",
    certainty="fact",
    severity="error",
    needs=("services",),
    look=_look,
)
