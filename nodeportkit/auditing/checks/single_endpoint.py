"""single-endpoint."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nodeportkit.auditing.arrays import true
from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.auditing.words import port_text
from nodeportkit.standings.wording import command

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    reach = scene.reach
    ready = reach.total(true(reach.links["ready"]))
    unknown = reach.total(reach.links["ready"].isna().to_numpy(dtype=bool) | reach.links["vague"].to_numpy(dtype=bool))
    single = [port for port in scene.exposed.tolist() if ready[port] == 1 and not unknown[port]]
    seen: set[int] = set()
    for port in single:
        at = int(scene.service_of_port[port])
        if at in seen:
            continue
        seen.add(at)
        row = scene.ports.iloc[port]
        yield scene.of_service(
            at,
            "endpoints",
            f"One ready endpoint stands behind node port {port_text(row['node_port'], row['protocol'])}: "
            "while its pod restarts or its node is down, every connection is refused.",
            _scale(scene, at),
        )


def _scale(scene: Scene, at: int) -> str:
    """The command that asks for a second pod, where one workload makes them."""
    pods = scene.staying.pod[scene.staying.left == at]
    owners = {scene.owners[pod] for pod in pods.tolist()}
    one = next(iter(owners)) if len(owners) == 1 else None
    if one is None or one.kind not in ("Deployment", "StatefulSet", "ReplicaSet"):
        return ""
    return command("scale", scene.service_names[at][0], f"{one.kind.lower()}/{one.name}", "--replicas=2")


CHECK = Check(
    title="One endpoint behind a node port",
    about="With one ready pod, each restart is an outage. Services without a node port are not looked at (popeye#296).",
    certainty="advice",
    severity="note",
    needs=("services",),
    look=_look,
)
