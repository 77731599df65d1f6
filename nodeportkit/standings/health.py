"""A chain that holds, and one that should."""

from __future__ import annotations

import pandas as pd

from nodeportkit.standings.entry import without_local_pod
from nodeportkit.standings.facts import Facts, true
from nodeportkit.standings.result import Standing
from nodeportkit.standings.wording import agree, all_of, command, listed, some

__all__ = ["drifted", "healthy", "misnamed"]


def misnamed(facts: Facts) -> Standing | None:
    """Somebody wrote the endpoints by hand, for a port of another name than the service's."""
    if facts.selector != {} or facts.endpoints.empty:
        return None
    port = facts.ports.iloc[0]
    theirs = [f"“{name}”" if name else "no name" for name in facts.endpoints["port_name"].fillna("").unique()]
    ours = f"“{port['port_name']}”" if isinstance(port["port_name"], str) and port["port_name"] else "no name"
    return facts.broken(
        "slice-drift", "pods", f"{facts.subject} answers nobody: its endpoints are for another port",
        f"The service's port has {ours}, those of its endpoints {listed(theirs)}.".replace("has “", "is “"),
        "kube-proxy pairs the ports of slices and services by name and protocol. Give both the same name:",
        verify=command("get endpointslices", facts.namespace, "-l", f"kubernetes.io/service-name={facts.name}", "-o", "yaml"),
    )  # fmt: skip


def drifted(facts: Facts) -> Standing:
    """Pods match, yet the endpoints were printed as none: the prints are of two moments, or the slices lag behind."""
    count = len(facts.running)
    return facts.broken(
        "slice-drift", "pods", f"{facts.subject} answers nobody: it has no endpoints",
        f"{some(count, 'pod')} {agree(count, 'matches', 'match')}, and no endpoint was there.",
        "If pods and endpoints were printed at different moments, print both again:",
        verify=command("get endpointslices,pods", facts.namespace, "-o", "wide", "--show-labels"),
    )  # fmt: skip


def healthy(facts: Facts) -> Standing:
    """Connections to the node port reach pods; say how many, and which are left out."""
    used, behind = facts.counts()
    if not facts.counted:
        how_many = f"at least {used:,} {agree(used, 'pod', 'pods')}" if used else "pods, how many was not shown"
        return facts.whole(f"{facts.subject} reaches {how_many}")
    on = facts.used["pod_node"]
    where = "" if on.isna().any() else f" on {on.nunique():,} {agree(on.nunique(), 'node', 'nodes')}"
    title = f"{facts.subject} reaches {used:,} of {behind:,} {agree(behind, 'pod', 'pods')}{where}"
    said = [*_being_deleted(facts, used), *_not_ready(facts, behind - used), *_without_port(facts)]
    if blocked := _blocked_if_local(facts):
        nobody = f"{listed(blocked)} {agree(len(blocked), 'answers', 'answer')} nobody"
        said.append(f"Whether its external traffic policy is Local was not shown; if it is, {nobody}. See:")
        yaml = command("get service", facts.namespace, facts.name, "-o", "yaml")
        return facts.whole(title, " ".join(said), verify=yaml)
    return facts.whole(title, " ".join(said))


def _being_deleted(facts: Facts, used: int) -> list[str]:
    """That the pods that get connections are about to go."""
    if true(facts.used["ready"]).any():
        return []
    still = agree(used, "is being deleted, and still serves", "are being deleted, and still serve")
    return [f"{all_of(used, 'pod')} {still}."]


def _not_ready(facts: Facts, count: int) -> list[str]:
    """How many pods get no connections, and which, if all are known."""
    if not count:
        return []
    idle = sorted(facts.ends.loc[~facts.ends.index.isin(facts.used.index), "pod"].dropna().unique())
    names = f": {listed(idle)}" if len(idle) == count else ""
    return [f"{some(count, 'pod')} {agree(count, 'gets', 'get')} nothing, not being ready{names}."]


def _without_port(facts: Facts) -> list[str]:
    """Which pods have no endpoint for this port, because they lack the named port."""
    if not true(facts.ends["derived"]).any():
        return []
    addressed = [not isinstance(ips, list) or bool(ips) for ips in facts.running["ips"]]
    pods = sorted(set(facts.running.loc[addressed, "name"].dropna()) - set(facts.ends["pod"].dropna()))
    if not pods:
        return []
    port, gets = facts.ports["target_port"].iloc[0], agree(len(pods), "gets", "get")
    return [f"{some(len(pods), 'pod')} {gets} nothing, for want of a port named {port}: {listed(pods)}."]


def _blocked_if_local(facts: Facts) -> list[str]:
    """The nodes that would reach no pod under a policy that was not shown."""
    shown = pd.notna(facts.service["external_traffic_policy"]) or facts.type != "NodePort"
    return [] if shown or facts.used["pod_node"].isna().any() else without_local_pod(facts)
