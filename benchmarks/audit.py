"""Every check over a whole cluster, and the map and numbers of its node ports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.generate import services_frames
from benchmarks.inputs import pods_as_json, sized
from benchmarks.measure import apart, seconds
from benchmarks.results import Result

_RANGE = "30000-50000"
_GOAL = 20.0


def run(folder: Path, shares: tuple[float, ...]) -> Result:
    rows, totals = [], []
    for share in shares:
        path, (pods, services, nodes) = pods_as_json(folder, share), sized(share)
        found = apart(measure, str(path), services, nodes)
        totals.append(found["audit"])
        rows.append(
            {
                "services": f"{services:,}",
                "pods": f"{pods:,}",
                "nodes": f"{nodes:,}",
                "findings": f"{found['findings']:,.0f}",
                "audit": f"{found['audit']:.1f} s",
                "map and numbers": f"{found['map']:.1f} s",
                "per pod": f"{found['audit'] / pods * 1e6:.0f} µs",
            }
        )
    growth = totals[-1] / totals[0] / (shares[-1] / shares[0])
    return Result(
        "Audit",
        "`audit(cluster)` with endpoints derived on the way: NodePort services of two ports each, half of them under policy "
        "Local, a NetworkPolicy in each namespace; `node_port_map(cluster)` and `production_numbers(cluster)`.",
        rows,
        [
            (f"under {_GOAL:.0f} s at full size", totals[-1] < _GOAL),
            (f"linear: {growth:.2f} times what growing in proportion costs", growth < 1.5),
        ],
    )


def measure(path: str, services: str, nodes: str) -> dict[str, float]:
    import nodeportkit

    cluster = nodeportkit.read(path).replace(**frames(int(services), int(nodes)))
    audited, found = seconds(lambda: nodeportkit.audit(cluster, node_port_range=_RANGE))
    mapped, _ = seconds(
        lambda: (
            nodeportkit.node_port_map(cluster, node_port_range=_RANGE),
            nodeportkit.production_numbers(cluster, node_port_range=_RANGE),
        )
    )
    return {"audit": audited, "map": mapped, "findings": len(found)}


def frames(services: int, nodes: int) -> dict[str, dict[str, list[Any]]]:
    """The columns of the frames beside those of pods."""
    told = services_frames(services)
    told["services"]["external_traffic_policy"] = [("Cluster", "Local")[app % 2] for app in range(services)]
    told["ports"]["node_port"] = [30_000 + number for number in told["ports"]["node_port"]]
    names = [f"node-{node}" for node in range(nodes)]
    told["nodes"] = {
        "name": names,
        "internal_ips": [[f"192.168.{node >> 8}.{node & 255}"] for node in range(nodes)],
        "ready": [True] * nodes,
    }
    homes = sorted(set(told["services"]["namespace"]))
    told["policies"] = {
        "namespace": homes,
        "name": ["from-pods"] * len(homes),
        "pod_selector": [{"matchLabels": {"tier": "web"}} for _ in homes],
        "policy_types": [["Ingress"] for _ in homes],
        "ingress": [[{"from": [{"podSelector": {}}]}] for _ in homes],
    }
    return told
