"""The files that benchmarks read, written once for all of them."""

from __future__ import annotations

from pathlib import Path

from benchmarks.generate import NODES, PODS, SERVICES, pods_json, pods_table
from nodeportkit.kube.printing.table import print_table

SHARES = (0.1, 0.3, 1.0)


def sized(share: float) -> tuple[int, int, int]:
    """Pods, services and nodes of a cluster of a share of the full size."""
    return round(PODS * share), round(SERVICES * share), round(NODES * share)


def pods_as_json(folder: Path, share: float, *, plain: bool = False) -> Path:
    """The file that `kubectl get pods -A -o json` would write, of `plain` pods a smaller one."""
    path = folder / f"{'plain' if plain else 'pods'}-{share}.json"
    if not path.exists():
        pods, services, nodes = sized(share)
        with path.open("wb") as file:
            file.writelines(pods_json(pods, services=services, nodes=nodes, plain=plain))
    return path


def pods_as_text(folder: Path, share: float) -> Path:
    """The file that `kubectl get pods -A -o wide --show-labels` would write."""
    path = folder / f"pods-{share}.txt"
    if not path.exists():
        pods, services, nodes = sized(share)
        path.write_text(print_table(pods_table(pods, services=services, nodes=nodes)), encoding="utf-8")
    return path
