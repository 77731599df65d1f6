"""The frames of a cluster as checks need them: which row belongs to which, and who selects whom."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from nodeportkit.auditing.arrays import Mask, Pairs, label_keys, mask, true
from nodeportkit.auditing.words import as_labels
from nodeportkit.kube.columns import objects
from nodeportkit.kube.endpoints.numbering import Positions, positions
from nodeportkit.kube.proxy_pods import is_proxy
from nodeportkit.selectors import LabelIndex

if TYPE_CHECKING:
    from nodeportkit.cluster import Cluster

__all__ = ["Ground"]

_FINISHED: Final = ("Succeeded", "Failed")


class Ground:
    """A cluster, and which of its objects belong together.

    Attributes
    ----------
    services, ports, pods, nodes
        The frames of the cluster.
    live
        The positions of the pods that have not finished.
    """

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.services, self.ports = cluster.services, cluster.ports
        self.pods, self.nodes = cluster.pods, cluster.nodes
        self.live = np.flatnonzero(~self.pods["phase"].isin(_FINISHED).to_numpy(dtype=bool))

    @cached_property
    def service_names(self) -> list[tuple[str, str]]:
        """Namespace and name of each service."""
        columns = (self.services[name].fillna("").astype(str) for name in ("namespace", "name"))
        return list(zip(*columns, strict=True))

    @cached_property
    def service_of_port(self) -> Positions:
        """The position of the service that each port is of."""
        return positions(self.ports[["namespace", "service"]], self.services[["namespace", "name"]])

    @cached_property
    def selectors(self) -> list[dict[str, str] | None]:
        """The selector of each service, {} where it has none, None where it was not shown or does not count."""
        kinds, selectors = objects(self.services["type"]), objects(self.services["selector"])
        return [
            selector if isinstance(selector, dict) and kind != "ExternalName" else None
            for kind, selector in zip(kinds, selectors, strict=True)
        ]

    @cached_property
    def headless(self) -> Mask:
        """Which services have no cluster IP, and are not meant to."""
        return mask(isinstance(ips, list) and ips[:1] == ["None"] for ips in objects(self.services["cluster_ips"]))

    @cached_property
    def policy_selectors(self) -> list[Mapping[str, Any] | None]:
        """The pod selector of each NetworkPolicy; None where it was not shown."""
        return [s if isinstance(s, Mapping) else None for s in objects(self.cluster.policies["pod_selector"])]

    @cached_property
    def index(self) -> LabelIndex:
        """The labels of the live pods."""
        live = self.pods.take(self.live)
        keys = {
            key for selector in [*self.selectors, *self.policy_selectors] if selector for key in label_keys(selector)
        }
        return LabelIndex(objects(live["labels"]), objects(live["namespace"]), keys=keys)

    def select(self, namespaces: pd.Series[Any], selectors: list[Any], *, empty: bool) -> Pairs:
        """The live pods that each selector matches in its namespace; an empty one selects all pods, or none."""
        found = _select(self.index, namespaces, selectors, empty=empty)
        return Pairs(found.left, self.live[found.pod])

    @cached_property
    def matched(self) -> Pairs:
        """The live pods that each service selects."""
        return self.select(self.services["namespace"], self.selectors, empty=False)

    @cached_property
    def fitting(self) -> Pairs:
        """Services, and (as `pod`) the workloads whose pods they would select."""
        workloads = self.cluster.workloads
        keys = {key for selector in self.selectors if selector for key in selector}
        index = LabelIndex(objects(workloads["template_labels"]), objects(workloads["namespace"]), keys=keys)
        return _select(index, self.services["namespace"], self.selectors, empty=False)

    @cached_property
    def templated(self) -> Pairs:
        """Those of them that no other workload has: a Deployment, not its ReplicaSets."""
        alone = self.cluster.workloads["owner_name"].isna().to_numpy(dtype=bool)
        return self.fitting.where(alone[self.fitting.pod])

    def workload_for(self, at: int) -> tuple[str, str, int | None]:
        """Kind, name and replicas of the first workload whose pods a service would select."""
        row = self.cluster.workloads.iloc[self.templated.pod[np.searchsorted(self.templated.left, at)]]
        return str(row["kind"]), str(row["name"]), None if pd.isna(row["desired"]) else int(row["desired"])

    @cached_property
    def staying(self) -> Pairs:
        """Those of them that are not being deleted."""
        return self.matched.where(~true(self.pods["terminating"])[self.matched.pod])

    @cached_property
    def labels_known(self) -> Mask:
        """In the namespace of which services the labels of all live pods were shown."""
        namespaces = objects(self.services["namespace"])
        unsure = {name for name in set(namespaces) if isinstance(name, str) and len(self.index.unknown(name))}
        return mask(name not in unsure for name in namespaces)

    @cached_property
    def exposed(self) -> Positions:
        """The positions of the service ports that have a node port."""
        return np.flatnonzero(self.ports["node_port"].notna().to_numpy() & (self.service_of_port >= 0))

    @cached_property
    def kube_proxies(self) -> Positions:
        """The live pods that are kube-proxies."""
        live = self.pods.take(self.live)
        own = live["namespace"].eq("kube-system").fillna(False).to_numpy(dtype=bool)
        called = mask(map(is_proxy, objects(live["name"]), objects(live["labels"])))
        return self.live[own & called]

    @cached_property
    def node_of_pod(self) -> Positions:
        """The position of each pod's node, -1 where it is not known."""
        return positions(self.pods[["node"]], self.nodes[["name"]])

    @cached_property
    def policed(self) -> Pairs:
        """NetworkPolicies and the live pods that they select."""
        return self.select(self.cluster.policies["namespace"], self.policy_selectors, empty=True)

    def label(self, at: int) -> str:
        """A service as messages call it: `shop/web`."""
        return "/".join(self.service_names[at])

    def selector_text(self, at: int) -> str:
        """The selector of a service as kubectl takes it."""
        return as_labels(self.selectors[at] or {})


def _select(index: LabelIndex, namespaces: pd.Series[Any], selectors: list[Any], *, empty: bool) -> Pairs:
    found = [
        index.matching(namespace, selector)
        if isinstance(selector, Mapping) and (selector or empty) and isinstance(namespace, str)
        else np.empty(0, np.int64)
        for namespace, selector in zip(objects(namespaces), selectors, strict=True)
    ]
    counts = np.fromiter(map(len, found), np.int64, len(found))
    return Pairs(np.repeat(np.arange(len(found)), counts), np.concatenate([*found, np.empty(0, np.int64)]))
