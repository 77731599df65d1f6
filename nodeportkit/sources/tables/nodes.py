"""`kubectl get nodes` -> nodes."""

from __future__ import annotations

import re
from typing import Any, Final

from nodeportkit.cells import ages, column, labels_column, parse_addresses, parse_node_status, parse_roles
from nodeportkit.errors import ReadError
from nodeportkit.frames import conform
from nodeportkit.sources.reader import Fragment
from nodeportkit.sources.tables.listing import Listing
from nodeportkit.sources.tables.options import label_columns

__all__ = ["KINDS", "ZONES", "fragments"]

KINDS: Final = ("nodes",)

ZONES: Final = ("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone")
"""The labels that name a node's zone, the newer first."""

# Kubernetes 1.36 prints the architecture behind the kernel: `6.1.0-21-amd64 (amd64)`.
_ARCHITECTURE: Final = re.compile(r" \([a-z0-9]+\)$")


def fragments(found: Listing) -> list[Fragment]:
    """The nodes of the table."""
    bad: dict[str, ReadError] = {}
    status = column(found.get("STATUS"), parse_node_status, (None, None), bad)
    labels = labels_column(found.get("LABELS"), bad)
    rows: dict[str, Any] = {
        "name": found.names,
        "ready": [ready for ready, _ in status],
        "schedulable": [schedulable for _, schedulable in status],
        "roles": column(found.get("ROLES"), parse_roles, None, bad),
        "internal_ips": column(found.get("INTERNAL-IP"), _addresses, None, bad),
        "external_ips": column(found.get("EXTERNAL-IP"), _addresses, None, bad),
        "zone": _zones(found, labels),
        "labels": labels,
        "version": column(found.get("VERSION"), _shown, None),
        "os_image": column(found.get("OS-IMAGE"), _shown, None),
        "kernel_version": column(found.get("KERNEL-VERSION"), _kernel, None),
        "container_runtime": column(found.get("CONTAINER-RUNTIME"), _shown, None),
        "age": ages(found.get("AGE"), bad),
    }
    return [Fragment("nodes", conform("nodes", rows), complete=("*",) if found.complete else ())]


def _zones(found: Listing, labels: list[Any]) -> list[str | None]:
    """The zones: from LABELS, or from a column that `-L` made of the zone's label."""
    if "LABELS" in found.columns:
        return [
            next((shown[zone] for zone in ZONES if zone in shown), "") if isinstance(shown, dict) else None
            for shown in labels
        ]
    asked = label_columns(found.context.command)
    if "ZONE" not in found.columns or (asked and not any(zone in ZONES for zone in asked)):
        return [None] * len(found)
    return found.get("ZONE")


def _shown(cell: str) -> str | None:
    return None if cell == "<unknown>" else cell


def _kernel(cell: str) -> str | None:
    return None if cell == "<unknown>" else _ARCHITECTURE.sub("", cell)


def _addresses(cell: str) -> list[str]:
    return parse_addresses(cell).shown
