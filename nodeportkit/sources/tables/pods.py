"""`kubectl get pods` -> pods."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from nodeportkit.cells import ages, column, labels_column, parse_addresses, parse_ready, ready_column, restarts_column
from nodeportkit.errors import ReadError
from nodeportkit.frames import conform
from nodeportkit.sources.reader import Fragment
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
    ready_containers, containers = ready_column(found.get("READY"), bad)
    restarts, _ = restarts_column(found.get("RESTARTS"), bad)
    status = [cell or None for cell in found.get("STATUS")]
    rows: dict[str, Any] = {
        "namespace": found.namespaces,
        "name": found.names,
        "node": column(found.get("NODE"), _shown, None),
        "ips": column(found.get("IP"), _addresses, None, bad),
        "phase": _phases(status, restarts),
        "status": status,
        "ready": _ready(found, ready_containers, containers),
        "ready_containers": ready_containers,
        "containers": containers,
        "restarts": restarts,
        "terminating": [None if cell is None else cell == "Terminating" for cell in status],
        "labels": labels_column(found.get("LABELS"), bad),
        "age": ages(found.get("AGE"), bad),
    }
    return [Fragment("pods", conform("pods", rows), complete=found.complete)]


def _shown(cell: str) -> str:
    return "" if cell == "<none>" else cell


def _addresses(cell: str) -> list[str]:
    return parse_addresses(cell).shown


def _phases(status: list[str | None], restarts: Any) -> list[str | None]:
    """The phases. A container that has completed once, and was never started again, is that of a pod that is done."""
    phases = [_PHASES.get(cell) if cell else None for cell in status]
    if "Completed" in status:
        never = (restarts == 0).to_numpy(dtype=bool, na_value=False)
        phases = [
            "Succeeded" if cell == "Completed" and once else phase
            for cell, once, phase in zip(status, never, phases, strict=True)
        ]
    return phases


def _ready(found: Listing, ready: Any, containers: Any) -> Any:
    """Whether each pod is ready: all its containers are, and all its readiness gates are met."""
    whole = (ready == containers) & (containers > 0)
    gates = found.columns.get("READINESS GATES")
    if gates is None or not any(gates):
        return whole
    # A gate that is not met decides; of gates that are not shown, nothing is known.
    met = column(gates, _met, None)
    unmet = np.array([value is False for value in met])
    hidden = np.array([value is None for value in met])
    values = pd.Series(whole, dtype="boolean")
    values = values.mask(hidden & values.fillna(value=False).to_numpy(dtype=bool))
    return values.mask(unmet, other=False).array


def _met(cell: str) -> bool | None:
    if cell == "<none>":
        return True
    try:
        met, of = parse_ready(cell)
    except ReadError:
        return None
    return met == of
