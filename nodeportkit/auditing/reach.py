"""Where new connections to each service port go, for a whole cluster at once.

The shares are those of `nodeportkit.shares`, entered at every node alike: 1/P of P pods under policy Cluster, w/p of the p
pods on a node under policy Local, where w enters; the few service ports whose endpoints have hints are asked of
`kube.routing.usable`, one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from nodeportkit.auditing.arrays import Floats, Mask, mask
from nodeportkit.chains.pairing import join
from nodeportkit.kube.columns import objects
from nodeportkit.kube.endpoints.numbering import Positions
from nodeportkit.kube.routing import Conditions, Places, conditions, usable
from nodeportkit.kube.service_ports import family_of
from nodeportkit.traffic.entry import entry_nodes

if TYPE_CHECKING:
    from nodeportkit.auditing.ground import Ground

__all__ = ["Reach", "reach"]


@dataclass(frozen=True)
class Reach:
    """The endpoints of each service port in the family of its cluster IP, and what they get.

    Attributes
    ----------
    links
        A row for each service port and endpoint, as `chains.pairing.join` gives them, those of one family.
    at
        The service port of each row.
    node
        The position of the endpoint's node, -1 where it is not known.
    used
        Whether the endpoint takes new connections anywhere under policy Cluster.
    share, same_node
        The share of the port's new connections that it gets, and the part that enters at its own node; not a number where
        it is not known.
    entry
        The share of connections that enters at each node; empty where no nodes were listed.
    """

    links: pd.DataFrame
    at: Positions
    node: Positions
    used: Mask
    share: Floats
    same_node: Floats
    entry: Floats
    ports: int

    def total(self, values: Floats | Mask) -> Floats:
        """The sum of a number of each row by service port."""
        return np.bincount(self.at, weights=values, minlength=self.ports).astype(np.float64)

    def rows_of(self, port: int) -> slice:
        """The rows of a service port: they stand together."""
        start, end = np.searchsorted(self.at, [port, port + 1])
        return slice(int(start), int(end))

    @cached_property
    def known(self) -> Mask:
        """Which service ports send connections somewhere, by shares that are known."""
        return ~np.isnan(self.total(self.share)) & (self.total(self.used) > 0)

    @cached_property
    def lost(self) -> Floats:
        """The share of each service port that reaches no pod."""
        return np.maximum(1 - self.total(self.share), 0)

    @cached_property
    def cross_node(self) -> Floats:
        """The share of each service port that goes on to another node."""
        return np.maximum(self.total(self.share - self.same_node), 0)

    @cached_property
    def largest(self) -> Floats:
        """The largest share of one endpoint of each service port."""
        found = np.zeros(self.ports)
        np.maximum.at(found, self.at, np.nan_to_num(self.share))
        return found

    @cached_property
    def eligible(self) -> Floats:
        """How many endpoints of each service port take connections anywhere."""
        return self.total(self.used | (np.nan_to_num(self.share) > 0))

    @cached_property
    def capacity(self) -> Floats:
        """The part of what all pods could take that fits in before the busiest is full: (1/P) / (largest share)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return 1 / self.eligible / self.largest


