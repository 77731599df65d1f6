"""`kubectl describe namespace` -> namespaces."""

from __future__ import annotations

from typing import Final

from nodeportkit.sources.describe.description import Description
from nodeportkit.sources.describe.layout import Entry
from nodeportkit.sources.describe.rows import Rows, labels_of

__all__ = ["KINDS", "kind_of", "tell"]

KINDS: Final = ("namespaces",)


def kind_of(tree: Entry) -> str | None:
    """Whether these are the labels of a namespace: it has a status, and stands in none itself."""
    alone = tree.get("Namespace") is None and tree.get("Node") is None
    return KINDS[0] if alone and tree.text("Status") in ("Active", "Terminating") else None


def tell(description: Description, rows: Rows) -> None:
    """Add the namespace."""
    tree = description.tree
    labels = labels_of(tree.get("Labels"), rows)
    rows.add("namespaces", {"name": description.name, "phase": tree.text("Status"), "labels": labels})
