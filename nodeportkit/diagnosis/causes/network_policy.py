"""A NetworkPolicy keeps the client out, or the node whose address the pod sees after source NAT."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.diagnosis.telling import labels
from nodeportkit.kube.columns import cell_lists
from nodeportkit.kube.network_policy import Peer, admits, isolating, labels_of_namespace
from nodeportkit.kube.service_ports import family_of
from nodeportkit.standings.facts import Facts, true
from nodeportkit.standings.wording import agree, listed

__all__ = ["CAUSE", "find"]

CAUSE = Cause("network-policy", 52, ("timeout",), "a NetworkPolicy drops the connections")
_MOST_NODES: Final = 100
_MOST_BLOCKS: Final = 8  # in a command that is to be read before it is typed


@dataclass(frozen=True, slots=True)
class _Way:
    """One way of a connection: its entry node, the pod, whom the pod sees and where, and what the policies say of that."""

    entry: str
    pod: str
    peer: str
    address: str | None
    admitted: bool | None
    policies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Pod:
    """A pod that gets connections: where, under which names its port is declared, and the policies that isolate it."""

    name: str
    node: str | None
    ip: str
    port: int
    protocol: str
    port_names: frozenset[str]
    policies: pd.DataFrame


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
    if case.symptom not in (None, "timeout") or not true(case.cluster.policies["namespace"].eq(case.namespace)).any():
        return
    for port in case.ports:
        ways = list(_ways(case, port))
        blocked = [way for way in ways if way.admitted is False]
        unknown = [way for way in ways if way.admitted is None]
        if blocked:
            yield _told(case, port, blocked, whole=2 * len(blocked) >= len(ways))
        elif unknown and case.symptom:
            way = unknown[0]
            yield CAUSE.possible(
                object=f"NetworkPolicy {case.namespace}/{way.policies[0]}", field="spec.ingress",
                evidence=f"{listed(way.policies)} {agree(len(way.policies), 'selects', 'select')} {way.pod}; whether it admits {way.peer} was not shown",
                explanation="Whether the policy admits the client depends on its address, or on labels that were not shown. "
                "Say who dials (source=, --from), or see the policy:",
                verify=case.command("describe networkpolicy", way.policies[0]),
            )  # fmt: skip


def _told(case: Case, port: Facts, blocked: list[_Way], *, whole: bool) -> Finding:
    way = blocked[0]
    entries, pods = sorted({each.entry for each in blocked if each.entry}), sorted({each.pod for each in blocked})
    pod_labels: Any = next(iter(case.pods.loc[true(case.pods["name"].eq(way.pod)), "labels"]), {})
    chosen = f"pods with {labels(pod_labels)}" if isinstance(pod_labels, Mapping) and len(pod_labels) < 4 else way.pod
    fix = _way_in(case, port, blocked)
    through = f" from {listed(entries)}" if entries else ""
    return CAUSE.fact(
        object=f"NetworkPolicy {case.namespace}/{way.policies[0]}", field="spec.ingress",
        evidence=f"{listed(way.policies)} {agree(len(way.policies), 'selects', 'select')} {chosen}, and no rule admits {way.peer}"
        f" to port {_number(port)}; blocked: {listed(pods)}{through}",
        explanation="The network drops what no rule of the policies admits. A node port's connections reach a pod with "
        + ("the client's own address. " if "client" in way.peer else "the address of the node they came in at (source NAT), not the client's. ")
        + ("Admit that range with an ipBlock in the policy:" if fix.startswith("kubectl edit") else "Let the policy admit it:"),
        fix=fix, partial=not whole,
    )  # fmt: skip


def _way_in(case: Case, port: Facts, blocked: list[_Way]) -> str:
    """The command that adds a rule for whom the policies block: for all nodes, where it is one of them.

    An editor for many, where addresses are not known, and for pods, whose addresses pass.
    """
    name, addresses = blocked[0].policies[0], {each.address for each in blocked if each.address}
    of_nodes = {ip for ips in case.cluster.nodes["internal_ips"] if isinstance(ips, list) for ip in ips}
    if addresses & of_nodes:
        families = {family_of(ip) for ip in addresses}
        addresses |= {ip for ip in of_nodes if family_of(ip) in families}
    rows = case.cluster.policies
    rules: Any = rows.loc[true(rows["namespace"].eq(case.namespace) & rows["name"].eq(name)), "ingress"].iloc[0]
    number, protocol = port.used["pod_port"].dropna(), port.ports["protocol"].iloc[0]
    known = isinstance(rules, list) and number.nunique() == 1 and all(each.address for each in blocked)
    if not known or case.client.kind == "pod" or len(addresses) > _MOST_BLOCKS:
        return case.command("edit networkpolicy", name)
    rule = {
        "from": [{"ipBlock": {"cidr": f"{ip}/{128 if ':' in ip else 32}"}} for ip in sorted(addresses)],
        "ports": [{"port": int(number.iloc[0]), "protocol": "TCP" if pd.isna(protocol) else protocol}],
    }
    added: dict[str, Any] = {"op": "add", "path": "/spec/ingress/-", "value": rule}
    if not rules:  # it may have no list to add to
        added |= {"path": "/spec/ingress", "value": [rule]}
    return case.command("patch networkpolicy", name, "--type", "json", "-p", json.dumps([added]))


def _number(port: Facts) -> str:
    numbers = port.used["pod_port"].dropna()
    return str(numbers.iloc[0]) if len(numbers) else str(port.ports["target_port"].iloc[0])


def _ways(case: Case, port: Facts) -> Iterator[_Way]:
    """Every way from a node dialled to a pod that policies isolate or not; none where no pod is isolated."""
    pods = {pod.ip: pod for pod in _pods(case, port)}
    if all(pod.policies.empty for pod in pods.values()):
        return
    client = case.client
    seen = Peer(
        client.address, client.namespace, client.labels, labels_of_namespace(case.cluster.namespaces, client.namespace)
    )
    if client.kind == "pod" and (case.dial.kind == "cluster-ip" or not case.node_ports):
        # Straight to the cluster IP: the pods see the client as it is.
        for pod in pods.values():
            yield _way(pod, "", seen, f"the client{f' ({client.address})' if client.address else ''}", own=False)
        return
    for node in case.entry_nodes[:_MOST_NODES]:
        decided = case.decided(port, node)
        for end in decided.endpoints if decided is not None else ():
            if (found := pods.get(end.address)) is None:
                continue
            if decided is not None and (decided.masquerade or end in decided.hairpins):
                peer = Peer(_address_of(case, node, end.address))
                yield _way(found, node, peer, f"{node} ({peer.address})", own=node == found.node)
            else:
                words = (
                    f"the client ({client.address})" if client.address else "the client, which is outside the cluster"
                )
                yield _way(found, node, seen, words, own=client.kind == "node" and client.node in (None, found.node))


def _way(pod: _Pod, entry: str, peer: Peer, words: str, *, own: bool) -> _Way:
    """Traffic from the pod's own node is always admitted."""
    admitted = own or admits(pod.policies, peer, pod.port, pod.protocol, names=pod.port_names)
    return _Way(entry, pod.name, words, peer.address, admitted, tuple(str(name) for name in pod.policies["name"]))


