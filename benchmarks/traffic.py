"""How fast connections are simulated, and how long a packet takes to trace, for small and large services."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import apart, seconds
from benchmarks.results import Result

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster

_FULL = 5_000  # endpoints, on as many nodes


def run(folder: Path, shares: tuple[float, ...]) -> Result:  # noqa: ARG001 - nothing is read from files
    rows, last = [], {}
    for share in shares:
        endpoints = round(_FULL * share)
        last = apart(measure, endpoints)
        rows.append(
            {
                "endpoints on as many nodes": f"{endpoints:,}",
                "shares by pod": f"{last['shares']:.2f} s",
                "a billion connections": f"{last['billion']:.2f} s",
                "sticky clients, one by one": f"{last['rate'] / 1e6:.0f} million/s",
                "trace": f"{last['trace'] * 1e3:.0f} ms",
            }
        )
    return Result(
        "Traffic",
        "`shares` and `simulate` of a billion connections, policy Cluster, counted by pod; `simulate` of 40 million connections of "
        "1,000 clients in an hour that enter at one node, with session affinity of one minute: the pauses of each client "
        "are looked at one by one; `trace` of one packet to the node port.",
        rows,
        [
            ("a billion connections in two seconds", last["billion"] <= 2),
            ("20 million connections/s one by one", last["rate"] >= 20e6),
        ],
    )


def measure(endpoints: str) -> dict[str, float]:
    from nodeportkit.traffic.sharing import shares
    from nodeportkit.traffic.simulation import simulate
    from nodeportkit.traffic.tracing import trace

    cluster = service_of(int(endpoints))
    _ = cluster.endpoints
    shared, _ = seconds(lambda: shares(cluster, "web", by="pod"))
    billion, _ = seconds(lambda: simulate(cluster, "web", 10**9, seed=1, by="pod"))
    number = 40_000_000
    sticky, _ = seconds(
        lambda: simulate(cluster, "web", number, seed=1, clients=1_000, duration=3_600.0, entry="node-0", by="pod")
    )
    traced, _ = seconds(
        lambda: trace(cluster, source="203.0.113.9", destination="10.0.0.0", port=30080, node="node-0", mode="iptables")
    )
    return {"shares": shared, "billion": billion, "rate": number / sticky, "trace": traced}


def service_of(count: int) -> Cluster:
    from nodeportkit.cluster import Cluster as Made

    place = [f"{number // 250}.{number % 250}" for number in range(count)]
    return Made(
        nodes={"name": [f"node-{number}" for number in range(count)], "internal_ips": [[f"10.0.{at}"] for at in place]},
        services={
            "namespace": ["shop"],
            "name": ["web"],
            "type": ["NodePort"],
            "cluster_ips": [["10.96.0.9"]],
            "external_traffic_policy": ["Cluster"],
            "session_affinity": ["ClientIP"],
            "affinity_timeout": [60],
        },
        ports={"namespace": ["shop"], "service": ["web"], "protocol": ["TCP"], "port": [80], "node_port": [30080]},
        endpoints={
            "namespace": ["shop"] * count,
            "service": ["web"] * count,
            "protocol": ["TCP"] * count,
            "address": [f"10.244.{at}" for at in place],
            "port": [8080] * count,
            "pod": [f"web-{number}" for number in range(count)],
            "node": [f"node-{number}" for number in range(count)],
            "ready": [True] * count,
        },
    )
