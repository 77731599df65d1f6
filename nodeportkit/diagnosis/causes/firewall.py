"""A firewall or security group drops the node port."""

from __future__ import annotations

from collections.abc import Iterator

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.diagnosis.telling import from_the_node
from nodeportkit.standings.wording import listed

__all__ = ["CAUSE", "find"]

CAUSE = Cause("firewall", 19, ("timeout",))


def find(case: Case) -> Iterator[Finding]:
    """No object tells of it: the node port answers on the node, and is silent from outside."""
    if case.symptom != "timeout" or case.client.kind != "outside" or not case.node_ports or case.wrong_number:
        return
    if case.dial.kind in ("pod", "cluster-ip", "loopback"):
        return
    numbers = [case.dial.port] if case.dial.port in case.node_ports else sorted(case.node_ports)
    node = case.dial.node or next(iter(case.entry_nodes), None)
    row = case.node_named(node) if node else None
    address = next(iter((row or {}).get("internal_ips") or ()), None) or case.dial.address
    verify = from_the_node(node, address, numbers[0]) if node and address else "kubectl get nodes -o wide"
    protocol = next(iter(case.ports[0].ports["protocol"].dropna()), "TCP") if case.ports else "TCP"
    tried = bool(node and address)
    yield CAUSE.possible(
        object=f"Node {node}" if node else "Nodes", evidence=f"nothing in the objects drops {listed([str(n) for n in numbers])}",
        explanation="Silence from outside is mostly a firewall or security group before the node. "
        + (f"Try from the node itself: if it answers there, open {protocol} {listed([str(n) for n in numbers])} to the clients:"
           if tried else "To try from a node itself, see which there are:"),
        verify=verify,
    )  # fmt: skip