def _pods(case: Case, port: Facts) -> Iterator[_Pod]:
    """The pods that get connections, with the policies that isolate them; those on the host's network are beyond policies."""
    ends = port.used.dropna(subset=["pod", "pod_ip", "pod_port"])
    pods = case.facts.pods
    rows = {row["name"]: row for row in cell_lists(pods, ("name", "node", "labels", "host_network"))}
    found: dict[str, pd.DataFrame] = {}  # of each set of labels
    for name, ip, number, protocol in ends[["pod", "pod_ip", "pod_port", "protocol"]].itertuples(index=False):
        row = rows.get(name)
        if row is None or row["host_network"] or not isinstance(row["labels"], Mapping):
            continue
        key = str(sorted(row["labels"].items()))
        if key not in found:
            found[key] = isolating(case.cluster.policies, case.namespace, row["labels"])
        protocol = "TCP" if pd.isna(protocol) else protocol
        names = frozenset() if found[key].empty else _names(case, name, int(number), protocol)
        yield _Pod(name, row["node"], ip, int(number), protocol, names, found[key])


def _names(case: Case, pod: str, number: int, protocol: str) -> frozenset[str]:
    """The names under which a pod declares a port."""
    rows = case.declared
    mine = rows["pod"].eq(pod) & rows["container_port"].eq(number) & rows["protocol"].eq(protocol)
    return frozenset(rows.loc[true(mine), "port_name"].dropna()) - {""}


def _address_of(case: Case, node: str, like: str) -> str | None:
    """The node's address of the family of a pod's."""
    row = case.node_named(node) or {}
    return next((ip for ip in row.get("internal_ips") or () if (":" in ip) == (":" in like)), None)
