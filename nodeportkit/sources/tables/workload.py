"""What the tables of all workloads have in common."""

from __future__ import annotations

import re
from typing import Any, Final

from nodeportkit.cells import ages, column, labels_column, parse_labels
from nodeportkit.errors import ReadError
from nodeportkit.frames import conform
from nodeportkit.selectors import parse_selector
from nodeportkit.sources.reader import Fragment
from nodeportkit.sources.tables.listing import Listing

__all__ = ["counts", "label_selector", "workloads"]

_NUMBER: Final = re.compile(r"\d{1,9}")
_OPERATORS: Final = {"in": "In", "notin": "NotIn", "!=": "NotIn", "exists": "Exists", "!": "DoesNotExist"}


def workloads(
    found: Listing, kind: str, *, desired: Any = None, ready: Any = None, plain: bool = False
) -> list[Fragment]:
    """The workloads of a table.

    Parameters
    ----------
    found
        The table.
    kind
        Deployment, ReplicaSet, ...
    desired, ready
        The replicas asked for and those that are ready, where the table shows them.
    plain
        Whether the selector is a plain dict of labels, as that of a ReplicationController.
    """
    bad: dict[str, ReadError] = {}
    rows: dict[str, Any] = {
        "namespace": found.namespaces,
        "kind": [kind] * len(found),
        "name": found.names,
        "selector": column(found.get("SELECTOR"), parse_labels if plain else label_selector, None, bad),
        "labels": labels_column(found.get("LABELS"), bad),
        "age": ages(found.get("AGE"), bad),
    }
    if desired is not None:
        rows["desired"] = desired
    if ready is not None:
        rows["ready"] = ready
    return [Fragment("workloads", conform("workloads", rows), complete=found.complete)]


def counts(found: Listing, name: str) -> list[int | None]:
    """A column of numbers."""
    return [int(cell) if cell and _NUMBER.fullmatch(cell) else None for cell in found.get(name)]


def label_selector(cell: str) -> dict[str, Any]:
    """A selector as a Deployment has it, from its printed form (FormatLabelSelector of apimachinery)."""
    if cell == "<none>":
        return {}
    labels: dict[str, str] = {}
    expressions: list[dict[str, Any]] = []
    for requirement in parse_selector(cell):
        if requirement.operator in ("=", "==") and requirement.key not in labels:
            labels[requirement.key] = requirement.values[0]
            continue
        operator = "In" if requirement.operator in ("=", "==") else _OPERATORS.get(requirement.operator)
        if operator is None:
            raise ReadError(
                f"{requirement.operator!r} stands in no match expression", hint="Operators are in, notin, !."
            )
        expression: dict[str, Any] = {"key": requirement.key, "operator": operator}
        if requirement.values:
            expression["values"] = list(requirement.values)
        expressions.append(expression)
    return {
        **({"matchLabels": labels} if labels else {}),
        **({"matchExpressions": expressions} if expressions else {}),
    }
