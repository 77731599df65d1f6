"""A node is ready, and no kube-proxy works there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pandas as pd

from nodeportkit.diagnosis.case import Case
from nodeportkit.diagnosis.finding import Cause, Finding
from nodeportkit.diagnosis.once import proxies
from nodeportkit.kube.proxy_pods import runs_proxy
from nodeportkit.standings.facts import mask, true
from nodeportkit.standings.parts import part
from nodeportkit.standings.wording import listed

__all__ = ["CAUSE", "find"]

CAUSE = Cause("kube-proxy-down", 22, ("refused", "timeout"), "kube-proxy does not work on a node")
_LIST: Final = "kubectl get pods -n kube-system -l k8s-app=kube-proxy -o wide"


def find(case: Case) -> Iterator[Finding]:
    """Only in a cluster that runs kube-proxy pods: k3s has it in its agent, and other programs may replace it."""
    if case.headless or not case.node_ports or case.wrong_number:
        return
    pods = proxies(case.cluster)
    wanted = (
        set(case.entry_nodes)
        if case.dial.node is not None or case.dial.kind in ("nothing", "stranger", "name")
        else set()
    )
    if pods.empty:
        unseen = part(case.cluster, "pods", "kube-system").empty
        if case.dial.node is not None and case.symptom in CAUSE.symptoms and unseen:
            yield CAUSE.possible(
                object=f"Node {case.dial.node}", evidence="the pods of kube-system were not shown",
                explanation="Where kube-proxy does not run, nobody opens the node port. Paste what this prints:", verify=_LIST,
                place=56,
            )  # fmt: skip
        return
    nodes = case.cluster.nodes
    up = nodes[true(nodes["ready"]) & mask(runs_proxy(labels) for labels in nodes["labels"])]
    serving = set(pods.loc[true(pods["ready"]) | pods["ready"].isna().to_numpy(), "node"].dropna())
    if pods["node"].isna().all():
        return
    without = [str(name) for name in up["name"] if name not in serving and name in wanted]
    if not without:
        return
    shown = [_state(pods, name) for name in without[:3]]
    elsewhere = bool(wanted - set(without))  # other nodes serve, and nobody said that one of these was dialled
    yield CAUSE.fact(
        object=f"Node {without[0]}", field="", evidence="; ".join(shown),
        explanation=f"kube-proxy does not work on {listed(without)}: nobody there turns the node port into connections to pods, "
        f"or keeps its rules up to date.{' Other nodes answer.' if elsewhere or case.dial.node else ''} Restart it:",
        verify=f"kubectl describe pods -n kube-system -l k8s-app=kube-proxy --field-selector spec.nodeName={without[0]}"
        if pods["node"].eq(without[0]).any()
        else _LIST,
        fix="kubectl rollout restart daemonset -n kube-system kube-proxy",
        partial=elsewhere, aside=elsewhere,
    )  # fmt: skip


def _state(pods: pd.DataFrame, node: str) -> str:
    here = pods[true(pods["node"].eq(node))]
    if here.empty:
        return f"no kube-proxy pod on {node}, which is Ready"
    pod = here.iloc[0]
    status = "" if pd.isna(pod["status"]) else f" ({pod['status']})"
    return f"Pod kube-system/{pod['name']} on {node} is not ready{status}"
