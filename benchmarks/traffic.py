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
                "1,000 clients": f"{_rate(last['few']):.0f} million/s",
                "100,000 clients": f"{_rate(last['many']):.0f} million/s",
                "trace": f"{last['trace'] * 1e3:.0f} ms",
                "a node more": f"{last['node'] * 1e3:.1f} ms",
            }
        )
    explorer = apart(update)["together"]
    return Result(
        "Traffic",
        "`shares`, and `simulate` of a billion connections, policy Cluster, counted by pod; `simulate` of 40 million connections "
        "of so many clients in an hour that enter at one node, with session affinity of one minute: the pauses of each client "
        "are looked at one by one; `trace` of one packet to the node port with every rule that stands for a step, and what a "
        "`Tracer` decides for each node more. An update of the explorer of traffic is `shares`, `simulate` and `compare` of a "
        "service with 12 pods on 3 nodes.",
        rows,
        [
            ("a billion connections in two seconds", last["billion"] <= 2),
            ("20 million connections/s one by one", min(_rate(last["few"]), _rate(last["many"])) >= 20),
            (f"an update of the explorer in 25 ms: {explorer * 1e3:.0f} ms", explorer <= 0.025),
        ],
    )


_NUMBER = 40_000_000


def _rate(took: float) -> float:
    """Millions of connections a second."""
    return _NUMBER / took / 1e6


def measure(endpoints: str) -> dict[str, float]:
    from nodeportkit.traffic.sharing import shares
    from nodeportkit.traffic.simulation import simulate
    from nodeportkit.traffic.tracing import Tracer, trace

    cluster = service_of(int(endpoints))
    _ = cluster.endpoints
    packet = {"source": "203.0.113.9", "port": 30080}
    shared, _ = seconds(lambda: shares(cluster, "web", by="pod"))
    billion, _ = seconds(lambda: simulate(cluster, "web", 10**9, seed=1, by="pod"))
    traced, _ = seconds(lambda: trace(cluster, **packet, destination="10.0.0.0", node="node-0", mode="iptables"))
    tracer = Tracer(cluster, mode="iptables")
    tracer.decide(**packet, destination="10.0.0.0", node="node-0")
    nodes, _ = seconds(
        lambda: [tracer.decide(**packet, destination=f"10.0.0.{n}", node=f"node-{n}") for n in range(1, 101)]
    )
    sticky = {}
    for name, clients in (("few", 1_000), ("many", 100_000)):
        asked = {"clients": clients, "duration": 3_600.0, "entry": "node-0", "by": "pod"}
        sticky[name], _ = seconds(lambda asked=asked: simulate(cluster, "web", _NUMBER, seed=1, **asked))
    return {"shares": shared, "billion": billion, "trace": traced, "node": nodes / 100, **sticky}


def update() -> dict[str, float]:
    """What the explorer of traffic works out anew whenever somebody changes something."""
    from nodeportkit.traffic.comparison import compare
    from nodeportkit.traffic.sharing import shares
    from nodeportkit.traffic.simulation import simulate

    def together() -> None:
        expected = shares(cluster, "web")
        compare(expected, simulate(cluster, "web", 3_000, seed=1))

    cluster = service_of(12, nodes=3)
    _ = cluster.endpoints
    together()
    took, _ = seconds(lambda: [together() for _ in range(20)])
    return {"together": took / 20}


def service_of(count: int, nodes: int | None = None) -> Cluster:
    from nodeportkit.cluster import Cluster as Made

    nodes = nodes or count
    place = [f"{number // 250}.{number % 250}" for number in range(count)]
    return Made(
        nodes={
            "name": [f"node-{number}" for number in range(nodes)],
            "internal_ips": [[f"10.0.{at}"] for at in place[:nodes]],
        },
        services={
            "namespace": ["shop"],
            "name": ["web"],
            "type": ["NodePort"],
            "cluster_ips": [["10.96.0.9"]],
            "external_traffic_policy": ["Cluster"],
            "internal_traffic_policy": ["Cluster"],
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
            "node": [f"node-{number % nodes}" for number in range(count)],
            "ready": [True] * count,
        },
    )
