"""ip-family-mismatch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nodeportkit.auditing.arrays import mask, rows
from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.kube.columns import objects
from nodeportkit.kube.service_ports import family_of
from nodeportkit.standings.wording import command

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    length, pairs = len(scene.services), scene.staying
    shown = scene.pods["host_network"].notna().to_numpy(dtype=bool)
    held = [[family_of(ip) for ip in ips] if isinstance(ips, list) else [] for ips in objects(scene.pods["ips"])]
    has = {family: mask(family in one for one in held) for family in ("IPv4", "IPv6")}
    sure = shown & mask(held)
    # Tables show the first address of a pod: which others it has is not known.
    unsure = pairs.where(~sure[pairs.pod]).counts(length) > 0
    total = pairs.counts(length)
    wanted, cluster_ips = objects(scene.services["ip_families"]), objects(scene.services["cluster_ips"])
    lacking = {
        family: (total > 0) & ~unsure & (pairs.where(has[family][pairs.pod]).counts(length) == 0) for family in has
    }
    for at in rows(lacking["IPv4"] | lacking["IPv6"]):
        families = wanted[at] or [family_of(ip) for ip in cluster_ips[at] or [] if ip not in ("", "None")]
        without = [family for family in families if lacking[family][at]]
        if without:
            yield scene.of_service(
                at,
                "spec.ipFamilies",
                f"The service is {' and '.join(families)}, and none of its pods has an {' or '.join(without)} address: "
                + ("it has no endpoints." if len(without) == len(families) else f"nobody answers on {without[0]}."),
                command("get pods", scene.service_names[at][0], "-l", scene.selector_text(at), "-o", "wide"),
                severity="error" if len(without) == len(families) else "warning",
            )


CHECK = Check(
    title="IP family that no pod has",
    about="Endpoints are made of the pods' addresses of the service's families; without one, connections are refused.",
    certainty="fact",
    severity="error",
    needs=("services", "pods"),
    look=_look,
)
