"""`minikube profile list`: minikube's clusters (kubernetes/minikube cmd/minikube/cmd/config/profile_list.go)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from nodeportkit.frames import conform
from nodeportkit.sources.minikube.addresses import is_address
from nodeportkit.sources.minikube.box import Box, box_table, read_box
from nodeportkit.sources.reader import Context, Finding, Fragment

__all__ = ["find"]

_COLUMNS: Final = {"PROFILE", "VERSION", "IP", "STATUS"}
_OLD_NAMES: Final = {"NODEIP": "IP", "KUBERNETES VERSION": "VERSION"}  # minikube 1.6 and 1.7
# In a cluster of three control planes or more IP is an address that they share.
_MOST_NODES: Final = 2


def find(lines: Sequence[str], at: int, context: Context) -> Finding | None:  # noqa: ARG001
    """The list of profiles whose box begins at `lines[at]`, or None."""
    box = read_box(lines, at, lambda names: set(map(_name, names)) >= _COLUMNS)
    if box is None:
        return None
    chosen = _chosen(box)
    settings = {"driver": driver} if len(chosen) == 1 and (driver := _driver(chosen[0])) else {}
    table = box_table(box, "minikube-profiles")
    return Finding(at, box.end, table, fragments=lambda: _fragments(chosen), settings=settings)


def _chosen(box: Box) -> list[dict[str, str]]:
    """The profile of the cluster that kubectl speaks to, by column.

    Every profile is a cluster of its own. Without an active one among several, nothing is known of the cluster at hand.
    """
    columns = [_name(name) for name in box.columns]
    profiles = [dict(zip(columns, cells, strict=True)) for cells in box.rows if cells[columns.index("PROFILE")]]
    active = next((name for name in ("ACTIVE KUBECONTEXT", "ACTIVE") if name in columns), None)
    if active is None:
        return profiles if len(profiles) == 1 else []
    return [profile for profile in profiles if profile[active] == "*"]


def _name(column: str) -> str:
    return _OLD_NAMES.get(column.upper(), column.upper())


def _driver(profile: dict[str, str]) -> str:
    return profile.get("VM DRIVER", profile.get("DRIVER", ""))


def _fragments(chosen: list[dict[str, str]]) -> list[Fragment]:
    """The first node of the cluster: it has the name of the profile, and IP is its address.

    With the driver `none` it has the name of the machine.
    """
    nodes = [
        (profile["PROFILE"], profile["IP"])
        for profile in chosen
        if is_address(profile["IP"]) and _driver(profile) != "none" and _count(profile.get("NODES", "1")) <= _MOST_NODES
    ]
    rows: dict[str, list[Any]] = {
        "name": [name for name, _ in nodes],
        "internal_ips": [[address] for _, address in nodes],
    }
    return [Fragment("nodes", conform("nodes", rows))] if nodes else []


def _count(cell: str) -> int:
    return int(cell) if cell.isdecimal() and len(cell) < 6 else _MOST_NODES + 1
