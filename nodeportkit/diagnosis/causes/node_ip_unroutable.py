"""An address was dialled that is not a node's, or that the client cannot reach."""

from __future__ import annotations

from collections.abc import Iterator

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.diagnosis.telling import right_way
from nodeportkit.kube.service_ports import family_of
from nodeportkit.standings.facts import mask, true
from nodeportkit.standings.wording import listed

__all__ = ["CAUSE", "find"]

CAUSE = Cause("node-ip-unroutable", 14, ("timeout", "refused"), "the address dialled does not lead to a node")


def find(case: Case) -> Iterator[Finding]:
    """Addresses of pods and cluster IPs exist inside the cluster only."""
    dial, nodes = case.dial, case.cluster.nodes
    addresses = [
        ip
        for column in ("internal_ips", "external_ips")
        for ips in nodes[column]
        if isinstance(ips, list)
        for ip in ips
    ]
    shown = f"addresses of nodes: {listed(addresses, most=6)}" if addresses else "the nodes' addresses were not shown"
    if dial.kind in ("pod", "cluster-ip") and case.client.kind == "outside" and not dial.on_node:
        whose = "pod" if dial.kind == "pod" else "cluster IP of service"
        # Who is refused on a cluster IP was answered by a kube-proxy: it does not stand outside.
        inside = dial.kind == "cluster-ip" and case.symptom == "refused" and dial.port not in case.node_ports
        told = CAUSE.possible if inside else CAUSE.fact
        yield told(
            object=f"{'Pod' if dial.kind == 'pod' else 'Service'} {dial.of}",
            field="status.podIPs" if dial.kind == "pod" else "spec.clusterIPs",
            evidence=f"dialled {dial}, the {whose} {dial.of}; {shown}",
            explanation="That address exists inside the cluster only. From outside, dial a node's address and the node port:",
            fix=right_way(case), verify="" if addresses else "kubectl get nodes -o wide",
        )  # fmt: skip
    elif dial.kind == "stranger" and not addresses and (pod := _endpoint(case)):
        yield CAUSE.possible(
            object=pod, field="status.podIPs",
            evidence=f"dialled {dial}, the address of {pod}; whether it is on the host's network was not shown",
            explanation="A pod's own address exists inside the cluster only, and pods listen on their own ports there, not on the node "
            "port. Dial a node's address, which this prints:",
            verify="kubectl get nodes -o wide",
        )  # fmt: skip
    elif dial.kind == "stranger" and addresses and not dial.on_node and case.symptom in (None, *CAUSE.symptoms):
        # Tables show the first address of a node: one of the other family it may have besides.
        unsure = dial.family not in {family_of(ip) for ip in addresses} and nodes["pod_cidrs"].isna().any()
        if unsure and not case.symptom:
            return
        told = CAUSE.possible if unsure else CAUSE.hint
        yield told(
            object=f"Node {nodes['name'].dropna().iloc[0]}" if len(nodes) == 1 else "Nodes", field="status.addresses",
            evidence=f"dialled {dial}; {shown}",
            explanation="No node says that it has this address. A public address that is translated on its way to a node can "
            "still work; else dial an address of a node:",
            fix=right_way(case), verify=f"kubectl get nodes -o {'yaml' if unsure else 'wide'}",
        )  # fmt: skip


def _endpoint(case: Case) -> str:
    """The pod of the namespace, or the endpoint of the service, that has the address dialled; "" for none, and for several."""
    pods, ends = case.facts.all_pods, case.facts.ends
    address = case.dial.address
    if address is None or case.symptom not in CAUSE.symptoms or case.client.kind != "outside" or case.dial.on_node:
        return ""
    own = pods[mask(isinstance(ips, list) and address in ips for ips in pods["ips"]) & ~true(pods["host_network"])]
    if len(own) == 1:
        return f"Pod {case.namespace}/{own['name'].iloc[0]}"
    return f"an endpoint of {case.object}" if own.empty and true(ends["pod_ip"].eq(address)).any() else ""
