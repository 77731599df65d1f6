"""kube-proxy does not serve node ports on that address of the node."""

from __future__ import annotations

from collections.abc import Iterator

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.diagnosis.telling import right_way
from nodeportkit.kube.packets.destinations import accepts_node_ports
from nodeportkit.kube.service_ports import family_of
from nodeportkit.traffic.seen_by import family_node

__all__ = ["CAUSE", "find"]

CAUSE = Cause(
    "node-address-not-served", 17, ("refused", "timeout"), "the node does not serve node ports on the address dialled"
)


def find(case: Case) -> Iterator[Finding]:
    """What the mode and the settings of kube-proxy say of the address; both, where the mode was not shown."""
    dial = case.dial
    at_node = dial.on_node or case.client.kind == "node" or dial.kind == "node"
    if dial.address is None or not at_node or not case.node_ports or case.wrong_number:
        return
    if dial.kind not in ("loopback", "node"):
        return
    row = case.node or (case.node_named(case.client.node) if case.client.node else None)
    if row is None or row["internal_ips"] is None:
        if dial.kind != "loopback":
            return
        row = {"internal_ips": [], "external_ips": []}
    if dial.kind == "node" and dial.address not in row["internal_ips"]:
        return
    node = family_node(row, family_of(dial.address), case.cluster.proxy)
    modes = [case.mode] if case.mode else ["iptables", "nftables", "ipvs"]
    answers = {mode: accepts_node_ports(dial.address, node, mode) for mode in modes}
    reasons = [why for serves, why in answers.values() if not serves]
    if not reasons:
        return
    way = next((ip for ip in row["internal_ips"] if family_of(ip) == family_of(dial.address)), None)
    certain = len(reasons) == len(answers)
    told = CAUSE.fact if certain else CAUSE.possible
    yield told(
        object=f"Node {dial.node or case.client.node or ''}".strip(), field="status.addresses",
        evidence=f"dialled {dial}; kube-proxy's mode {f'is {case.mode}' if case.mode else 'was not shown'}; {reasons[0]}",
        explanation="kube-proxy takes node port traffic only on some addresses of a node: " + "; ".join(dict.fromkeys(reasons))
        + f". Dial the node's main address{f', {way}' if way else ''}:",
        fix=right_way(case),
        verify="" if certain else "kubectl get configmap -n kube-system kube-proxy -o yaml",
    )  # fmt: skip
