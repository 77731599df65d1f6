"""The number of the node port is in use on the node for something else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.diagnosis.telling import change, free_node_port
from nodeportkit.standings.facts import Facts, true
from nodeportkit.standings.wording import command

__all__ = ["CAUSE", "find"]

CAUSE = Cause(
    "port-range-overlap",
    24,
    ("refused", "http", "reset", "timeout"),
    "something else on the nodes uses the number of its node port",
)
_EPHEMERAL: Final = "32768-60999"  # kernel.org, Documentation/networking/ip-sysctl.rst
_FINISHED: Final = ("Succeeded", "Failed")


def find(case: Case) -> Iterator[Finding]:
    """A pod's hostPort, a port of a pod on the host's network, or the range that the node dials out from."""
    for port in case.ports:
        number = port.ports["node_port"].iloc[0]
        if not isinstance(number, int) and not str(number).isdecimal():
            continue
        yield from _held_by_pods(case, port, int(number))
        yield from _ephemeral(case, port, int(number))


def _ephemeral(case: Case, port: Facts, number: int) -> Iterator[Finding]:
    """The range that nodes dial out from: as the kernel said, or as it is by default."""
    told = case.cluster.host.ephemeral_ports
    first, last = (int(each) for each in (told or _EPHEMERAL).split("-"))
    if not first <= number <= last:
        return
    field = case.field(port, "nodePort")
    free = free_node_port(case, number)
    said = {
        "object": case.object, "field": field,
        "explanation": f"Connections that the node itself makes take their ports from {first} to {last}: now and then the node "
        "port meets one of them. Give the service another node port:",
        "fix": change(case, port, "nodePort", free) if free else "", "partial": True,
    }  # fmt: skip
    if told:
        yield CAUSE.fact(**said, evidence=f"{field}={number}; net.ipv4.ip_local_port_range={first} {last}")
    else:
        evidence = f"{field}={number}; Linux begins at {first} unless it is set otherwise"
        yield CAUSE.hint(**said, evidence=evidence, verify="sysctl net.ipv4.ip_local_port_range")


def _held_by_pods(case: Case, port: Facts, number: int) -> Iterator[Finding]:
    pods = case.cluster.pods
    live = pods[~pods["phase"].isin(_FINISHED).to_numpy(dtype=bool)]
    if case.symptom in ("refused", "reset") and len(port.used) and live["host_network"].isna().any():
        of_node = ["--field-selector", f"spec.nodeName={case.dial.node}"] if case.dial.node else []
        yield CAUSE.possible(
            object=case.object, field=case.field(port, "nodePort"),
            evidence=f"{case.field(port, 'nodePort')}={number}; which ports pods hold on the host was not shown",
            explanation="A pod with the same hostPort, or on the host's network with the same port, meets the node port. "
            "Paste what this prints:",
            verify=command("get pods", "default", "-A", *of_node, "-o", "json"), partial=True,
        )  # fmt: skip
    if case.dial.node is not None:
        live = live[true(live["node"].eq(case.dial.node) | live["node"].isna())]
    protocol = port.ports["protocol"].fillna("TCP").iloc[0]
    containers = case.cluster.containers
    rows = containers[true(containers["host_port"].eq(number) | containers["container_port"].eq(number))]
    rows = rows[rows["protocol"].fillna("TCP").eq(protocol).to_numpy(dtype=bool)]
    if rows.empty:
        return
    found = rows.merge(
        live[["namespace", "name", "node", "host_network"]],
        left_on=["namespace", "pod"],
        right_on=["namespace", "name"],
    )
    found = found[true(found["host_port"].eq(number)) | true(found["host_network"])]
    if found.empty:
        return
    first = found.iloc[0]
    pod = f"{first['namespace']}/{first['pod']}"
    by_host_port = bool(true(found["host_port"].eq(number))[0])
    how = f"hostPort {number}" if by_host_port else f"port {number} on the host's network"
    free = free_node_port(case, number)
    yield CAUSE.fact(
        object=f"Pod {pod}", field="spec.containers[].ports[].hostPort" if by_host_port else "spec.hostNetwork",
        evidence=f"{case.field(port, 'nodePort')}={number}; {pod}{'' if not isinstance(first['node'], str) else ' on ' + first['node']} has {how}"
        + (f", and {len(found) - 1} more" if len(found) > 1 else ""),
        explanation="Two want one number on one node: who gets a connection depends on whose rule comes first. "
        "Give the service another node port:",
        fix=change(case, port, "nodePort", free) if free else "", partial=True,
    )  # fmt: skip
