"""`kubectl get pods` -> pods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from nodeportkit.cells import ages, labels_column, own, parse_ready, ready_column, restarts_column
from nodeportkit.errors import ReadError
from nodeportkit.frames import STRING, conform
from nodeportkit.sources.reader import Fragment
from nodeportkit.sources.tables.cells import Distinct, distinct
from nodeportkit.sources.tables.listing import Listing

__all__ = ["KINDS", "fragments"]

KINDS: Final = ("pods",)

# The phase that each STATUS proves (printPod in kubernetes/kubernetes pkg/printers/internalversion/printers.go). Others,
# such as CrashLoopBackOff or Error, are reasons of one container, and the phase depends on the other containers too.
_PHASES: Final = {
    "Pending": "Pending",
    "SchedulingGated": "Pending",
    "Running": "Running",
    "NotReady": "Running",
    "Succeeded": "Succeeded",
    "Failed": "Failed",
    "Evicted": "Failed",
}


def fragments(found: Listing) -> list[Fragment]:
    """The pods of the table. READY tells the Ready condition, unless a readiness gate is not met."""
    bad: dict[str, ReadError] = {}
    status, counts, times = found.distinct("STATUS"), found.distinct("READY"), found.distinct("RESTARTS")
    nodes, labels, since = found.distinct("NODE"), found.distinct("LABELS"), found.distinct("AGE")
    namespaces = distinct(found.namespaces)
    ready_containers, containers = map(counts.spread, ready_column(counts.texts, bad))
    restarts = times.spread(restarts_column(times.texts, bad)[0])
    rows: dict[str, Any] = {
        "namespace": _strings(namespaces, {text: text for text in namespaces.texts}),
        "name": found.names,
        "node": _strings(nodes, {text: "" if text == "<none>" else text or None for text in nodes.texts}),
        "ips": [[cell] if cell and cell != "<none>" else [] if cell else None for cell in found.get("IP")],
        "phase": _phases(status, restarts),
        "status": _strings(status, {text: text or None for text in status.texts}),
        "ready": _ready(found.distinct("READINESS GATES"), (ready_containers == containers) & (containers > 0)),
        "ready_containers": ready_containers,
        "containers": containers,
        "restarts": restarts,
        "terminating": _booleans(status, [text == "Terminating" if text else None for text in status.texts]),
        "labels": own(labels.spread(_objects(labels_column(labels.texts, bad)))),
        "age": since.spread(ages(since.texts, bad)),
    }
    return [Fragment("pods", conform("pods", rows, copy=False), complete=found.complete, distinct=True)]


def _strings(cells: Distinct, values: Mapping[Any, str | None]) -> Any:
    return cells.spread(pd.array([values.get(text) for text in cells.texts], dtype=STRING))


def _booleans(cells: Distinct, values: list[bool | None]) -> Any:
    return cells.spread(pd.array(values, dtype="boolean"))


def _objects(values: list[Any]) -> Any:
    return np.fromiter(values, dtype=object, count=len(values))


def _phases(status: Distinct, restarts: Any) -> Any:
    """The phases. A container that has completed once, and was never started again, is that of a pod that is done."""
    phases = _strings(status, _PHASES)
    if "Completed" in status.texts:
        never = (restarts == 0).to_numpy(dtype=bool, na_value=False)
        phases[(status.codes == status.texts.index("Completed")) & never] = "Succeeded"
    return phases


def _ready(gates: Distinct, whole: Any) -> Any:
    """Whether each pod is ready: all its containers are, and all its readiness gates are met.

    A gate that is not met decides; of gates that the text is cut off before, nothing is known.
    """
    if not any(gates.texts):
        return whole
    return whole & _booleans(gates, [_met(text) if text else None for text in gates.texts])


def _met(cell: str) -> bool | None:
    if cell == "<none>":
        return True
    try:
        met, of = parse_ready(cell)
    except ReadError:
        return None
    return met == of
