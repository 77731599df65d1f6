"""A kind cluster dialled on 127.0.0.1: its nodes are containers, and their ports stay inside unless they are mapped."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any, Final

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding

__all__ = ["CAUSE", "find", "is_kind"]

CAUSE = Cause(
    "kind-port-mapping", 15, ("refused", "reset", "timeout"), "kind does not map the node port to this machine"
)
# kind names its nodes after the cluster: NAME-control-plane, NAME-worker, NAME-worker2.
_NAMES: Final = re.compile(r"(?P<name>.+)-(?:control-plane|worker)\d*")


def is_kind(case: Case) -> str:
    """What shows that kind made the cluster; "" if nothing does."""
    nodes = case.cluster.nodes
    for name, provider in zip(nodes["name"], nodes["provider_id"], strict=True):
        if isinstance(provider, str) and provider.startswith("kind://"):
            return f"Node {name}: spec.providerID={provider}"
    names = case.node_names
    found: list[Any] = [_NAMES.fullmatch(name) for name in names]
    alike = bool(found) and all(found) and len({each["name"] for each in found}) == 1
    planes = [name for name in names if name.endswith("-control-plane")]
    if alike and planes and nodes["provider_id"].isna().all():
        return f"node {names[0]} is named as kind names its nodes"
    return ""


def find(case: Case) -> Iterator[Finding]:
    """What kind was told to map stands in its own configuration, and in what docker prints, not in the cluster."""
    shown = is_kind(case)
    dialled = case.dial.kind == "loopback" and not case.dial.on_node and case.client.kind == "outside"
    if dialled and not case.node_names and case.symptom in CAUSE.symptoms:
        yield CAUSE.possible(
            object="Nodes", field="spec.providerID", evidence=f"dialled {case.dial}; the nodes were not shown",
            explanation="If this is a kind cluster, its node ports are on 127.0.0.1 only where extraPortMappings put them. "
            "Paste what this prints:",
            verify="kubectl get nodes -o wide",
        )  # fmt: skip
    if not shown or not dialled or case.symptom in ("http", "uneven"):
        return
    host, node = case.cluster.host, case.node_names[0]
    numbers = sorted(case.node_ports)
    mapped = [at for number in numbers for at in host.mapped(number)]
    if any(at.rpartition(":")[2] == str(case.dial.port) for at in mapped):
        return
    ports = case.facts.ports["port"].dropna()
    number = case.dial.port or next(iter(numbers), 30000)
    said = {
        "object": f"Node {node}", "field": "spec.providerID",
        "explanation": "The nodes of a kind cluster are containers: a node port is on 127.0.0.1 only if the cluster was made with "
        f"extraPortMappings (containerPort {numbers[0] if numbers else number}). Make it again with these, or open a tunnel:",
        "fix": case.command("port-forward", f"service/{case.name}", f"{number}:{int(ports.iloc[0]) if len(ports) else number}"),
    }  # fmt: skip
    if mapped:
        at = mapped[0].rpartition(":")[2]
        words = f"This machine's port {at} leads to the node port, not {case.dial.port}. Dial that:"
        fix = f"curl -m 5 http://127.0.0.1:{at}/"
        evidence = f"dialled {case.dial}; docker maps {', '.join(mapped)}"
        yield CAUSE.fact(**(said | {"evidence": evidence, "explanation": words, "fix": fix}))
    elif host.port_mappings is not None:
        others = f"docker maps {', '.join(host.port_mappings)}" if host.port_mappings else "docker maps no port"
        yield CAUSE.fact(**said, evidence=f"dialled {case.dial}; {shown}; {others}")
    else:
        yield CAUSE.hint(**said, evidence=f"dialled {case.dial}; {shown}", verify=shlex.join(["docker", "port", node]))
