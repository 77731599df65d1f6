"""The node dialled is not ready, or every pod is on nodes that are not."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.standings.wording import listed

__all__ = ["CAUSE", "find"]

CAUSE = Cause("node-not-ready", 20, ("timeout", "refused"), "a node is not ready")


def find(case: Case) -> Iterator[Finding]:
    """Other nodes that are not ready do not matter."""
    node = case.node
    if node is not None and node["ready"] is not None and not node["ready"]:
        yield CAUSE.fact(
            object=f"Node {node['name']}", field="status.conditions[type=Ready]", evidence=f"{node['name']} is NotReady",
            explanation="The node dialled is not ready: what runs there, kube-proxy among it, may be down. Dial another node, "
            "and see what is wrong with this one:",
            verify=shlex.join(["kubectl", "describe", "node", str(node["name"])]),
        )  # fmt: skip
    elif case.dial.on_node and node is None and case.symptom:
        yield CAUSE.possible(
            object=f"Node {case.dial.node}", field="status.conditions[type=Ready]", evidence="the nodes were not shown",
            explanation="Whether the node dialled is ready was not shown. Paste what this prints:",
            verify="kubectl get nodes -o wide",
        )  # fmt: skip
    for port in case.ports:
        about, standing = case.judged(port)
        if about == "node-not-ready":
            nodes = [str(name) for name in standing.blocked_nodes]
            yield CAUSE.fact(
                object=f"Node {nodes[0]}", field="status.conditions[type=Ready]",
                evidence=f"{listed(nodes)} {'is' if len(nodes) == 1 else 'are'} NotReady; no pod of the service is elsewhere",
                explanation="Every pod of the service is on a node that is not ready. "
                "What such a node says of its pods is old. See what is wrong with it:",
                verify=shlex.join(["kubectl", "describe", "node", nodes[0]]),
            )  # fmt: skip
