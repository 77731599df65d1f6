"""What a cluster offers to whoever writes a Service: namespaces, labels, ports, and a look at what the service would do."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from nodeportkit.cluster import Cluster
from nodeportkit.kube.columns import objects
from nodeportkit.kube.defaults import with_defaults
from nodeportkit.selectors import LabelIndex
from nodeportkit.sources.read import read

if TYPE_CHECKING:
    from nodeportkit.kube.endpoints.numbering import Positions

__all__ = ["Offers", "with_service"]

_MOST: Final = 200
# Labels that controllers give each pod or each release of a workload: a selector with one of them soon matches nothing.
_PASSING: Final = frozenset(
    """
    apps.kubernetes.io/pod-index batch.kubernetes.io/controller-uid batch.kubernetes.io/job-name controller-revision-hash
    controller-uid job-name pod-template-generation pod-template-hash statefulset.kubernetes.io/pod-name
    topology.kubernetes.io/region topology.kubernetes.io/zone
    """.split()
)
_NAMING: Final = ("app", "app.kubernetes.io/name", "k8s-app", "run")  # what most people select by
_FINISHED: Final = ("Succeeded", "Failed")
_SHOWING: Final = ("get", "describe")  # commands that change nothing, and try nothing


class Offers:
    """What can be chosen from.

    Parameters
    ----------
    cluster
        The cluster; without one nothing is offered, and nothing counted.
    """

    def __init__(self, cluster: Cluster | None) -> None:
        self._cluster = cluster or Cluster()
        pods = self._cluster.pods
        self._pods = pods[~pods["phase"].isin(_FINISHED).to_numpy(dtype=bool)].reset_index(drop=True)
        self._labels: dict[str, dict[str, list[str]]] = {}

    @cached_property
    def namespaces(self) -> list[str]:
        """The namespaces that there are."""
        cluster = self._cluster
        listed = (cluster.namespaces["name"], cluster.services["namespace"], self._pods["namespace"])
        return sorted({str(name) for names in listed for name in names.dropna()})

    def labels(self, namespace: str) -> dict[str, list[str]]:
        """The labels of a namespace's pods by their keys, the most frequent values first."""
        if namespace not in self._labels:
            mine = self._pods[self._pods["namespace"].eq(namespace).fillna(False).to_numpy(dtype=bool)]
            pairs = Counter(
                pair for labels in objects(mine["labels"]) if isinstance(labels, Mapping) for pair in labels.items()
            )
            found: dict[str, list[str]] = {}
            for (key, value), _ in pairs.most_common():
                if key not in _PASSING and len(found.setdefault(key, [])) < _MOST:
                    found[key].append(value)
            self._labels[namespace] = found
        return self._labels[namespace]

    @cached_property
    def _index(self) -> LabelIndex:
        return LabelIndex(objects(self._pods["labels"]), objects(self._pods["namespace"]))

    def matching(self, namespace: str, selector: Mapping[str, str]) -> Positions:
        """The positions of the pods that a service's selector matches; an empty one matches none."""
        found = self._index.matching(namespace, selector)
        return found if selector else found[:0]

    def counted(self, namespace: str, selector: Mapping[str, str]) -> tuple[str, bool]:
        """How many pods a selector matches, in words, and whether that is wrong."""
        if "pods" not in self._cluster.collected:
            return "", False
        if len(self._index.unknown(namespace)):
            return f"The labels of the pods of {namespace} were not shown.", False
        found = self._pods.take(self.matching(namespace, selector))
        if found.empty:
            return "no pod matches", True
        ready = int(found["ready"].fillna(False).sum())
        some = f", {ready:,} of them ready" if ready < len(found) else ""
        return f"{len(found):,} pod{' matches' if len(found) == 1 else 's match'}{some}", False

    def ports(self, namespace: str, selector: Mapping[str, str]) -> list[str]:
        """The ports that the containers of these pods declare: names first, then numbers."""
        pods = set(self._pods["name"].take(self.matching(namespace, selector)))
        containers = self._cluster.containers
        mine = containers["namespace"].eq(namespace) & containers["pod"].isin(pods)
        declared = containers[mine.fillna(False).to_numpy(dtype=bool)]
        names = declared["port_name"].replace("", pd.NA).dropna().value_counts().index
        numbers = declared["container_port"].dropna().value_counts().index
        return [*map(str, names[:_MOST]), *(str(int(number)) for number in numbers[:_MOST])]

    def start(self) -> dict[str, Any]:
        """A service to begin with: for the pods of the first workload that there is, or for `app: my-app`."""
        selector: Mapping[str, str] = {"app": "my-app"}
        name, namespace, target = "my-service", "", ""
        pods = self._pods[self._pods["namespace"].ne("kube-system").fillna(False).to_numpy(dtype=bool)]
        for labels, where in zip(objects(pods["labels"]), objects(pods["namespace"]), strict=True):
            lasting = {key: value for key, value in labels.items() if key not in _PASSING} if labels else {}
            kept = {key: lasting[key] for key in _NAMING if key in lasting} or lasting
            if kept:
                selector, namespace = kept, str(where)
                target = next(iter(self.ports(namespace, selector)), "")
                break
        metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
        port: dict[str, Any] = {"port": 80}
        if target:
            port["targetPort"] = int(target) if target.isdecimal() else target
        spec = {"type": "NodePort", "selector": dict(selector), "ports": [port]}
        return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}


def with_service(cluster: Cluster, service: Mapping[str, Any]) -> Cluster:
    """The cluster as it would be with a service, new or changed: its endpoints are those that its selector gives.

    Examples
    --------
    >>> service = {
    ...     "apiVersion": "v1",
    ...     "kind": "Service",
    ...     "metadata": {"name": "web"},
    ...     "spec": {"ports": [{"port": 80}]},
    ... }
    >>> with_service(Cluster(), service).services["name"].tolist()
    ['web']
    """
    metadata = service["metadata"]
    key = (metadata.get("namespace") or "default", metadata["name"])
    frames = {}
    for name, frame in (("endpoints", cluster.given), ("stated", cluster.stated)):
        mine = frame["namespace"].eq(key[0]) & frame["service"].eq(key[1])
        frames[name] = frame[~mine.fillna(False).to_numpy(dtype=bool)].reset_index(drop=True)
    # What listed the endpoints knew nothing of this service, and whoever dialled, dialled another.
    steps = tuple(step for step in cluster.steps if step.parsed.verb in _SHOWING)
    return read(cluster.replace(**frames, steps=steps), [with_defaults(copy.deepcopy(dict(service)))])
