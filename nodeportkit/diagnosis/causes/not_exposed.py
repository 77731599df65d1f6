"""The service has no node port."""

from __future__ import annotations

from collections.abc import Iterator

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.diagnosis.telling import free_node_port, patch
from nodeportkit.standings.entry import not_exposed, ports_not_shown

__all__ = ["CAUSE", "find"]

CAUSE = Cause("not-exposed", 10, ("refused",), "it has no node port")


def find(case: Case) -> Iterator[Finding]:
    """Only where a node port is dialled or asked for: a service is right as it is without one."""
    unknown = ports_not_shown(case.facts)
    told = not_exposed(case.facts)
    if told is None:
        if unknown is not None:
            yield CAUSE.possible(
                object=case.object, field="spec.ports", evidence=unknown.reason, explanation=unknown.explanation,
                verify=unknown.verify,
            )  # fmt: skip
        return
    field, shown = "spec.type", f"spec.type={case.type}"
    if case.type == "LoadBalancer":
        field = "spec.allocateLoadBalancerNodePorts"
        shown = f"{field}=false" if case.row["allocate_node_ports"] is False else "spec.ports[].nodePort is missing"
    elif case.headless and case.type != "ExternalName":
        shown = "spec.clusterIP=None"
    said = {
        "object": case.object, "field": field, "evidence": shown,
        "explanation": f"{told.reason} {told.explanation}", "fix": _with_the_number(case) or told.fix,
    }  # fmt: skip
    if _asked(case):
        yield CAUSE.fact(**said, explains=("refused", "timeout"))
    elif case.symptom and case.dial.kind == "nothing":
        yield CAUSE.possible(**said, verify=case.command("get service", case.name, "-o", "wide"))


def _asked(case: Case) -> bool:
    """Whether a node port was dialled: a number on a node, or one that is no port of the cluster IP."""
    own = set(case.facts.ports["port"].dropna())
    if case.dial.kind == "nothing":
        return case.dial.port is not None and case.dial.port not in own
    if case.dial.kind in ("stranger", "name") and case.type == "LoadBalancer" and not case.dial.on_node:
        return case.dial.port not in own
    return case.dial.at_node_port and (case.dial.kind != "loopback" or case.dial.on_node)


def _with_the_number(case: Case) -> str:
    """The command that gives a ClusterIP service the node port that was dialled; "" where it cannot have that."""
    number, ports = case.dial.port, case.facts.ports["port"].dropna()
    free = number is not None and free_node_port(case, number - 1) == number
    if not free or not _asked(case) or case.type != "ClusterIP" or case.headless or len(ports) != 1:
        return ""
    return patch(case, {"type": "NodePort", "ports": [{"port": int(ports.iloc[0]), "nodePort": number}]})