def reach(ground: Ground) -> Reach:
    """The reach of every service port of the cluster."""
    links = join(ground.ports, ground.cluster.endpoints)
    links = links[_of_main_family(ground, links)].reset_index(drop=True)
    at = links["at"].to_numpy(np.int64)
    nodes = ground.nodes
    node = pd.Index(nodes["name"].astype(object)).get_indexer(pd.Index(objects(links["pod_node"])))
    node = np.where(links["pod_node"].isna().to_numpy(), -1, node).astype(np.int64)
    entry = np.zeros(len(nodes))
    if len(nodes):
        up, weights = entry_nodes(nodes, None)
        entry[up.index.to_numpy()] = weights
    known = conditions(links.rename(columns={"pod_node": "node"}))
    used = _in_play(known, at)
    service = ground.service_of_port[at]
    policy = objects(ground.services["external_traffic_policy"])[service]
    share, same = np.full(len(at), np.nan), np.full(len(at), np.nan)
    count = np.bincount(at, weights=used, minlength=len(ground.ports))
    hinted = _hinted(known, at, len(ground.ports))
    plain = (policy == "Cluster") & ~hinted[at]
    share[plain] = np.where(used, 1 / np.maximum(count, 1)[at], 0.0)[plain]
    if len(entry):
        here = np.where(node >= 0, entry[node], np.nan)
        same[plain] = np.where(used, share * here, 0.0)[plain]
        for port in np.flatnonzero(hinted):
            rows = np.flatnonzero((at == port) & (policy == "Cluster"))
            share[rows], same[rows] = _by_hints(known.take(rows), nodes, entry, node[rows])
        local = policy == "Local"
        share[local] = _by_node(known, at, node, here)[local]
        same[local] = share[local]
    unsure = (
        links["ready"].isna().to_numpy() | links["vague"].to_numpy(dtype=bool) | ~links["linked"].to_numpy(dtype=bool)
    )
    distributed = ground.services["traffic_distribution"].notna().to_numpy()[service]
    unsure |= distributed & links["hints"].isna().to_numpy()
    share[unsure], same[unsure] = np.nan, np.nan
    return Reach(links, at, node, used, share, same, entry, len(ground.ports))


def _of_main_family(ground: Ground, links: pd.DataFrame) -> Mask:
    """The links that lead to a pod, those in the family of the service's first cluster IP or of its first endpoint."""
    linked = links["linked"].to_numpy(dtype=bool) & (ground.service_of_port[links["at"]] >= 0)
    is_v6 = mask(isinstance(ip, str) and ":" in ip for ip in objects(links["pod_ip"]))
    first = pd.Series(is_v6, dtype=bool).groupby(links["at"].to_numpy()).transform("first").to_numpy(dtype=bool)
    told = [
        family_of(ips[0]) == "IPv6" if isinstance(ips, list) and ips and ips[0] not in ("", "None") else None
        for ips in objects(ground.services["cluster_ips"])
    ]
    families = np.array([*told, None], dtype=object)[ground.service_of_port[links["at"]]]
    wanted = np.where(families == None, first, families == True)  # noqa: E711, E712 - elementwise
    found: Mask = linked & (is_v6 == wanted)
    return found


def _in_play(known: Conditions, groups: Positions) -> Mask:
    """The ready endpoints of each group; of a group without any, those that are terminating and still serve."""
    length = int(groups.max(initial=-1)) + 1
    any_ready = np.bincount(groups, weights=known.ready, minlength=length)[groups] > 0
    return np.where(any_ready, known.ready, known.leaving)


def _by_node(known: Conditions, at: Positions, node: Positions, here: Floats) -> Floats:
    """The shares under policy Local: what enters at a node, divided by its own endpoints."""
    group = pd.factorize(at * (node.max(initial=0) + 2) + node + 1)[0].astype(np.int64)
    own = _in_play(known, group)
    count = np.bincount(group, weights=own)[group] if len(group) else np.zeros(0)
    return np.where(own, here / np.maximum(count, 1), np.where(node >= 0, 0.0, np.nan))


def _hinted(known: Conditions, at: Positions, ports: int) -> Mask:
    """Which service ports have endpoints with hints."""
    hinted = mask(isinstance(hint, dict) and any(hint.values()) for hint in known.hints)
    return np.bincount(at, weights=hinted, minlength=ports) > 0


def _by_hints(known: Conditions, nodes: pd.DataFrame, entry: Floats, node: Positions) -> tuple[Floats, Floats]:
    """The shares of one service port's endpoints, and the part that enters at their own nodes, as hints have it."""
    names, zones = objects(nodes["name"]), objects(nodes["zone"])
    by_name = any(hint.get("nodes") for hint in known.hints if isinstance(hint, dict))
    of_node = pd.factorize(names if by_name else zones, use_na_sentinel=False)[0]
    first = np.unique(of_node, return_index=True)[1]
    weight = np.bincount(of_node, weights=entry, minlength=len(first))
    takes = usable(known, Places(names[first], zones[first]), "Cluster")
    part = takes / np.maximum(takes.sum(axis=1, keepdims=True), 1)
    own = np.where(node >= 0, part[of_node[node], np.arange(len(node))] * entry[node], np.nan)
    return weight @ part, own
