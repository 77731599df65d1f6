"""Who gets an answer at which node: asked of `trace`, once for each node and kind of client."""

from __future__ import annotations

import ipaddress
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from nodeportkit.chains import select_port
from nodeportkit.errors import NodePortKitError
from nodeportkit.figures.known import pods_known
from nodeportkit.traffic.tracing import Tracer

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster

__all__ = ["CLIENTS", "WORDS", "Answer", "Row", "Scene", "build"]

CLIENTS: Final = ("client outside", "pod", "the node itself")
WORDS: Final = {
    "FORWARD": "answers",
    "REJECT": "refused",
    "DROP": "timeout",
    "UNHANDLED": "not handled",
    "": "not known",
}
_MOST: Final = 14
# Addresses reserved for documentation (RFC 5737, RFC 3849) stand for clients outside.
_OUTSIDE: Final = {4: "203.0.113.1", 6: "2001:db8:ffff::1"}
_STRANGER: Final = {4: "198.51.100.1", 6: "2001:db8:fffe::1"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict of `trace` ("": not known), and how many endpoints it may go to."""

    verdict: str
    endpoints: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """An entry node, or several that answer alike, and what each of `CLIENTS` gets there.

    Attributes
    ----------
    name, detail
        What stands in the picture: its name and address, or how many nodes it stands for.
    answers
        One for each of `CLIENTS`.
    node, address
        The node that was asked, and its address; "" if that was not shown.
    sources
        The address of each of `CLIENTS`.
    """

    name: str
    detail: str
    answers: tuple[Answer, ...]
    node: str
    address: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """The answers of all nodes."""

    title: str
    subtitle: str
    number: str
    protocol: str
    rows: tuple[Row, ...]


def build(cluster: Cluster, service: str, port: int | str | None) -> Scene:
    """What is to be shown of one node port of a service: the first, if no other is asked for."""
    namespace, name = cluster.key(service)
    ports = cluster.ports
    mine = (ports["namespace"].eq(namespace) & ports["service"].eq(name)).fillna(False).to_numpy(dtype=bool)
    found = select_port(ports[mine], port, service)
    opened = found[found["node_port"].notna()]
    if opened.empty:
        raise NodePortKitError(
            f"service {service!r} has no node port: no node answers for it", hint="Ask about a service with one."
        )
    chosen = opened.iloc[0]
    number, protocol = int(chosen["node_port"]), str(chosen["protocol"]) if pd.notna(chosen["protocol"]) else "TCP"
    if cluster.nodes.empty:
        raise NodePortKitError("no nodes were shown", hint="Add what `kubectl get nodes -o wide` prints.")
    tracer = Tracer(cluster) if pods_known(cluster, f"{namespace}/{name}") else None
    rows = [_row(cluster, tracer, node, number, protocol) for node in cluster.nodes.to_dict("records")]
    return Scene(
        title=_title(rows, number, name if tracer is None else ""),
        subtitle=_subtitle(cluster, namespace, name, number, protocol),
        number=str(number),
        protocol=protocol,
        rows=tuple(_folded(rows)),
    )


def _row(cluster: Cluster, tracer: Tracer | None, node: Any, number: int, protocol: str) -> Row:
    """What each client gets at a node; without a tracer, nobody can tell."""
    ips = node["internal_ips"]
    if not isinstance(ips, list) or not ips:
        return Row(str(node["name"]), "address not shown", (Answer(""),) * len(CLIENTS), str(node["name"]))
    if tracer is None:
        return Row(str(node["name"]), ips[0], (Answer(""),) * len(CLIENTS), str(node["name"]), ips[0])
    version = ipaddress.ip_address(ips[0]).version
    ranges = [ipaddress.ip_network(text, strict=False) for text in cluster.proxy.cluster_cidrs]
    pods = next((str(net.network_address + 1) for net in ranges if net.version == version), _STRANGER[version])
    answers = []
    sources = (_OUTSIDE[version], pods, ips[0])
    for source in sources:
        asked = tracer.decide(source=source, destination=ips[0], port=number, protocol=protocol, node=str(node["name"]))
        answers.append(Answer(asked.verdict, len(asked.endpoints)))
    return Row(str(node["name"]), ips[0], tuple(answers), str(node["name"]), ips[0], sources)


def _folded(rows: list[Row]) -> list[Row]:
    """Of many nodes, those that answer alike together."""
    if len(rows) <= _MOST:
        return rows
    groups: dict[tuple[Answer, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(row.answers, []).append(row)
    return [
        mine[0] if len(mine) == 1 else replace(mine[0], name=f"{len(mine):,} nodes", detail=f"{mine[0].name} …")
        for _, mine in sorted(groups.items(), key=lambda group: len(group[1]))
    ]


def _title(rows: list[Row], number: int, unknown: str) -> str:
    """The answer; `unknown` is the service of which nobody can tell which pods are behind it, or ""."""
    if unknown:
        return f"Whether any node answers on {number} is not known: which pods are behind {unknown} was not shown"
    every = Counter(answer.verdict for row in rows for answer in row.answers)
    outside = [row.answers[0].verdict == "FORWARD" for row in rows]
    if set(every) == {"FORWARD"}:
        return f"{'Every node answers' if len(rows) > 1 else f'{rows[0].name} answers'} everyone on {number}"
    if set(every) == {"REJECT"}:
        return f"No node answers on {number}: every connection is refused"
    if set(every) == {"DROP"}:
        return f"No node answers on {number}: every connection times out"
    if "" in every:
        return f"Whether every node answers on {number} is not known: addresses were not shown"
    if all(outside):
        return f"Every node answers clients outside on {number}, but not everyone else"
    missed = [row for row, answered in zip(rows, outside, strict=True) if not answered]
    if len(missed) == 1 and len(rows) > 1:
        return f"{missed[0].name} does not answer clients outside on {number}: {_happens(missed[0])}"
    return f"{sum(outside):,} of {len(rows):,} nodes answer clients outside on {number}"


def _happens(row: Row) -> str:
    return {"REJECT": "they are refused", "DROP": "they wait in vain"}.get(
        row.answers[0].verdict, "kube-proxy does not handle it"
    )


def _subtitle(cluster: Cluster, namespace: str, name: str, number: int, protocol: str) -> str:
    services = cluster.services
    mine = services["namespace"].eq(namespace) & services["name"].eq(name)
    policy = services[mine.fillna(False).to_numpy(dtype=bool)].iloc[0]["external_traffic_policy"]
    told = (
        "externalTrafficPolicy not shown, taken as Cluster" if pd.isna(policy) else f"externalTrafficPolicy: {policy}"
    )
    ranges = ", ".join(cluster.proxy.cluster_cidrs)
    pods = f"pods are {ranges}" if ranges else "kube-proxy was not told which addresses are pods"
    return f"{namespace}/{name}, {told}. Each dials its node's own address, {number}/{protocol}; {pods}"
