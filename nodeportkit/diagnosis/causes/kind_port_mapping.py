"""A kind cluster dialled on 127.0.0.1: its nodes are containers, and their ports stay inside unless they are mapped."""

from __future__ import annotations

import re
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
    """What kind was told to map stands in its own configuration, not in the cluster."""
    shown = is_kind(case.cluster)
    dialled = case.dial.kind == "loopback" and not case.dial.on_node and case.client.kind == "outside"
    if not shown or not dialled or case.symptom in ("http", "uneven"):
        return
    node = str(case.cluster.nodes["name"].iloc[0])
    numbers = sorted(case.node_ports)
    port = case.facts.ports["port"].dropna()
    number = case.dial.port or next(iter(numbers), 0)
    yield CAUSE.hint(
        object=f"Node {node}", field="spec.providerID", evidence=f"dialled {case.dial}; {shown}",
        explanation="The nodes of a kind cluster are containers: a node port is on 127.0.0.1 only if the cluster was made with "
        f"extraPortMappings (containerPort {numbers[0] if numbers else number}). Make it again with these, or open a tunnel:",
        fix=case.command("port-forward", f"service/{case.name}", f"{number}:{int(port.iloc[0]) if len(port) else number}"),
        verify=f"docker port {node}",
    )  # fmt: skip
