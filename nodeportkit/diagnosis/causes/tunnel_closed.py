"""127.0.0.1 was dialled from outside the node, and nothing is open there."""

from __future__ import annotations

from collections.abc import Iterator

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.causes.kind_port_mapping import is_kind
from nodeportkit.diagnosis.causes.minikube_driver import is_minikube
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.diagnosis.telling import right_way

__all__ = ["CAUSE", "find"]

CAUSE = Cause("tunnel-closed", 16, ("refused", "reset"), "no tunnel is open on the address dialled")


def find(case: Case) -> Iterator[Finding]:
    """Whether a tunnel is open stands in no object; that the address is the client's own is certain."""
    dialled = case.dial.kind == "loopback" and not case.dial.on_node and case.client.kind == "outside"
    if not dialled or is_kind(case) or case.symptom not in (None, *CAUSE.symptoms):
        return
    ports = case.facts.ports["port"].dropna()
    number = int(ports.iloc[0]) if len(ports) else 80
    if is_minikube(case.cluster):
        fix = case.command("service", case.name, "--url").replace("kubectl", "minikube", 1)
    else:
        fix = case.command("port-forward", f"service/{case.name}", f"{case.dial.port or number}:{number}")
    way = right_way(case)
    # Without a node's name nobody knows whether it is a kind cluster, which needs no tunnel.
    told = CAUSE.hint if case.symptom and case.node_names else CAUSE.possible
    yield told(
        object=case.object, field="", evidence=f"dialled {case.dial}, the client's own machine",
        explanation="On this address a cluster answers only through a tunnel (kubectl port-forward, minikube service), and only "
        "while that runs. Open one" + (", or dial a node's address:" if way else ":"),
        fix=fix, alternative=way,
    )  # fmt: skip
