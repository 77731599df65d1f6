"""The API server refuses the node port: it is outside the range, taken, or there twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.standings.facts import true
from nodeportkit.standings.wording import command, listed

__all__ = ["CAUSE", "WITHOUT_SERVICE", "Refusal", "find", "refusals"]

CAUSE = Cause("node-port-invalid", 3, ("refused",), "the node port that its manifest asks for is refused")
WITHOUT_SERVICE = True
_NODE_PORT: Final = re.compile(r"nodePort['\"]?\s*:\s*(\d+)")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the API server has against a manifest: the field, in whose words, and what it means."""

    field: str
    message: str
    explanation: str = ""

    @property
    def of_node_port(self) -> bool:
        """Whether it is the number of a node port."""
        return self.field.endswith(("nodePort", "healthCheckNodePort", "HealthCheckNodePort")) or (
            "provided port" in self.message or "node port" in self.message.lower()
        )


def find(case: Case) -> Iterator[Finding]:
    """Only while the service is not there: what the API server took, it found valid."""
    if case.service_facts is not None:
        return
    told = refusals(case)
    if not told and case.manifest is not None:
        yield from _unseen(case)
    for each in told:
        if not each.of_node_port:
            continue
        number = next(
            (word for word in each.message.replace(":", " ").replace(",", " ").split() if word.isdecimal()), ""
        )
        holder = _holder(case, int(number)) if number else ""
        yield CAUSE.fact(
            object=case.object, field=each.field,
            evidence=f"{each.field}: {each.message}" + (f"; {number} is {holder}" if holder else ""),
            explanation=each.explanation
            or "The API server refused the service because of this number, so it was never made. Leave nodePort out, and it gives a free one.",
            verify=command("get services", "default", "-A"),
        )  # fmt: skip


def _unseen(case: Case) -> Iterator[Finding]:
    """A number that nobody is seen to have may be taken all the same: by what tables do not show, or another namespace."""
    wanted = [int(number) for number in _NODE_PORT.findall(str(case.manifest))]
    services = case.cluster.services
    balancers = services[true(services["type"].eq("LoadBalancer"))]
    hidden = balancers["external_traffic_policy"].isna().any() or services["namespace"].nunique() < 2
    if not wanted or not hidden:
        return
    yield CAUSE.possible(
        object=case.object, field="spec.ports[].nodePort", beneath=True,
        evidence=f"the manifest asks for {listed([str(number) for number in wanted])}; not every number that is taken was shown",
        explanation="A service of another namespace may have the number, or another's healthCheckNodePort, which tables do not "
        "show. Paste what this prints:",
        verify=command("get services", "default", "-A", "-o", "json"),
    )  # fmt: skip


def refusals(case: Case) -> list[Refusal]:
    """What the API server said of the service in a transcript, or would say of its manifest."""
    found = []
    for step in case.cluster.steps:
        for outcome in step.outcomes:
            details = outcome.details
            if outcome.kind != "api-error" or details.get("resource") != "services" or details.get("name") != case.name:
                continue
            found += [Refusal(cause.get("field", ""), cause["message"]) for cause in details.get("causes", ())]
    if case.manifest is not None:
        from nodeportkit.validation import validate

        told = validate(case.manifest, case.cluster)
        errors = told[true(told["severity"].eq("error"))]
        found += [
            Refusal(str(field), str(message), str(explanation))
            for field, message, explanation in errors[["field", "message", "explanation"]].itertuples(index=False)
        ]
    return found


def _holder(case: Case, number: int) -> str:
    """Which service holds a number, and as what."""
    ports, services = case.cluster.ports, case.cluster.services
    for namespace, service in ports.loc[true(ports["node_port"].eq(number)), ["namespace", "service"]].itertuples(
        index=False
    ):
        return f"the node port of {namespace}/{service}"
    health = services[true(services["health_check_node_port"].eq(number))]
    for namespace, name in health[["namespace", "name"]].itertuples(index=False):
        return f"the health check port of {namespace}/{name}"
    return ""
