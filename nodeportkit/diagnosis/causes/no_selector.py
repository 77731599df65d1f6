"""The service has no selector, and nobody wrote endpoints for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.diagnosis.telling import patch

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
        said: dict[str, Any] = {
            "object": case.object, "field": "spec.selector",
            "explanation": _HOW + "See which labels the pods have, and give the service a selector:",
            "verify": case.command("get pods", "--show-labels"),
        }  # fmt: skip
        if (meant := _meant(case)) is not None:
            said["explanation"] = f"{_HOW}If {meant[0]} is meant, select its pods:"
            said["fix"] = patch(case, {"selector": meant[1]})
        if standing.whole is False:
            yield CAUSE.fact(**said, evidence="spec.selector is empty; no EndpointSlice lists an endpoint")
        else:
            told = CAUSE.hint if case.symptom == "refused" else CAUSE.possible
            yield told(**said | {
                "evidence": "spec.selector is empty; the EndpointSlices were not shown",
                "explanation": _HOW + "If this prints none, give the service a selector:", "fix": "",
                "verify": case.listing("endpointslices"),
            })  # fmt: skip


def _meant(case: Case) -> tuple[str, Mapping[str, str]] | None:
    """The workload of the service's name, or the only one of the namespace, and its selector."""
    made = case.templates[["kind", "name", "selector"]].to_dict("records")
    found = [each for each in made if each["name"] == case.name] or made
    selector = found[0]["selector"] if len(found) == 1 else None
    if not isinstance(selector, Mapping) or not selector.get("matchLabels") or selector.get("matchExpressions"):
        return None  # a service's selector knows labels alone
    return f"{found[0]['kind']} {found[0]['name']}", selector["matchLabels"]
