"""What is known of one service: the ground on which every cause is judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from nodeportkit.chains.paths import select_port
from nodeportkit.cluster import Cluster
from nodeportkit.kube.columns import rows_of
from nodeportkit.selectors import LabelIndex, match_labels
from nodeportkit.standings.parts import part, places
from nodeportkit.standings.result import Link, Standing, Term

__all__ = ["Facts", "gather", "mask", "true"]

_FINISHED: Final = ("Succeeded", "Failed")
# What is the same for all ports of a service.
_OF_SERVICE: Final = ("type", "selector", "stated", "endpoints", "all_pods", "pods", "matched", "running")


@dataclass(frozen=True)
class Facts:
    """A service, its ports, and what stands behind them.

    Attributes
    ----------
    subject
        What sentences are about: the service, or one of its ports.
    service
        The row of the service.
    ports
        The rows of its ports that are asked for; their index is the place in spec.ports.
    links
        These ports with their endpoints, as `chains.pairing.join` gives them.
    """

    cluster: Cluster
    namespace: str
    name: str
    subject: str
    service: pd.Series[Any]
    ports: pd.DataFrame
    links: pd.DataFrame

    @cached_property
    def type(self) -> str | None:
        """The service's type; None where it was not shown."""
        return None if pd.isna(self.service["type"]) else str(self.service["type"])

    @cached_property
    def selector(self) -> dict[str, str] | None:
        """Its selector; None where it was not shown."""
        selector = self.service["selector"]
        return dict(selector) if isinstance(selector, Mapping) else None

    @cached_property
    def stated(self) -> bool:
        """Whether a source stated its endpoints, be it that there are none."""
        stated = self.cluster.stated
        return bool(((stated["namespace"] == self.namespace) & (stated["service"] == self.name)).any())

    @cached_property
    def endpoints(self) -> pd.DataFrame:
        """Its endpoints, be it that they fit none of its ports."""
        return part(self.cluster, "endpoints", self.namespace, self.name)

    @cached_property
    def ends(self) -> pd.DataFrame:
        """The links that lead to an endpoint."""
        return self.links[self.links["linked"]]

    @cached_property
    def used(self) -> pd.DataFrame:
        """The endpoints that get connections: those that are ready, or if none is, those that still serve."""
        ready = self.ends[true(self.ends["ready"])]
        return ready if len(ready) else self.ends[true(self.ends["serving"]) & true(self.ends["terminating"])]

    @cached_property
    def all_pods(self) -> pd.DataFrame:
        """The pods of the namespace that were shown."""
        return part(self.cluster, "pods", self.namespace)

    @cached_property
    def pods(self) -> pd.DataFrame:
        """Those of them that have not finished."""
        return self.all_pods[~self.all_pods["phase"].isin(_FINISHED).to_numpy(dtype=bool)]

    @cached_property
    def pods_listed(self) -> bool:
        """Whether the pods of the namespace were shown, be it that there are none."""
        if len(self.all_pods):
            return True
        if self.cluster.steps:
            return any(
                {"pods", "all"} & set(step.parsed.resources) and {"*", self.namespace} & set(step.parsed.complete)
                for step in self.cluster.steps
            )
        # A capture of one other namespace tells nothing of this one.
        return "pods" in self.cluster.collected and self.cluster.pods["namespace"].nunique() != 1

    @cached_property
    def endpoints_listed(self) -> bool:
        """Whether its endpoints were shown, be it that there are none."""
        return self.stated or ("endpoints" in self.cluster.collected and not self.cluster.steps)

    @cached_property
    def labels_shown(self) -> bool:
        """Whether the labels of all these pods were shown."""
        return all(isinstance(labels, Mapping) for labels in self.pods["labels"])

    @cached_property
    def matched(self) -> pd.DataFrame:
        """The pods, finished ones too, that the selector matches for certain."""
        if not self.selector:
            return self.all_pods.iloc[:0]
        found = LabelIndex(self.all_pods["labels"]).matching("", self.selector)
        return self.all_pods.take(found)

    @cached_property
    def running(self) -> pd.DataFrame:
        """Those of them that have not finished."""
        return self.matched[~self.matched["phase"].isin(_FINISHED).to_numpy(dtype=bool)]

    @cached_property
    def workloads(self) -> pd.DataFrame:
        """The workloads whose pods the selector would match; of a Deployment and its ReplicaSets the Deployment."""
        mine = part(self.cluster, "workloads", self.namespace)
        fits = [_fits(self.selector, *each) for each in zip(mine["template_labels"], mine["selector"], strict=True)]
        mine = mine[np.array(fits, dtype=np.bool_)]
        tops = mine[true(mine["owner_name"].isna() & mine["kind"].ne("ReplicaSet"))]
        return tops if len(tops) else mine

    @cached_property
    def elsewhere(self) -> list[str]:
        """The namespaces of pods that the selector would match, one for each."""
        wanted = (self.selector or {}).items()
        pods = self.cluster.pods
        return [
            str(namespace)
            for namespace, labels in zip(pods["namespace"], pods["labels"], strict=True)
            if wanted and isinstance(labels, dict) and wanted <= labels.items()
        ]

    @cached_property
    def terms(self) -> tuple[Term, ...] | None:
        """The terms of the selector, each with the number of pods that carry it."""
        if self.selector is None:
            return None
        known = [labels for labels in self.pods["labels"] if isinstance(labels, Mapping)]
        shown = self.labels_shown and self.pods_listed
        return tuple(
            Term(key, value, sum(labels.get(key) == value for labels in known) if shown else None)
            for key, value in self.selector.items()
        )

    def counts(self) -> tuple[int, int]:
        """How many pods get connections, and how many are behind the service at all; at least, if not `counted`."""
        return self._pods_in(self.used), self._pods_in(self.ends)

    @cached_property
    def counted(self) -> bool:
        """Whether it is known how many pods that is."""
        nameless = _nameless(self.ends)
        unsure = self.ends["vague"].any() or self._families > 1
        return not (self.ends["ready"].isna().any() or (nameless.any() and unsure))

    @cached_property
    def _families(self) -> int:
        lists = [self.service[column] for column in ("ip_families", "cluster_ips")]
        return max([len(each) for each in lists if isinstance(each, list)], default=1)

    def _pods_in(self, links: pd.DataFrame) -> int:
        """How many pods the links lead to: one for each name, or address, and one for each of which only the number is known.

        Addresses of two families may be those of the same pods.
        """
        who = links["pod"].fillna(links["pod_ip"])
        is_v6 = links["pod_ip"].str.contains(":", regex=False)
        named = max(who[~true(is_v6)].nunique(), who[true(is_v6) | is_v6.isna().to_numpy()].nunique())
        return int(named + (_nameless(links).sum() if self.counted else 0))

    def whole(self, title: str, explanation: str = "", **more: Any) -> Standing:
        """A chain that holds."""
        return self._standing(True, title, explanation=explanation, **more)

    def broken(self, cause: str, link: Link, title: str, reason: str, explanation: str = "", **more: Any) -> Standing:
        """A chain that is broken."""
        return self._standing(
            False, title, cause=cause, broken_link=link, reason=reason, explanation=explanation, **more
        )

    def unknown(self, reason: str, explanation: str, verify: str, **more: Any) -> Standing:
        """A chain of which too little was shown."""
        title = more.pop("title", f"Whether {self.subject} reaches a pod cannot be told yet")
        return self._standing(None, title, reason=reason, explanation=explanation, verify=verify, **more)

    def _standing(self, whole: bool | None, title: str, **more: Any) -> Standing:
        return Standing(self.namespace, self.name, whole, title, terms=self.terms, **more)

    def of_port(self, at: int) -> Facts:
        """The same for one of the ports."""
        port = self.ports.iloc[at]
        name = port["port_name"] if isinstance(port["port_name"], str) and port["port_name"] else port["port"]
        made = replace(
            self,
            subject=f"port {name} of {self.name}",
            ports=self.ports.iloc[[at]],
            links=self.links[self.links["at"] == self.ports.index[at]],
        )
        vars(made).update({name: getattr(self, name) for name in _OF_SERVICE})  # what no port changes is found once
        return made


