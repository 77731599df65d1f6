"""`kubectl get statefulsets` -> workloads."""

from __future__ import annotations

from typing import Final

from nodeportkit.cells import ready_column
from nodeportkit.sources.reader import Fragment
from nodeportkit.sources.tables.listing import Listing
from nodeportkit.sources.tables.workload import counts, workloads

__all__ = ["KINDS", "fragments"]

KINDS: Final = ("statefulsets.apps",)


def fragments(found: Listing) -> list[Fragment]:
    """The stateful sets of the table. Before 1.14 or so it does not show how many replicas are ready."""
    if "DESIRED" in found.columns:
        return workloads(found, "StatefulSet", desired=counts(found, "DESIRED"))
    ready, desired = ready_column(found.get("READY"), {})
    return workloads(found, "StatefulSet", desired=desired, ready=ready)
