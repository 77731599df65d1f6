"""Under externalTrafficPolicy Local, the node dialled has no pod of its own to send to."""

from __future__ import annotations

from collections.abc import Iterator

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.diagnosis.telling import curl, patch
from nodeportkit.standings.entry import without_local_pod
from nodeportkit.standings.facts import Facts
from nodeportkit.standings.wording import listed

__all__ = ["CAUSE", "find"]

CAUSE = Cause(
    "local-policy-no-local-pod",
    50,
    ("timeout",),
    "a node without a pod of its own drops what comes (externalTrafficPolicy: Local)",
)


def find(case: Case) -> Iterator[Finding]:
    """What kube-proxy of that node does with the packet; load balancers leave such nodes out by themselves."""
    if case.row["external_traffic_policy"] is None:
        yield from _unseen(case)
    if case.row["external_traffic_policy"] != "Local" or case.wrong_number or not case.node_ports:
        return
    for port in case.ports:
        if port.used.empty:
            continue
        if port.used["pod_node"].isna().any():
            yield CAUSE.possible(
                object=case.object, field="spec.externalTrafficPolicy", evidence="on which nodes its pods are was not shown",
                explanation="With externalTrafficPolicy: Local a node sends only to its own pods. Paste what this prints:",
                verify=case.listing("pods", "-o", "wide"),
            )  # fmt: skip
            continue
        yield from _at_node(case, port) if case.dial.node is not None else _anywhere(case, port)


def _unseen(case: Case) -> Iterator[Finding]:
    """Tables do not show the policy: it may be what somebody met where a node has no pod, or where that is not known."""
    if case.symptom != "timeout" or case.wrong_number or not case.node_ports or not _from_outside(case):
        return
    if case.type == "LoadBalancer" and case.dial.node is None:
        return  # what balances leaves such nodes out by itself
    for port in case.ports:
        if port.used.empty and not case.split_told:
            continue
        known = len(port.used) > 0 and port.used["pod_node"].notna().all()
        blocked = without_local_pod(port) if known else []
        if known and len(case.cluster.nodes) and not set(blocked) & set(case.entry_nodes):
            continue
        shown = [
            case.split_told,
            f"no ready pod is on {listed([n for n in blocked if n in case.entry_nodes])}" if blocked else "",
        ]
        where = "".join(f"; {each}" for each in shown if each)
        yield CAUSE.possible(
            object=case.object, field="spec.externalTrafficPolicy", evidence=f"the policy was not shown{where}",
            explanation="With externalTrafficPolicy: Local a node that has no pod of its own drops what comes. "
            "Paste what this prints:",
            verify=case.command("get service", case.name, "-o", "yaml"), place=17 if where else 51,
        )  # fmt: skip
        return


def _from_outside(case: Case) -> bool:
    """Whether a client outside dialled nodes, or what stands before them."""
    elsewhere = case.dial.kind in ("pod", "cluster-ip", "external-ip", "load-balancer", "loopback")
    return case.client.kind == "outside" and not elsewhere


def _at_node(case: Case, port: Facts) -> Iterator[Finding]:
    node = str(case.dial.node)
    decided = case.decided(port, node)
    dropped = (
        decided.verdict == "DROP"
        if decided is not None
        else node in without_local_pod(port) and case.client.kind == "outside"
    )
    if not dropped:
        return
    on = sorted(port.used["pod_node"].dropna().unique())
    yield CAUSE.fact(
        object=case.object, field="spec.externalTrafficPolicy",
        evidence=f"spec.externalTrafficPolicy=Local; its pods are on {listed(on)}, none on {node}",
        explanation=f"With externalTrafficPolicy: Local a node sends only to its own pods, and drops what comes where it has none. "
        f"Dial {listed(on, 'or')}, run a pod on every node, or send to all (pods then see a node's address as the client's):",
        fix=patch(case, {"externalTrafficPolicy": "Cluster"}),
    )  # fmt: skip


def _anywhere(case: Case, port: Facts) -> Iterator[Finding]:
    """No node was dialled: the policy is meant so, and still may be what somebody met."""
    if case.type == "LoadBalancer" or not _from_outside(case):
        return
    blocked = [name for name in without_local_pod(port) if name in case.entry_nodes]
    if not blocked:
        return
    row = case.node_named(blocked[0]) or {}
    address, number = next(iter(row.get("internal_ips") or ()), None), port.ports["node_port"].iloc[0]
    told = CAUSE.hint if case.symptom == "timeout" else CAUSE.possible
    yield told(
        object=case.object, field="spec.externalTrafficPolicy",
        evidence=f"spec.externalTrafficPolicy=Local; no ready pod on {listed(blocked)}",
        explanation=f"Nodes send only to their own pods: {listed(blocked)} drop what comes. If one of these was dialled, dial "
        "another, or send to all:",
        fix=patch(case, {"externalTrafficPolicy": "Cluster"}), verify=curl(address, int(number)) if address else "", partial=True,
    )  # fmt: skip
