"""protocol-mismatch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nodeportkit.auditing.arrays import mask, rows
from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.kube.columns import objects
from nodeportkit.standings.wording import command

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    told = scene.declared
    protocols = objects(scene.ports["protocol"].fillna("TCP"))
    shown = (told.pods > 0) & (told.shown == told.pods)
    # Probes over the network are TCP: where one asks the number, that is what the application listens for.
    probed = (told.probed > 0) & mask(protocol == "TCP" for protocol in protocols)
    for port in rows(shown & (told.same == 0) & (told.other_protocol > 0) & ~probed):
        at = int(scene.service_of_port[port])
        yield scene.of_port(
            port,
            "protocol",
            f"The service sends {protocols[port]} to port {told.target[port]}, which its pods declare for another protocol.",
            command("get pods", scene.service_names[at][0], "-l", scene.selector_text(at), "-o", "yaml"),
        )


CHECK = Check(
    title="Protocols differ",
    about="Packets of one protocol never reach a socket of another. A port declared for both protocols is no finding.",
    certainty="hint",
    severity="warning",
    needs=("services", "pods", "containers"),
    look=_look,
)
