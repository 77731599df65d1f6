"""`kubectl get daemonsets` -> workloads."""

from __future__ import annotations

from typing import Final

from nodeportkit.sources.reader import Fragment
from nodeportkit.sources.tables.listing import Listing
from nodeportkit.sources.tables.workload import counts, workloads

__all__ = ["KINDS", "fragments"]

KINDS: Final = ("daemonsets.apps",)


def fragments(found: Listing) -> list[Fragment]:
    """The daemon sets of the table; DESIRED is the number of nodes that should run a pod."""
    return workloads(found, "DaemonSet", desired=counts(found, "DESIRED"), ready=counts(found, "READY"))
