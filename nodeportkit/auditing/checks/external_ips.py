"""external-ips."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.auditing.words import names
from nodeportkit.kube.columns import objects
from nodeportkit.standings.wording import command

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    for at, ips in enumerate(objects(scene.services["external_ips"])):
        if isinstance(ips, list) and ips:
            yield scene.of_service(
                at,
                "spec.externalIPs",
                f"It claims {names(ips)}: every node sends what pods and nodes dial there to its pods, whoever the address belongs "
                "to (CVE-2020-8554).",
                command("patch service", *scene.service_names[at], "-p", '{"spec":{"externalIPs":null}}'),
            )


CHECK = Check(
    title="External IPs",
    about="Whoever may write spec.externalIPs may take the traffic to any address (https://github.com/kubernetes/kubernetes/issues/97076).",
    certainty="advice",
    severity="warning",
    needs=("services",),
    look=_look,
)