def gather(cluster: Cluster, service: str, port: int | str | None) -> Facts:
    """What is known of a service.

    Raises
    ------
    NotFound
        If there is no such service or port.
    """
    namespace, name = cluster.key(service)
    at = rows_of(cluster.services, namespace=namespace, name=name)[0]
    ports = part(cluster, "ports", namespace, name).reset_index(drop=True)
    chosen = select_port(ports, port, service)
    links = part(cluster, "links", namespace, name)
    links = links.assign(at=np.searchsorted(places(cluster, "ports", namespace, name), links["at"]))
    if len(chosen) < len(ports):
        links = links[links["at"].isin(chosen.index)]
    return Facts(cluster, namespace, name, name, cluster.services.iloc[at], chosen, links)


def true(values: pd.Series[Any]) -> npt.NDArray[np.bool_]:
    """Where nullable values are true for certain."""
    if isinstance(values.array, pd.arrays.BooleanArray):
        return values.array.to_numpy(dtype=np.bool_, na_value=False)
    return values.astype("boolean").fillna(False).to_numpy(dtype=np.bool_)


def mask(flags: Iterable[bool]) -> npt.NDArray[np.bool_]:
    """Rows chosen one by one: unlike a list, that works where there are none."""
    return np.array(list(flags), dtype=np.bool_)


def _fits(selector: Mapping[str, str] | None, template: Any, own: Any) -> bool:
    """Tell whether pods of a workload match: by the labels of its template, or as far as its own selector tells."""
    if not isinstance(template, Mapping):
        template = own.get("matchLabels", own) if isinstance(own, Mapping) else None
    return bool(selector) and isinstance(template, Mapping) and match_labels(selector, template)


def _nameless(links: pd.DataFrame) -> pd.Series[bool]:
    """Which links lead to a pod of which neither name nor address was shown."""
    return links["pod"].isna() & links["pod_ip"].isna()
