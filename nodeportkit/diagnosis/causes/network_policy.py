"""A NetworkPolicy keeps the client out, or the node whose address the pod sees after source NAT."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.diagnosis.telling import labels
from nodeportkit.kube.network_policy import Peer, admits, isolating
from nodeportkit.standings.facts import Facts, true
from nodeportkit.standings.wording import agree, listed

__all__ = ["CAUSE", "find"]

CAUSE = Cause("network-policy", 52, ("timeout",))
_MOST_NODES: Final = 100


@dataclass(frozen=True, slots=True)
class _Way:
    """One way of a connection: its entry node, the pod, whom the pod sees, and what the policies say of that."""

    entry: str
    pod: str
    peer: str
    admitted: bool | None
    policies: tuple[str, ...]


def find(case: Case) -> Iterator[Finding]:
    """Each way from the nodes dialled to the pods, with the address that the pod sees."""
    if case.headless or case.wrong_number or case.dial.kind in ("pod", "loopback"):
        return
    if not case.collected("policies"):
        if case.symptom == "timeout":
            yield CAUSE.possible(
                object=f"Namespace {case.namespace}", evidence="the NetworkPolicies were not shown",
                explanation="A NetworkPolicy that does not admit the client, or the nodes after source NAT, drops packets in silence. "
                "Paste what this prints:",
                verify=case.command("get networkpolicies", "-o", "yaml"),
            )  # fmt: skip
        return
    if case.symptom not in (None, "timeout"):
        return
    for port in case.ports:
        ways = list(_ways(case, port))
        blocked = [way for way in ways if way.admitted is False]
        unknown = [way for way in ways if way.admitted is None]
        if blocked:
            yield _told(case, port, blocked, whole=len(blocked) == len(ways))
        elif unknown and case.symptom:
            way = unknown[0]
            yield CAUSE.possible(
                object=f"NetworkPolicy {case.namespace}/{way.policies[0]}", field="spec.ingress",
                evidence=f"{listed(way.policies)} {agree(len(way.policies), 'selects', 'select')} {way.pod}; whether it admits {way.peer} was not shown",
                explanation="Whether the policy admits the client depends on its address, or on labels that were not shown. "
                "Say source=, or see the policy:",
                verify=case.command("describe networkpolicy", way.policies[0]),
            )  # fmt: skip


def _told(case: Case, port: Facts, blocked: list[_Way], *, whole: bool) -> Finding:
    way = blocked[0]
    entries, pods = sorted({each.entry for each in blocked if each.entry}), sorted({each.pod for each in blocked})
    pod_labels: Any = next(iter(case.pods.loc[true(case.pods["name"].eq(way.pod)), "labels"]), {})
    chosen = f"pods with {labels(pod_labels)}" if isinstance(pod_labels, Mapping) and len(pod_labels) < 4 else way.pod
    through = f" from {listed(entries)}" if entries else ""
    return CAUSE.fact(
        object=f"NetworkPolicy {case.namespace}/{way.policies[0]}", field="spec.ingress",
        evidence=f"{listed(way.policies)} {agree(len(way.policies), 'selects', 'select')} {chosen}, and no rule admits {way.peer}"
        f" to port {_number(port)}; blocked: {listed(pods)}{through}",
        explanation="The network drops what no rule of the policies admits. A node port's connections reach a pod with "
        + ("the client's own address. " if "client" in way.peer else "the address of the node they came in at (source NAT), not the client's. ")
        + "Admit that range with an ipBlock in the policy:",
        fix=case.command("edit networkpolicy", way.policies[0]), partial=not whole,
    )  # fmt: skip


def _number(port: Facts) -> str:
    numbers = port.used["pod_port"].dropna()
    return str(numbers.iloc[0]) if len(numbers) else str(port.ports["target_port"].iloc[0])


def _ways(case: Case, port: Facts) -> Iterator[_Way]:
    pods = case.cluster.pods
    by_name: dict[Any, Any] = {}
    for _, end in port.used.iterrows():
        found = (
            pods[true(pods["namespace"].eq(case.namespace) & pods["name"].eq(end["pod"]))]
            if pd.notna(end["pod"])
            else pods.iloc[:0]
        )
        if (
            len(found)
            and isinstance(found.iloc[0]["labels"], Mapping)
            and not true(found["host_network"]).any()
            and pd.notna(end["pod_port"])
        ):
            by_name[end["pod_ip"]] = (found.iloc[0], end)
    if not by_name:
        return
    isolated = {ip: isolating(case.cluster.policies, case.namespace, pod["labels"]) for ip, (pod, _) in by_name.items()}
    if all(policies.empty for policies in isolated.values()):
        return
    if pd.isna(port.ports["node_port"].iloc[0]) or case.client.kind == "pod":
        # Straight to the cluster IP: the pod sees the client, if that is a pod.
        if case.client.namespace is not None:
            peer = Peer(case.client.address, case.client.namespace, case.client.labels)
            for ip, (pod, end) in by_name.items():
                yield _way(
                    case, isolated[ip], pod, end, "", peer, "the client", own=pod["node"] == case.client.node and False
                )
        return
    for node in case.entry_nodes[:_MOST_NODES]:
        traced = case.traced(port, node)
        if traced is None or traced.verdict != "FORWARD":
            continue
        for address, masqueraded in zip(traced.endpoints["address"], traced.endpoints["masquerade"], strict=True):
            ip = str(address).rpartition(":")[0].strip("[]")
            if ip not in by_name:
                continue
            pod, end = by_name[ip]
            at = _address_of(case, node, ip)
            of_node = bool(masqueraded) or case.client.kind == "node"
            entry = node if bool(masqueraded) else case.client.node or node
            peer = Peer(at if bool(masqueraded) else case.client.address or (at if of_node else None))
            words = (
                f"{entry} ({peer.address})"
                if of_node
                else f"the client{f' ({peer.address})' if peer.address else ', which is outside the cluster'}"
            )
            yield _way(case, isolated[ip], pod, end, node, peer, words, own=of_node and entry == pod["node"])


def _way(
    case: Case, policies: pd.DataFrame, pod: Any, end: Any, entry: str, peer: Peer, words: str, *, own: bool
) -> _Way:
    """Traffic from the pod's own node is always admitted."""
    protocol = end["protocol"] if isinstance(end["protocol"], str) else "TCP"
    containers = case.declared
    rows = (
        containers["pod"].eq(pod["name"])
        & containers["container_port"].eq(end["pod_port"])
        & containers["protocol"].eq(protocol)
    )
    names = [name for name in containers.loc[true(rows), "port_name"].dropna() if name]
    allowed = own or admits(policies, peer, int(end["pod_port"]), protocol, names=names)
    return _Way(entry, str(pod["name"]), words, allowed, tuple(str(name) for name in policies["name"]))


def _address_of(case: Case, node: str, like: str) -> str | None:
    """The node's address of the family of a pod's."""
    row = case.node_named(node) or {}
    return next((ip for ip in row.get("internal_ips") or () if (":" in ip) == (":" in like)), None)
