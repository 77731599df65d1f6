"""`kubectl get replicationcontrollers` -> workloads."""

from __future__ import annotations

from typing import Final

from nodeportkit.sources.reader import Fragment
from nodeportkit.sources.tables.listing import Listing
from nodeportkit.sources.tables.workload import counts, workloads

__all__ = ["KINDS", "fragments"]

KINDS: Final = ("replicationcontrollers",)


def fragments(found: Listing) -> list[Fragment]:
    """The replication controllers of the table."""
    desired, ready = counts(found, "DESIRED"), counts(found, "READY")
    return workloads(found, "ReplicationController", desired=desired, ready=ready, plain=True)
