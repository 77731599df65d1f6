"""Pods as kubectl prints them -> typed frames, beside pandas reading the same text into columns of text."""

from __future__ import annotations

from pathlib import Path

from benchmarks.inputs import pods_as_text, sized
from benchmarks.measure import apart, seconds
from benchmarks.results import Result


def run(folder: Path, shares: tuple[float, ...]) -> Result:
    rows, ratio = [], 0.0
    for share in shares:
        path, (pods, _, _) = pods_as_text(folder, share), sized(share)
        ours, theirs = apart(read, str(path)), apart(read_fwf, str(path))
        if ours["pods"] != pods:
            raise RuntimeError(f"{ours['pods']} of {pods} pods were read")
        ratio = theirs["seconds"] / ours["seconds"]
        rows.append(
            {
                "lines": f"{pods:,}",
                "file": f"{path.stat().st_size / 1e6:.0f} MB",
                "nodeportkit.read": f"{ours['seconds']:.2f} s",
                "pandas.read_fwf": f"{theirs['seconds']:.2f} s",
                "times faster": f"{ratio:.1f}",
                "peak memory": f"{ours['peak'] / 1e6:.0f} MB",
                "pandas' peak": f"{theirs['peak'] / 1e6:.0f} MB",
            }
        )
    return Result(
        "Pods as text",
        "`nodeportkit.read` of `kubectl get pods -A -o wide --show-labels`, into frames with ages, counts, lists and labels; "
        "and `pandas.read_fwf`, which finds the columns and types nothing of the kind.",
        rows,
        [("faster than pandas.read_fwf", ratio > 1)],
    )


def read(path: str) -> dict[str, float]:
    import nodeportkit

    reader = nodeportkit.read
    reader("kubectl get pods\nNAME   READY   STATUS\nweb    1/1     Running")  # what imports cost is another benchmark
    took, cluster = seconds(lambda: reader(path))
    return {"seconds": took, "pods": len(cluster.pods)}


def read_fwf(path: str) -> dict[str, float]:
    import pandas as pd

    took, frame = seconds(lambda: pd.read_fwf(path))
    return {"seconds": took, "pods": len(frame)}
