"""health-check-port."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nodeportkit.auditing.arrays import rows
from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    claims = scene.claims
    checks = claims[claims["kind"] == "health check"]
    others = claims[claims["protocol"] == "TCP"].drop_duplicates(["number", "service"])
    for number, at in zip(checks["number"], checks["service"], strict=True):
        taken = others[(others["number"] == number) & (others["service"] != at)]
        own = claims[(claims["service"] == at) & (claims["kind"] == "node port") & (claims["number"] == number)]
        if len(taken) or len(own[own["protocol"] == "TCP"]):
            who = f"service {scene.label(int(taken['service'].iloc[0]))}" if len(taken) else "one of its own node ports"
            yield scene.of_service(
                int(at),
                "spec.healthCheckNodePort",
                f"{number} is claimed by {who} too: the load balancer asks the wrong one, or nobody, which nodes have pods.",
            )
    services = scene.services
    needs = services["type"].eq("LoadBalancer") & services["external_traffic_policy"].eq("Local")
    needs &= services["health_check_node_port"].isna() & services["cluster_ips"].notna()
    for at in rows(needs.fillna(False).to_numpy(dtype=bool)):
        yield scene.of_service(
            at,
            "spec.healthCheckNodePort",
            "Under policy Local its load balancer asks each node's health check port whether it has pods, and there is none: it "
            "sends to nodes that drop the connections.",
        )


CHECK = Check(
    title="Health check node port",
    about=(
        "A LoadBalancer service with externalTrafficPolicy Local has a health check node port, by which the balancer finds the "
        "nodes that have pods. In a manifest it may be left out: the API server chooses one."
    ),
    certainty="fact",
    severity="error",
    needs=("services",),
    look=_look,
)
