"""`kubectl get namespaces` -> namespaces."""

from __future__ import annotations

from typing import Any, Final

from nodeportkit.cells import ages, labels_column
from nodeportkit.errors import ReadError
from nodeportkit.frames import conform
from nodeportkit.sources.reader import Fragment
from nodeportkit.sources.tables.listing import Listing

__all__ = ["KINDS", "fragments"]

KINDS: Final = ("namespaces",)


def fragments(found: Listing) -> list[Fragment]:
    """The namespaces of the table."""
    bad: dict[str, ReadError] = {}
    rows: dict[str, Any] = {
        "name": found.names,
        "phase": found.get("STATUS"),
        "labels": labels_column(found.get("LABELS"), bad),
        "age": ages(found.get("AGE"), bad),
    }
    return [Fragment("namespaces", conform("namespaces", rows), complete=("*",) if found.complete else ())]
