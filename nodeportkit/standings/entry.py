"""Causes at the entry: no node port, nodes that are down, nodes that have no pod of their own."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nodeportkit.kube.routing import usable
from nodeportkit.standings.facts import Facts, true
from nodeportkit.standings.result import Standing
from nodeportkit.standings.wording import command, listed

__all__ = ["local_policy_no_local_pod", "node_not_ready", "not_exposed", "ports_not_shown", "without_local_pod"]


def not_exposed(facts: Facts) -> Standing | None:
    """The service has no node port: its type gives it none, or it was told to have none."""
    says = f"{facts.subject} opens no port on the nodes"
    if facts.type == "ExternalName":
        target = facts.service["external_name"]
        other = "a name outside" if pd.isna(target) else str(target)
        return facts.broken(
            "not-exposed", "service", f"{says}: it is another name for {other}",
            "An ExternalName service forwards nothing.", "It is an alias in the cluster's DNS.",
        )  # fmt: skip
    if facts.ports["node_port"].notna().any():
        return None
    ips = facts.service["cluster_ips"]
    if isinstance(ips, list) and ips[:1] == ["None"]:
        return facts.broken(
            "not-exposed", "node", f"{says}: it is headless",
            "A headless service has neither cluster IP nor node port.",
            "Its name gives the addresses of the pods themselves. Expose them by a second service:",
            fix=command("expose service", facts.namespace, facts.name, f"--name={facts.name}-nodeport", "--type=NodePort"),
        )  # fmt: skip
    if facts.type == "ClusterIP":
        return facts.broken(
            "not-exposed", "node", f"{says}: it is of type ClusterIP", "A ClusterIP service has no node port.",
            "It is reached from inside the cluster only. Make it a NodePort service:",
            fix=command("patch service", facts.namespace, facts.name, "-p", '{"spec": {"type": "NodePort"}}'),
        )  # fmt: skip
    if facts.type == "LoadBalancer" and isinstance(ips, list) and len(facts.ports):
        return facts.broken(
            "not-exposed", "node", f"{says}: it was told to allocate none",
            "allocateLoadBalancerNodePorts is false.",
            "The load balancer reaches the pods by itself. To have node ports as well:",
            fix=command("patch service", facts.namespace, facts.name, "-p", '{"spec": {"allocateLoadBalancerNodePorts": true}}'),
        )  # fmt: skip
    return None


def ports_not_shown(facts: Facts) -> Standing | None:
    """Too little of the service was shown to follow it anywhere."""
    if len(facts.ports) and not (facts.type is None and facts.ports["node_port"].isna().all()):
        return None
    return facts.unknown(
        "Its type and ports were not shown." if facts.type is None else "Its ports were not shown.",
        "Paste what this prints:",
        command("get service", facts.namespace, facts.name, "-o", "yaml"),
    )


def node_not_ready(facts: Facts) -> Standing | None:
    """Every pod that gets connections is on a node that is not ready, though its containers still say they are."""
    nodes = facts.cluster.nodes
    down = set(nodes.loc[true(nodes["ready"].eq(False)), "name"])
    ends = facts.used if len(facts.used) else facts.ends
    on = set(ends["pod_node"].fillna(""))
    # Of the pods of a node that it lost, the control plane says that they are not ready, whatever their containers say.
    if not on or not on <= down or not (len(facts.used) or _containers_ready(facts)):
        return None
    names = sorted(on)
    return facts.broken(
        "node-not-ready", "node", f"{facts.subject} answers nobody: its pods are on nodes that are not ready",
        f"{listed(names)} {'is' if len(names) == 1 else 'are'} not ready.",
        "What such a node says of its pods is old. See what is wrong with it:",
        verify=f"kubectl describe node {names[0]}", blocked_nodes=tuple(names),
    )  # fmt: skip


def _containers_ready(facts: Facts) -> bool:
    """Whether all containers of every pod behind the service are ready."""
    pods = facts.all_pods[true(facts.all_pods["name"].isin(facts.ends["pod"].dropna()))]
    ready = true(pods["ready_containers"].eq(pods["containers"]) & pods["containers"].gt(0))
    return bool(len(pods)) and bool(ready.all())


def local_policy_no_local_pod(facts: Facts) -> Standing | None:
    """Under external traffic policy Local, some nodes have no pod of their own to send to.

    Behind a load balancer this is no fault: it asks the nodes, and leaves out those without a pod.
    """
    policy = facts.service["external_traffic_policy"]
    if pd.isna(policy) or policy != "Local" or facts.type == "LoadBalancer":
        return None
    nodes = facts.cluster.nodes
    if facts.used["pod_node"].isna().any() or nodes["name"].isna().all():
        pods = facts.used["pod_node"].isna().any()
        return facts.unknown(
            "On which nodes its pods are was not shown." if pods else "The nodes were not shown.",
            "With externalTrafficPolicy: Local a node sends only to its own pods. Paste what this prints:",
            command("get pods", facts.namespace, "-o", "wide") if pods else "kubectl get nodes -o wide",
            title=f"On which nodes {facts.subject} answers cannot be told yet",
        )
    blocked = without_local_pod(facts)
    if not blocked:
        return None
    return facts.broken(
        "local-policy-no-local-pod", "node",
        f"{facts.subject} answers on {len(nodes) - len(blocked):,} of {len(nodes):,} nodes: "
        f"{'the other has' if len(blocked) == 1 else 'the others have'} no pod of it that is ready",
        f"On {listed(blocked)} there is no ready pod.",
        "With externalTrafficPolicy: Local a node sends only to its own pods. Run a pod on every node, or send to all:",
        fix=command("patch service", facts.namespace, facts.name, "-p", '{"spec": {"externalTrafficPolicy": "Cluster"}}'),
        blocked_nodes=tuple(blocked),
    )  # fmt: skip


def without_local_pod(facts: Facts) -> list[str]:
    """The names of the nodes that have no pod of their own to send to."""
    nodes = facts.cluster.nodes
    served = usable(facts.ends.rename(columns={"pod_node": "node"}), nodes, "Local").any(axis=1)
    return [str(name) for name in nodes["name"].to_numpy(dtype=object)[~np.asarray(served)]]
