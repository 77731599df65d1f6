"""A kind cluster dialled on 127.0.0.1: its nodes are containers, and their ports stay inside unless they are mapped."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any, Final

from nodeportkit.cluster import Cluster
from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding

__all__ = ["CAUSE", "find", "is_kind"]

CAUSE = Cause("kind-port-mapping", 15, ("refused", "reset", "timeout"))
# kind names its nodes after the cluster: NAME-control-plane, NAME-worker, NAME-worker2.
_NAMES: Final = re.compile(r"(?P<name>.+)-(?:control-plane|worker)\d*")


def is_kind(cluster: Cluster) -> str:
    """What shows that kind made the cluster; "" if nothing does."""
    nodes = cluster.nodes
    for name, provider in zip(nodes["name"], nodes["provider_id"], strict=True):
        if isinstance(provider, str) and provider.startswith("kind://"):
            return f"Node {name}: spec.providerID={provider}"
    found: list[Any] = [_NAMES.fullmatch(str(name)) for name in nodes["name"]]
    alike = bool(found) and all(found) and len({each["name"] for each in found}) == 1
    planes = [name for name in nodes["name"] if str(name).endswith("-control-plane")]
    if alike and planes and nodes["provider_id"].isna().all():
        return f"node {nodes['name'].iloc[0]} is named as kind names its nodes"
    return ""


def find(case: Case) -> Iterator[Finding]:
    """What kind was told to map stands in its own configuration, and in what docker prints, not in the cluster."""
    shown = is_kind(case.cluster)
    dialled = case.dial.kind == "loopback" and not case.dial.on_node and case.client.kind == "outside"
    if not shown or not dialled or case.symptom in ("http", "uneven"):
        return
    host, node = case.cluster.host, str(case.cluster.nodes["name"].iloc[0])
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
