"""A firewall or security group drops the node port."""

from __future__ import annotations

from collections.abc import Iterator

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.diagnosis.telling import from_the_node
from nodeportkit.standings.wording import listed

__all__ = ["CAUSE", "find"]

CAUSE = Cause("firewall", 19, ("timeout",), "a firewall drops the node port")


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
    tried, here = bool(node and address), _here(case)
    yield CAUSE.possible(
        object=f"Node {node}" if node else "Nodes", evidence=here or f"nothing in the objects drops {listed([str(n) for n in numbers])}",
        place=55 if case.split_told else CAUSE.place,
        explanation=_advice(protocol, [str(n) for n in numbers], tried=tried, here=bool(here)),
        verify=verify,
    )  # fmt: skip


def _here(case: Case) -> str:
    """That the node port answered on the node itself."""
    good = [each for each in case.tries if not each.symptom and each.address in ("127.0.0.1", "localhost", "::1")]
    return f"{good[-1].address}:{good[-1].port} answered on the node itself" if good else ""


def _advice(protocol: str, numbers: list[str], *, tried: bool, here: bool) -> str:
    if here:
        return f"What stands before the node drops it: open {protocol} {listed(numbers)} in its firewall or security group."
    silence = "Silence from outside is mostly a firewall or security group before the node. "
    if not tried:
        return f"{silence}To try from a node itself, see which there are:"
    return f"{silence}Try from the node itself: if it answers there, open {protocol} {listed(numbers)} to the clients:"
