"""A number was dialled that is not the node port."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.diagnosis.telling import curl, right_way
from nodeportkit.standings.facts import true
from nodeportkit.standings.wording import listed

__all__ = ["CAUSE", "find"]

CAUSE = Cause("wrong-port", 12, ("refused", "timeout"), "the number dialled is not its node port")


def find(case: Case) -> Iterator[Finding]:
    """Say which number it is instead."""
    if not case.wrong_number:
        return
    number, ports = case.dial.port or 0, case.facts.ports
    field, is_it = "spec.ports[].nodePort", ""
    for at, port in ports.iterrows():
        numbers = {"port": port["port"], "targetPort": pd.to_numeric(port["target_port"], errors="coerce")}
        for name, words in (("port", "the port of the cluster IP"), ("targetPort", "the port of the pods")):
            if not is_it and pd.notna(numbers[name]) and int(numbers[name]) == number:
                field, is_it = f"spec.ports[{at}].{name}", words
    if case.row["health_check_node_port"] == number:
        field, is_it = "spec.healthCheckNodePort", "the port on which nodes tell load balancers how they are"
    rows = case.cluster.ports[true(case.cluster.ports["node_port"].eq(number))]
    others = list(dict.fromkeys(rows["namespace"].str.cat(rows["service"], sep="/").dropna()))
    explains = CAUSE.symptoms
    if others:
        is_it, explains = f"the node port of {listed(others)}", (*explains, "http", "reset")
    right = [str(each) for each in sorted(case.node_ports)]
    # What stands before the nodes (a load balancer, a proxy) may have other numbers.
    before = case.dial.kind == "name" or (
        case.dial.kind == "stranger" and case.cluster.nodes["internal_ips"].notna().any()
    )
    told = CAUSE.hint if before and not case.dial.on_node else CAUSE.fact
    yield told(
        object=case.object, field=field,
        evidence=f"dialled {case.dial}; spec.ports[].nodePort={','.join(right)}" + (f"; {number} is {is_it}" if is_it else ""),
        explanation=f"{'' if is_it else f'{number} is no port of this service. '}Nodes answer on the node port, {listed(right, 'or')}:",
        fix=(way := right_way(case) or _same_address(case)), verify="" if way else "kubectl get nodes -o wide", explains=explains,
    )  # fmt: skip


def _same_address(case: Case) -> str:
    """The address dialled with the right number, where no address of a node was shown: it may well be one."""
    known = case.dial.kind in ("stranger", "name") and case.dial.address
    return curl(case.dial.address or "", min(case.node_ports)) if known else ""
