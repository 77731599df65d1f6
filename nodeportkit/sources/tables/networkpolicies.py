"""`kubectl get networkpolicies` -> policies: which pods they select. What they admit is not printed."""

from __future__ import annotations

from typing import Any, Final

from nodeportkit.cells import ages, column, labels_column
from nodeportkit.errors import ReadError
from nodeportkit.frames import conform
from nodeportkit.sources.reader import Fragment
from nodeportkit.sources.tables.listing import Listing
from nodeportkit.sources.tables.workload import label_selector

__all__ = ["KINDS", "fragments"]

KINDS: Final = ("networkpolicies.networking.k8s.io",)


def fragments(found: Listing) -> list[Fragment]:
    """The policies of the table; POD-SELECTOR is `<none>` for one that selects every pod."""
    bad: dict[str, ReadError] = {}
    rows: dict[str, Any] = {
        "namespace": found.namespaces,
        "name": found.names,
        "pod_selector": column(found.get("POD-SELECTOR"), label_selector, None, bad),
        "labels": labels_column(found.get("LABELS"), bad),
        "age": ages(found.get("AGE"), bad),
    }
    return [Fragment("policies", conform("policies", rows), complete=found.complete)]
