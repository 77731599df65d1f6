"""`kubectl get replicasets` -> workloads."""

from __future__ import annotations

from typing import Final

from nodeportkit.sources.reader import Fragment
from nodeportkit.sources.tables.listing import Listing
from nodeportkit.sources.tables.workload import counts, workloads

__all__ = ["KINDS", "fragments"]

KINDS: Final = ("replicasets.apps",)


def fragments(found: Listing) -> list[Fragment]:
    """The replica sets of the table."""
    return workloads(found, "ReplicaSet", desired=counts(found, "DESIRED"), ready=counts(found, "READY"))
