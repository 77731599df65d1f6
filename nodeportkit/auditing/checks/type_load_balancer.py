"""type-load-balancer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nodeportkit.auditing.arrays import rows
from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.auditing.words import names
from nodeportkit.kube.columns import objects

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    services = scene.services
    ips, ranges = (objects(services[name]) for name in ("load_balancer_ips", "load_balancer_source_ranges"))
    for at in rows(services["type"].eq("LoadBalancer").fillna(False).to_numpy(dtype=bool)):
        where = f"at {names(ips[at])}" if ips[at] else "; it has no address yet" if ips[at] == [] else ""
        who = f" to {names(ranges[at])}" if ranges[at] else " to everybody who reaches it" if ranges[at] == [] else ""
        yield scene.of_service(
            at, "spec.type", f"A load balancer exposes it{who}{' ' * where.startswith('at')}{where}."
        )


CHECK = Check(
    title="Exposed by load balancer",
    about="A load balancer mostly has an address that the whole internet reaches; spec.loadBalancerSourceRanges narrows it.",
    certainty="advice",
    severity="note",
    needs=("services",),
    look=_look,
)
