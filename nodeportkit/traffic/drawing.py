"""Connections drawn at random from a spread: each on its own, or with clients that stay with their pod."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from nodeportkit.traffic.spread import Groups, Spread
from nodeportkit.traffic.tally import Tally

__all__ = ["SLICE", "Clients", "draw"]

SLICE: Final = 1 << 21  # connections that are looked at one by one in one go
_CELLS: Final = 4_000_000  # clients times nodes that are drawn in one go


def draw(spread: Spread, connections: int, tally: Tally, rng: np.random.Generator, *, by_node: bool) -> None:
    """Draw connections that know nothing of each other: only their numbers are drawn, not each of them."""
    counts = rng.multinomial(connections, spread.weight)
    groups = spread.groups
    order = np.argsort(groups.of_node, kind="stable")
    ends = np.cumsum(np.bincount(groups.of_node, minlength=len(groups.sizes)))[:-1]
    parts = []
    for group, nodes in enumerate(np.split(order, ends)):
        members = groups.of(group)
        if not len(members):
            parts.append((nodes, np.full(len(nodes), -1), counts[nodes]))
            continue
        if spread.in_turn:
            drawn = _in_turn(counts[nodes], len(members), rng, by_node=by_node)
        else:
            number = counts[nodes] if by_node else counts[nodes].sum(keepdims=True)
            drawn = rng.multinomial(number, np.full(len(members), 1 / len(members)))
        rows = nodes[: len(drawn)]
        parts.append((np.repeat(rows, len(members)), np.tile(members, len(rows)), drawn.ravel()))
    node, endpoint, count = (np.concatenate(part) for part in zip(*parts, strict=True))
    tally.add(node, endpoint, count)


def _in_turn(
    counts: npt.NDArray[np.int64], members: int, rng: np.random.Generator, *, by_node: bool
) -> npt.NDArray[np.int64]:
    """How many connections each member gets of each node, or of all, where each node goes round from where it happens to be."""
    begin = rng.integers(members, size=len(counts))
    rounds, rest = np.divmod(counts, members)
    if by_node:
        place = (np.arange(members) - begin[:, None]) % members
        return rounds[:, None] + (place < rest[:, None])
    # One more for the members of a stretch of each node's circle, which is added up by where stretches begin and end.
    change = np.bincount(begin, minlength=2 * members + 1) - np.bincount(begin + rest, minlength=2 * members + 1)
    twice = np.cumsum(change)[: 2 * members]
    return np.asarray(rounds.sum() + twice[:members] + twice[members:])[None, :]


@dataclass(slots=True)
class Clients:
    """Clients under session affinity, each with the endpoint that it stays with at each node.

    Attributes
    ----------
    chosen
        The endpoint of each client (row) at each node (column); -1 for none yet.
    last
        When it was last there, in seconds; None where time does not matter.
    timeout
        How many seconds it keeps its endpoint without coming back.
    turn
        How many endpoints each node has chosen, where it takes them in turn.
    """

    chosen: npt.NDArray[np.int32]
    last: npt.NDArray[np.float64] | None
    timeout: float
    turn: npt.NDArray[np.int64]

    @classmethod
    def new(cls, clients: int, nodes: int, *, timeout: float, timed: bool) -> Clients:
        """Clients that have not been here."""
        chosen = np.full((clients, nodes), -1, dtype=np.int32)
        last = np.full(chosen.shape, -np.inf) if timed else None
        return cls(chosen, last, timeout, np.zeros(nodes, dtype=np.int64))

    def forget_gone(self, groups: Groups, endpoints: int) -> None:
        """Let go of endpoints that a node no longer sends connections to."""
        for group in range(len(groups.sizes)):
            taken = np.zeros(endpoints + 1, dtype=np.bool_)
            taken[groups.of(group)] = True
            columns = np.flatnonzero(groups.of_node == group)
            held = self.chosen[:, columns]
            self.chosen[:, columns] = np.where(taken[held], held, -1)

    def draw(
        self, spread: Spread, connections: int, tally: Tally, rng: np.random.Generator, *, start: float, length: float
    ) -> None:
        """Draw connections, each of a client taken at random, during `length` seconds from `start`."""
        clients, nodes = self.chosen.shape
        each = rng.multinomial(connections, np.full(clients, 1 / clients))
        step = max(1, _CELLS // nodes)
        for first in range(0, clients, step):
            counts = rng.multinomial(each[first : first + step], spread.weight).ravel()
            active = np.flatnonzero(counts)
            if len(active):
                self._visit(spread, active + first * nodes, counts[active], tally, rng, start, length)

    def _visit(
        self,
        spread: Spread,
        cell: npt.NDArray[np.intp],
        counts: npt.NDArray[np.int64],
        tally: Tally,
        rng: np.random.Generator,
        start: float,
        length: float,
    ) -> None:
        """Clients at nodes (`cell`: a position in `chosen`) open so many connections each."""
        chosen = self.chosen.ravel()
        node = cell % self.chosen.shape[1]
        lost = spread.lost[node]
        if lost.any():  # then no endpoint remembers the client
            tally.add(node[lost], np.full(int(lost.sum()), -1), counts[lost])
            cell, node, counts = cell[~lost], node[~lost], counts[~lost]
        if self.last is None:
            stays, visit, length_of = chosen[cell] >= 0, np.arange(len(cell)), counts
        else:
            stays, visit, length_of = self._visits(cell, counts, rng, start, length)
        group = spread.groups.of_node[node[visit]]
        found = chosen[cell[visit]].astype(np.intp)
        anew = np.flatnonzero(~stays)
        size = spread.groups.sizes[group[anew]]
        if spread.in_turn:
            pick = self._next(node[visit[anew]]) % size
        else:
            # Faster than whole numbers below bounds of their own, and as even, by far, as anyone could count.
            pick = (rng.random(len(anew)) * size).astype(np.intp)
        found[anew] = spread.groups.member[spread.groups.start[group[anew]] + pick]
        chosen[cell[visit]] = found  # of several visits of a client the last one holds
        tally.add(node[visit], found, length_of)

    def _next(self, node: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        """The number that each of these choices is at its node."""
        order = np.argsort(node, kind="stable")
        each = np.bincount(node, minlength=len(self.turn))
        number = np.empty(len(node), dtype=np.intp)
        number[order] = np.arange(len(node)) - np.repeat(np.cumsum(each) - each, each)
        number += self.turn[node]
        self.turn += each
        return number

    def _visits(
        self,
        cell: npt.NDArray[np.intp],
        counts: npt.NDArray[np.int64],
        rng: np.random.Generator,
        start: float,
        length: float,
    ) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.intp], npt.NDArray[Any]]:
        """Visits: connections of a client without a pause that is longer than the timeout.

        Returns
        -------
        tuple of arrays
            Of each visit: whether the client still has its endpoint, the position of its cell, how many connections.
        """
        assert self.last is not None
        # The gaps between n arrivals at random moments are n + 1 exponential gaps, stretched to the length.
        slots = counts + 1
        end = np.cumsum(slots)
        begin = end - slots
        gap = rng.standard_exponential(int(end[-1]) if len(end) else 0)
        stretch = length / np.add.reduceat(gap, begin) if len(gap) else gap
        pause = gap > np.repeat(self.timeout / stretch, slots)
        pause[begin] = pause[end - 1] = True
        at = np.flatnonzero(pause)
        which = np.repeat(np.arange(len(cell)), np.add.reduceat(pause, begin, dtype=np.intp) if len(gap) else 0)
        number = np.diff(at, append=len(pause))
        tail = at == end[which] - 1
        visit, number, first = which[~tail], number[~tail], (at == begin[which])[~tail]
        last, chosen = self.last.ravel(), self.chosen.ravel()
        back = start + gap[begin] * stretch - last[cell] <= self.timeout
        last[cell] = start + length - gap[end - 1] * stretch
        return first & (back & (chosen[cell] >= 0))[visit], visit, number
