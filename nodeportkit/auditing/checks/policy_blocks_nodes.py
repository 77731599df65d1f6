"""policy-blocks-nodes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from nodeportkit.auditing.arrays import true
from nodeportkit.auditing.check import Check
from nodeportkit.auditing.finding import Finding
from nodeportkit.auditing.words import first_of_many, names, port_text
from nodeportkit.kube.columns import objects
from nodeportkit.kube.network_policy import Peer, admits
from nodeportkit.kube.service_ports import family_of
from nodeportkit.standings.wording import agree, command

if TYPE_CHECKING:
    from nodeportkit.auditing.scene import Scene

__all__ = ["CHECK"]


def _look(scene: Scene) -> Iterator[Finding]:
    seen: set[int] = set()
    judged: dict[tuple[object, ...], dict[str, None]] = {}
    for row in _kinds(scene).itertuples(index=False):
        at, pod, number, protocol = int(str(row.service)), int(str(row.pod)), int(str(row.number)), str(row.protocol)
        policies, called = scene.isolating[pod], scene.port_names(pod, number, protocol)
        key = (policies, number, protocol, called, row.family)
        if at in seen:
            continue
        if key not in judged:
            refused = _refused(scene, policies, number, protocol, called, str(row.family))
            judged[key] = dict.fromkeys(refused)
        # What enters at the pod's own node is always admitted.
        count = len(judged[key]) - (row.node in judged[key])
        if count:
            seen.add(at)
            first = [name for name in islice(judged[key], 6) if name != row.node]
            yield _finding(scene, at, policies, first_of_many(first, count, 3), port_text(number, protocol))


def _kinds(scene: Scene) -> pd.DataFrame:
    """Endpoints behind node ports with policy Cluster that a policy isolates: two of each kind, on two nodes if there are."""
    reach, pod = scene.reach, scene.pod_of_link
    policies = np.full(len(scene.pods) + 1, -1, dtype=np.int64)
    numbers: dict[tuple[int, ...], int] = {}
    for one, chosen in scene.isolating.items():
        policies[one] = numbers.setdefault(chosen, len(numbers))
    exposed = np.zeros(len(scene.ports), dtype=np.bool_)
    exposed[scene.exposed] = True
    masked = scene.services["external_traffic_policy"].eq("Cluster").fillna(False).to_numpy(dtype=bool)
    rows = reach.used & (policies[pod] >= 0) & exposed[reach.at] & masked[scene.service_of_port[reach.at]]
    # Pods on the host's network are beyond policies with nearly every network plug-in.
    rows &= ~np.append(true(scene.pods["host_network"]), True)[pod]
    links = reach.links[["protocol", "pod_port", "pod_ip", "pod_node"]]
    rows &= links[["pod_port", "pod_ip"]].notna().all(axis="columns").to_numpy()
    links = links[rows]
    found = pd.DataFrame(
        {
            "service": scene.service_of_port[reach.at[rows]],
            "policies": policies[pod[rows]],
            "number": links["pod_port"].to_numpy(np.int64),
            "protocol": links["protocol"].fillna("TCP").to_numpy(dtype=object),
            "family": np.where([":" in ip for ip in links["pod_ip"]], "IPv6", "IPv4"),
            "node": links["pod_node"].fillna("").to_numpy(dtype=object),
            "pod": pod[rows],
        }
    ).sort_values(["service", "node"], kind="stable")
    kind = ["service", "policies", "number", "protocol", "family"]
    return found[~found.duplicated(kind) | ~found.duplicated(kind, keep="last")]


def _finding(scene: Scene, at: int, policies: Sequence[int], refused: str, port: str) -> Finding:
    which = [str(scene.cluster.policies["name"].iloc[policy]) for policy in policies]
    return scene.of_service(
        at,
        "spec.ingress",
        f"{'NetworkPolicy' if len(which) == 1 else 'NetworkPolicies'} {names(which)} {agree(len(which), 'admits', 'admit')} nobody "
        f"with the address of a node to {port} of its pods. That is whom they see under policy Cluster: connections that enter "
        f"at another node than the pod's ({refused}) are dropped.",
        command("edit networkpolicy", scene.service_names[at][0], which[0]),
    )


def _refused(
    scene: Scene, policies: Sequence[int], number: int, protocol: str, called: Sequence[str], family: str
) -> list[str]:
    """The nodes that policies do not admit for certain."""
    chosen: pd.DataFrame = scene.cluster.policies.take(list(policies))
    nodes, ips = objects(scene.nodes["name"]), objects(scene.nodes["internal_ips"])
    peers = [(str(name), own[0]) for name, own in zip(nodes, _of_family(ips, family), strict=True) if own]
    anybody = admits(chosen, Peer(), number, protocol, names=called)
    if anybody is True:
        return []
    if anybody is False:
        return [name for name, _ in peers]
    return [name for name, ip in peers if admits(chosen, Peer(ip), number, protocol, names=called) is False]


def _of_family(ips: np.ndarray, family: str) -> list[list[str]]:
    return [[ip for ip in own if family_of(ip) == family] if isinstance(own, list) else [] for own in ips]


CHECK = Check(
    title="NetworkPolicy that keeps nodes out",
    about=(
        "Under externalTrafficPolicy Cluster pods see the address of the entry node. A policy that admits pods by their labels "
        "but not the nodes' addresses drops what comes by node port, except at the pod's own node."
    ),
    certainty="fact",
    severity="error",
    needs=("services", "pods", "nodes", "policies"),
    look=_look,
)
