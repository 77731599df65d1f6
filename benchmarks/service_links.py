"""Endpoints derived from selectors and pods, and every service port joined with them."""

from __future__ import annotations

from pathlib import Path

from benchmarks.generate import services_frames
from benchmarks.inputs import pods_as_json, sized
from benchmarks.measure import apart, seconds
from benchmarks.results import Result


def run(folder: Path, shares: tuple[float, ...]) -> Result:
    rows, totals = [], []
    for share in shares:
        path, (pods, services, _) = pods_as_json(folder, share), sized(share)
        found = apart(link, str(path), services)
        totals.append(found["endpoints"] + found["links"])
        rows.append(
            {
                "services": f"{services:,}",
                "pods": f"{pods:,}",
                "links found": f"{found['rows']:,.0f}",
                "endpoints": f"{found['endpoints']:.2f} s",
                "links": f"{found['links']:.2f} s",
                "together": f"{totals[-1]:.2f} s",
                "per pod": f"{totals[-1] / pods * 1e6:.1f} µs",
            }
        )
    growth = totals[-1] / totals[0] / (shares[-1] / shares[0])
    return Result(
        "Service ports and their endpoints",
        "`cluster.endpoints`, derived from the selectors of services with two ports each, one of them named, and "
        "`links(cluster)`.",
        rows,
        [
            ("under 2 s at full size", totals[-1] < 2),
            (f"linear: {growth:.2f} times what growing in proportion costs", growth < 1.5),
        ],
    )


def link(path: str, services: str) -> dict[str, float]:
    import nodeportkit

    cluster = nodeportkit.read(path).replace(**services_frames(int(services)))
    endpoints, _ = seconds(lambda: cluster.endpoints)
    took, found = seconds(lambda: nodeportkit.links(cluster))
    return {"endpoints": endpoints, "links": took, "rows": len(found)}
