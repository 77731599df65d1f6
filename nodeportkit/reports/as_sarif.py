"""An audit as SARIF 2.1.0, for code hosts and editors (OASIS Static Analysis Results Interchange Format).

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import pandas as pd

from nodeportkit.auditing import all_checks, audit

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster

__all__ = ["sarif_report"]

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif_report(
    cluster: Cluster, findings: pd.DataFrame | None = None, *, source: str | None = None, version: str | None = None
) -> str:
    """An audit as SARIF 2.1.0.

    Each result has the Kubernetes object as its logical location, a level (`error`, `warning`, `note`) and a fingerprint by
    which the same finding is known again in a later run.

    Parameters
    ----------
    cluster
        The cluster.
    findings
        What `audit` found, if it was asked with settings; without it, `audit(cluster)`.
    source
        The file that the objects are from, relative to the repository: code hosts show results beside files only.
    version
        The version of nodeportkit to name.

    Examples
    --------
    >>> from nodeportkit.cluster import Cluster
    >>> told = json.loads(sarif_report(Cluster()))
    >>> told["version"], told["runs"][0]["tool"]["driver"]["name"], told["runs"][0]["results"]
    ('2.1.0', 'nodeportkit', [])
    """
    found = audit(cluster) if findings is None else findings
    used = sorted(set(found["check"]))
    seen: Counter[tuple[str, ...]] = Counter()
    driver: dict[str, Any] = {"name": "nodeportkit", "rules": [_rule(name) for name in used]}
    if version is not None:
        driver["version"] = version
    results = []
    for row in found.to_dict("records"):
        key = (row["check"], row["object"], row["field"])
        seen[key] += 1
        results.append(_result(row, used.index(row["check"]), seen[key], source))
    run = {"tool": {"driver": driver}, "columnKind": "utf16CodeUnits", "results": results}
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(name: str) -> dict[str, Any]:
    check = all_checks()[name]
    return {
        "id": name,
        "name": "".join(word.capitalize() for word in name.split("-")),
        "shortDescription": {"text": f"{check.title}."},
        "fullDescription": {"text": check.about},
        "defaultConfiguration": {"level": check.severity},
        "properties": {"certainty": check.certainty},
    }


def _result(row: dict[Any, Any], rule: int, nth: int, source: str | None) -> dict[str, Any]:
    kind, _, name = str(row["object"]).partition(" ")
    namespace, _, short = name.rpartition("/")
    location: dict[str, Any] = {
        "logicalLocations": [
            {
                "name": short or kind,
                "fullyQualifiedName": "/".join(part for part in (namespace, kind, short, str(row["field"])) if part),
                "kind": "resource",
            }
        ]
    }
    if source is not None:
        uri = quote(PurePath(source).as_posix())
        location["physicalLocation"] = {"artifactLocation": {"uri": uri}, "region": {"startLine": 1}}
    fix = f" Fix: {row['fix']}" if row["fix"] else ""
    identity = "\n".join([row["check"], row["object"], row["field"], str(nth)])
    return {
        "ruleId": row["check"],
        "ruleIndex": rule,
        "level": row["severity"],
        "message": {"text": f"{row['object']}: {row['message']}{fix}"},
        "locations": [location],
        "partialFingerprints": {"finding/v1": hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()},
        "properties": {"certainty": row["certainty"], "field": row["field"], "fix": row["fix"]},
    }
