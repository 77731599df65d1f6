"""An audit as JSON, for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from nodeportkit.auditing import audit, node_port_usage, not_looked_at, production_numbers
from nodeportkit.auditing.check import SEVERITIES

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster

__all__ = ["json_report"]

_VERSION: Final = 1


def json_report(cluster: Cluster, findings: pd.DataFrame | None = None) -> str:
    """An audit as JSON: all of it ASCII, so that nothing in names or labels reaches a terminal as it is.

    Parameters
    ----------
    cluster
        The cluster.
    findings
        What `audit` found, if it was asked with settings; without it, `audit(cluster)`.

    Returns
    -------
    str
        An object with `version` (of this form), `counts` by severity, `findings`, `not_looked_at`, `node_ports` (use by
        protocol and band) and `production` (the six reasons as numbers; null where what was shown does not tell).

    Examples
    --------
    >>> from nodeportkit.cluster import Cluster
    >>> told = json.loads(json_report(Cluster(services={"namespace": ["shop"], "name": ["web"]})))
    >>> told["counts"]
    {'error': 0, 'warning': 0, 'note': 0}
    """
    found = audit(cluster) if findings is None else findings
    told = {
        "version": _VERSION,
        "counts": {severity: int((found["severity"] == severity).sum()) for severity in SEVERITIES},
        "findings": _rows(found),
        "not_looked_at": _rows(not_looked_at(cluster)),
        "node_ports": _rows(node_port_usage(cluster)),
        "production": _rows(production_numbers(cluster)),
    }
    return json.dumps(told, indent=2) + "\n"


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame, null for what is missing."""
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]
