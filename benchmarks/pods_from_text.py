"""Pods as kubectl prints them -> typed frames, beside pandas reading the same text into columns of text."""

from __future__ import annotations

from pathlib import Path

from benchmarks.inputs import pods_as_text, sized
from benchmarks.measure import apart, seconds
from benchmarks.results import Result

_ROUNDS = 5


def run(folder: Path, shares: tuple[float, ...]) -> Result:
    rows, ratios = [], []
    for share in shares:
        path, (pods, _, _) = pods_as_text(folder, share), sized(share)
        ours, theirs = _in_turns(path)
        if ours["pods"] != pods:
            raise RuntimeError(f"{ours['pods']} of {pods} pods were read")
        ratios.append(theirs["seconds"] / ours["seconds"])
        rows.append(
            {
                "lines": f"{pods:,}",
                "file": f"{path.stat().st_size / 1e6:.0f} MB",
                "nodeportkit.read": f"{ours['seconds']:.2f} s",
                "pandas.read_fwf": f"{theirs['seconds']:.2f} s",
                "times faster": f"{ratios[-1]:.1f}",
                "peak memory": f"{ours['peak'] / 1e6:.0f} MB",
                "pandas' peak": f"{theirs['peak'] / 1e6:.0f} MB",
            }
        )
    return Result(
        "Pods as text",
        "`nodeportkit.read` of `kubectl get pods -A -o wide --show-labels`, into frames with ages, counts, lists and labels; "
        "and `pandas.read_fwf`, which finds the columns and types nothing of the kind.",
        rows,
        [("faster than pandas.read_fwf at every size", min(ratios) > 1)],
    )


def _in_turns(path: Path) -> tuple[dict[str, float], dict[str, float]]:
    """The least that each of the two needed; they take turns, so that what else the machine does falls on both."""
    rounds = [(apart(read, str(path), times=1), apart(read_fwf, str(path), times=1)) for _ in range(_ROUNDS)]
    ours, theirs = (
        {name: min(numbers[name] for numbers in one) for name in one[0]} for one in zip(*rounds, strict=True)
    )
    return ours, theirs


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
