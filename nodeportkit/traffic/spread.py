"""How the new connections of one service port spread, without a row for every pair of entry node and endpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nodeportkit.kube.port_endpoints import PortEndpoints
from nodeportkit.kube.routing import Conditions, Places, Policy, usable
from nodeportkit.kube.service_ports import ServicePort
from nodeportkit.traffic.asking import Answer, Asking

__all__ = ["Groups", "Spread", "spread_over"]

Ints = npt.NDArray[np.intp]
_CELLS = 10_000_000  # of a matrix of places and endpoints held at a time


@dataclass(frozen=True, slots=True)
class Groups:
    """Sets of endpoints, as positions: group `g` holds `member[start[g]:start[g + 1]]`; `of_node` tells each node's group."""

    of_node: Ints
    start: Ints
    member: Ints

    @property
    def sizes(self) -> Ints:
        """How many endpoints each group holds."""
        return np.diff(self.start)

    def of(self, group: int) -> Ints:
        """The endpoints of a group."""
        return self.member[self.start[group] : self.start[group + 1]]


@dataclass(frozen=True, slots=True)
class Spread:
    """What becomes of the new connections of a service port.

    Attributes
    ----------
    port
        The service port.
    node, weight
        The entry nodes, and the share of new connections that enters at each.
    answer
        What is decided at each node.
    groups
        The endpoints that each node sends connections to, each with the same chance; an empty group if connections are
        lost there.
    endpoints
        The endpoints of the service port, in the order in which kube-proxy sorts them.
    eligible
        Those that could take connections at some node.
    in_turn
        Whether each node takes its endpoints in turn (ipvs mode), not at random.
    """

    port: ServicePort
    node: npt.NDArray[np.object_]
    weight: npt.NDArray[np.float64]
    answer: tuple[Answer, ...]
    groups: Groups
    endpoints: PortEndpoints
    eligible: npt.NDArray[np.bool_]
    in_turn: bool = False

    @property
    def lost(self) -> npt.NDArray[np.bool_]:
        """Which nodes send connections to no endpoint."""
        return np.equal(self.groups.sizes[self.groups.of_node], 0)

    @property
    def under_local(self) -> bool:
        """Whether traffic policy Local decided anywhere."""
        return any(answer.local or answer.verdict == "DROP" for answer in self.answer)

    def goes_as(self, other: Spread) -> bool:
        """Whether connections go the same ways in another spread over the same nodes and endpoints."""
        verdicts = [[answer.verdict for answer in spread.answer] for spread in (self, other)]
        if verdicts[0] != verdicts[1] or not np.array_equal(self.per_endpoint(), other.per_endpoint()):
            return False
        return all(
            np.array_equal(self.groups.of(one), other.groups.of(two))
            for one, two in {*zip(self.groups.of_node.tolist(), other.groups.of_node.tolist(), strict=True)}
        )

    def per_endpoint(self) -> npt.NDArray[np.float64]:
        """The share of all new connections that each endpoint gets."""
        each = np.bincount(self.groups.of_node, weights=self.weight, minlength=len(self.groups.sizes))
        sizes = self.groups.sizes
        each = np.repeat(each / np.maximum(sizes, 1), sizes)
        found = np.bincount(self.groups.member, weights=each, minlength=len(self.endpoints))
        return found.astype(np.float64)  # of no weights at all, bincount makes whole numbers

    def same_node(self) -> npt.NDArray[np.float64]:
        """The part of it that enters at the endpoint's own node."""
        shares = np.zeros(len(self.endpoints))
        place = {name: at for at, name in enumerate(self.node) if name is not None}
        home = np.array([place.get(name, -1) for name in self.endpoints.node], dtype=np.intp)
        group = self.groups.of_node[home]
        pairs = np.repeat(np.arange(len(self.groups.sizes)), self.groups.sizes) * len(shares) + self.groups.member
        hit = (home >= 0) & np.isin(group * len(shares) + np.arange(len(shares)), pairs)
        shares[hit] = self.weight[home[hit]] / self.groups.sizes[group[hit]]
        return shares

    def pairs(self) -> tuple[Ints, Ints]:
        """Positions of entry node and endpoint of every pair that connections go along; -1 for where they are lost."""
        sizes = self.groups.sizes[self.groups.of_node]
        rows = np.maximum(sizes, 1)
        at = np.repeat(np.arange(len(self.node)), rows)
        within = np.arange(len(at)) - np.repeat(np.cumsum(rows) - rows, rows)
        place = np.repeat(self.groups.start[self.groups.of_node], rows) + within
        none = np.repeat(sizes == 0, rows)
        member = np.append(self.groups.member, -1)
        return at, member[np.where(none, len(self.groups.member), place)]


