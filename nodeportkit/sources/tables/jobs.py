"""`kubectl get jobs` -> workloads."""

from __future__ import annotations

from typing import Final

from nodeportkit.sources.reader import Fragment
from nodeportkit.sources.tables.listing import Listing
from nodeportkit.sources.tables.workload import workloads

__all__ = ["KINDS", "fragments"]

KINDS: Final = ("jobs.batch",)


def fragments(found: Listing) -> list[Fragment]:
    """The jobs of the table. Completions are no replicas, and how many pods are ready is not shown."""
    return workloads(found, "Job")
