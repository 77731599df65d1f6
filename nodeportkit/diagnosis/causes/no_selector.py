"""The service has no selector, and nobody wrote endpoints for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding

__all__ = ["CAUSE", "find"]

CAUSE = Cause("no-selector", 30, ("refused",), "it has no selector, and no endpoints")
_HOW: Final = "Kubernetes finds pods for a service by its selector. Without one it has only the endpoints that somebody writes by hand. "


def find(case: Case) -> Iterator[Finding]:
    """Endpoints written by hand make a service without a selector right; whether there are any, slices tell."""
    if case.headless or (case.namespace, case.name) == ("default", "kubernetes"):  # the API server writes its endpoints
        return
    for port in case.ports:
        about, standing = case.judged(port)
        if about != "no-selector":
            continue
        said = {
            "object": case.object, "field": "spec.selector",
            "explanation": _HOW + "See which labels the pods have, and give the service a selector:",
            "verify": case.command("get pods", "--show-labels"),
        }  # fmt: skip
        if standing.whole is False:
            yield CAUSE.fact(**said, evidence="spec.selector is empty; no EndpointSlice lists an endpoint")
        else:
            told = CAUSE.hint if case.symptom == "refused" else CAUSE.possible
            yield told(**said | {
                "evidence": "spec.selector is empty; the EndpointSlices were not shown",
                "explanation": _HOW + "If this prints none, give the service a selector:",
                "verify": case.listing("endpointslices"),
            })  # fmt: skip
