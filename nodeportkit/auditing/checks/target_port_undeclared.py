"""target-port-undeclared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nodeportkit.auditing.arrays import rows
from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.standings.wording import command, counted

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    told = scene.declared
    # A port that nobody declares may be there all the same; a pod that declares none at all says nothing about it.
    asks = (told.number >= 0) & (told.pods > 0) & (told.declaring == told.pods)
    for port in rows(asks & (told.same + told.other_protocol + told.probed == 0)):
        at = int(scene.service_of_port[port])
        # Clients of a headless service dial the pods themselves, at whatever port they please.
        if scene.headless[at]:
            continue
        count = int(told.pods[port])
        who = "Its pod declares" if count == 1 else f"None of its {counted(count, 'pod')} declares"
        no = "no port" if count == 1 else "port"
        yield scene.of_port(
            port,
            "targetPort",
            f"{who} {no} {told.number[port]}; see whether the application listens on it.",
            command("get pods", scene.service_names[at][0], "-l", scene.selector_text(at), "-o", "yaml"),
        )


CHECK = Check(
    title="Target port that no pod declares",
    about=(
        "Declared ports are informational: a number that none of the matched pods declares, sidecars among them, may still be "
        "right, so this is a hint. A readiness probe on the number says that it is right."
    ),
    certainty="hint",
    severity="warning",
    needs=("services", "pods", "containers"),
    look=_look,
)
