"""Traffic between nodes is broken: the network plug-in, its overlay's port, or the packet size."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.diagnosis.telling import from_the_node
from nodeportkit.standings.facts import Facts, true

__all__ = ["CAUSE", "find"]

CAUSE = Cause("cross-node-network", 54, ("timeout",), "packets between nodes are lost")


def find(case: Case) -> Iterator[Finding]:
    """No object tells of it; tries that reach only the pod's own node point to it."""
    if case.symptom != "timeout" or case.wrong_number or case.headless or len(case.cluster.nodes) < 2:
        return
    if case.dial.kind in ("pod", "loopback"):
        return
    for port in case.ports:
        if not (found := _across(case, port)):
            if case.split_told and port.used.empty:
                yield _unseen(case)
                return
            continue
        entry, pod_node, ip, number = found
        known = ip is not None and number is not None
        told, shown = CAUSE.possible, f"connections that enter at {entry} go on to a pod on {pod_node}"
        place = CAUSE.place
        if case.split_told:
            shown, place = f"{case.split_told}; {shown}", 18
            on, (good, silent) = set(port.used["pod_node"].dropna()), case.split
            # Under policy Local it would be by design.
            by_network = case.row["external_traffic_policy"] == "Cluster" and set(good) <= on and not on & set(silent)
            told = CAUSE.hint if by_network else CAUSE.possible
        yield told(
            object=f"Node {entry}", evidence=shown,
            explanation="If only connections whose pod is on the entry node get through, packets between nodes are lost: see the "
            "network plug-in's pods, the port of its overlay (VXLAN 8472 or 4789, UDP) in firewalls, and its MTU. "
            + ("Try a pod of another node from this one:" if known else "To try a pod of another node, see their addresses and port:"),
            verify=from_the_node(entry, str(ip), int(number or 0)) if known else case.listing("endpointslices"),
            place=place,
        )  # fmt: skip
        return


def _across(case: Case, port: Facts) -> tuple[str, str, str | None, int | None] | None:
    """An entry node that sends to a pod of another node: its name and that of the other, the pod's address and port."""
    for node in case.entry_nodes[:10]:
        decided = case.decided(port, node)
        for end in decided.endpoints if decided is not None else ():
            if end.node is not None and end.node != node:
                return node, end.node, end.address, end.port
        if decided is None and case.row["external_traffic_policy"] != "Local":
            away = port.used[true(port.used["pod_node"].ne(node))]
            for on, ip, number in away[["pod_node", "pod_ip", "pod_port"]].itertuples(index=False):
                return node, str(on), None if pd.isna(ip) else str(ip), None if pd.isna(number) else int(number)
    return None


def _unseen(case: Case) -> Finding:
    """Some nodes answer and others do not, while it was not shown which pods are behind it."""
    return CAUSE.possible(
        object=f"Node {case.split[1][0]}", evidence=f"{case.split_told}; which pods are behind it was not shown", place=18,
        explanation="If only the nodes answer that have a pod of it, packets between nodes are lost, or the policy is Local. "
        "Paste what this prints:",
        verify=case.command("get services,pods,endpointslices", "-o", "wide", "--show-labels"),
    )  # fmt: skip