def spread_over(
    endpoints: PortEndpoints,
    port: ServicePort,
    nodes: Sequence[Mapping[str, Any]],
    weight: npt.NDArray[np.float64],
    asking: Asking,
) -> Spread:
    """The spread of connections that enter at these nodes.

    Parameters
    ----------
    endpoints
        Those of the service port.
    port
        The service port.
    nodes, weight
        The entry nodes and their weights.
    asking
        Who dials what.
    """
    known = endpoints.conditions
    entry = Places(*(np.array([node[key] for node in nodes], dtype=object) for key in ("name", "zone")))
    everywhere, local = (_grouped(known, entry, policy) for policy in ("Cluster", "Local"))
    answers = tuple(
        asking.at(row, cluster=bool(near), local=bool(own))
        for row, near, own in zip(
            nodes,
            everywhere.sizes[everywhere.of_node],
            local.sizes[local.of_node],
            strict=True,
        )
    )
    forward = np.array([answer.verdict == "FORWARD" for answer in answers], dtype=np.bool_)
    to_local = np.array([answer.local for answer in answers], dtype=np.bool_)
    groups = _chosen(everywhere, local, forward, to_local)
    eligible = known.ready if known.ready.any() else known.leaving
    eligible = eligible | np.isin(np.arange(len(endpoints)), groups.member)
    return Spread(port, entry.name, weight, answers, groups, endpoints, eligible, asking.in_turn)


def _grouped(known: Conditions, entry: Places, policy: Policy) -> Groups:
    """The usable endpoints of each node; nodes that cannot differ are asked about once."""
    hints = [hint for hint in known.hints if isinstance(hint, dict)]
    if policy == "Local":
        names, zones = set(known.node), False
    else:
        names = {name for hint in hints for name in hint.get("nodes") or ()}
        zones = any(hint.get("zones") for hint in hints)
    name = [one if one in names else None for one in entry.name]
    kinds = list(zip(name, entry.zone if zones else [None] * len(name), strict=True))
    number = {kind: at for at, kind in enumerate(dict.fromkeys(kinds))}
    of_node = np.array([number[kind] for kind in kinds], dtype=np.intp)
    places_ = np.array(list(number), dtype=object).reshape(-1, 2)
    step = max(1, _CELLS // max(1, len(known.node)))
    sizes, members = [], []
    for first in range(0, len(places_), step):
        some = places_[first : first + step]
        mask = usable(known, Places(some[:, 0], some[:, 1]), policy)
        sizes.append(mask.sum(axis=1))
        members.append(np.nonzero(mask)[1])
    return Groups(of_node, _starts(np.concatenate(sizes)), np.concatenate(members))


def _chosen(
    everywhere: Groups, local: Groups, forward: npt.NDArray[np.bool_], to_local: npt.NDArray[np.bool_]
) -> Groups:
    """Of each node the one or the other set of endpoints, or none; of the groups, those that are used."""
    count = len(everywhere.sizes)
    wanted = np.where(to_local, count + local.of_node, everywhere.of_node)
    wanted = np.where(forward, wanted, -1)
    used, of_node = np.unique(wanted, return_inverse=True)
    parts: list[Any] = [
        np.empty(0, dtype=np.intp) if group < 0 else everywhere.of(group) if group < count else local.of(group - count)
        for group in used
    ]
    return Groups(of_node.astype(np.intp), _starts([len(part) for part in parts]), np.concatenate(parts))


def _starts(sizes: Any) -> Ints:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.intp)
