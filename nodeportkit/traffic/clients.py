"""Clients under session affinity, who stay with their pod as long as they come back in time, connection by connection."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from nodeportkit.traffic.spread import Groups, Spread
from nodeportkit.traffic.tally import Tally

__all__ = ["Clients", "one_go"]

_AT_ONCE: Final = (
    1 << 16
)  # connections: as many as fit into a processor's cache, since memory is slower than all the rest
_CELLS: Final = 4_000_000  # clients times nodes
_SHORT: Final = 64  # visits of fewer connections are counted by their length, and drawn together
Ints = npt.NDArray[np.intp]


def one_go(clients: Clients) -> int:
    """How many connections are drawn in one go at most, so that those of a client at a node fit into the cache."""
    return _AT_ONCE * clients.chosen.size


@dataclass(slots=True)
class Clients:
    """Clients under session affinity, each with the endpoint that it stays with at each node.

    Attributes
    ----------
    chosen
        The endpoint of each client (column) at each node (row); -1 for none yet.
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
        chosen = np.full((nodes, clients), -1, dtype=np.int32)
        last = np.full(chosen.shape, -np.inf) if timed else None
        return cls(chosen, last, timeout, np.zeros(nodes, dtype=np.int64))

    def forget_gone(self, groups: Groups, endpoints: int) -> None:
        """Let go of endpoints that a node no longer sends connections to."""
        for group in range(len(groups.sizes)):
            taken = np.zeros(endpoints + 1, dtype=np.bool_)
            taken[groups.of(group)] = True
            rows = np.flatnonzero(groups.of_node == group)
            held = self.chosen[rows]
            self.chosen[rows] = np.where(taken[held], held, -1)

    def draw(
        self, spread: Spread, connections: int, tally: Tally, rng: np.random.Generator, *, start: float, length: float
    ) -> None:
        """Draw connections, each of a client taken at random, during `length` seconds from `start`."""
        nodes, clients = self.chosen.shape
        each = rng.multinomial(connections, np.full(clients, 1 / clients))
        step = max(1, min(_CELLS // nodes, _AT_ONCE * clients * nodes // max(1, connections)))
        run = _Run(self, spread, tally, rng, start, length)
        for first in range(0, clients, step):
            some = each[first : first + step]
            counts = some[None, :] if nodes == 1 else np.ascontiguousarray(rng.multinomial(some, spread.weight).T)
            for node in np.flatnonzero(counts.any(axis=1)):
                run.at(int(node), first, counts[node])
        run.end(connections)


@dataclass(slots=True)
class _Run:
    """Connections of some seconds.

    Endpoints of visits are all chosen alike, so visits of a few connections need not be told apart: they are counted by
    node and length, and their endpoints drawn together at the end. Only a client's last endpoint at a node is remembered.
    """

    clients: Clients
    spread: Spread
    tally: Tally
    rng: np.random.Generator
    start: float
    length: float
    short: dict[int, npt.NDArray[np.int64]] = field(default_factory=dict)

    def at(self, node: int, first: int, counts: npt.NDArray[np.int64]) -> None:
        """So many connections of each client from `first` at a node."""
        members = self.spread.groups.of(int(self.spread.groups.of_node[node]))
        if not len(members):  # then no endpoint remembers the client
            self._add(node, np.array([-1]), counts.sum(keepdims=True))
            return
        active = np.flatnonzero(counts)
        counts, active = counts[active], active + first
        if self.clients.last is None:
            chosen = self.clients.chosen[node]
            found = chosen[active]
            anew = np.flatnonzero(found < 0)
            found[anew] = members[self._pick(node, len(anew), len(members))]
            chosen[active] = found
            self._add(node, found, counts)
        else:
            self._visits(node, members, active, counts, self.clients.last[node])

    def _visits(
        self,
        node: int,
        members: Ints,
        active: Ints,
        counts: npt.NDArray[np.int64],
        last: npt.NDArray[np.float64],
    ) -> None:
        """A visit: connections of a client without a pause that is longer than the timeout."""
        chosen, timeout = self.clients.chosen[node], self.clients.timeout
        # The gaps between n arrivals at random moments are n + 1 exponential gaps, stretched to the length.
        slots = counts + 1
        end = np.cumsum(slots)
        begin = end - slots
        gap = self.rng.standard_exponential(int(end[-1]))
        stretch = self.length / np.add.reduceat(gap, begin)
        pause = gap > np.repeat(timeout / stretch, slots)
        pause[begin] = pause[end - 1] = True
        old = chosen[active]
        stays = (self.start + gap[begin] * stretch - last[active] <= timeout) & (old >= 0)
        last[active] = self.start + self.length - gap[end - 1] * stretch
        number = np.diff(np.flatnonzero(pause))
        stop = np.cumsum(np.add.reduceat(pause, begin, dtype=np.intp)) - 1
        head = np.concatenate([[0], stop[:-1] + 1])
        alone = stop - head == 1
        final = members[self._pick(node, len(active), len(members))]
        final = np.where(stays & alone, old, final)
        chosen[active] = final
        self._add(node, final, number[stop - 1])
        early = np.flatnonzero(stays & ~alone)
        self._add(node, old[early], number[head[early]])
        number[head[early]] = number[stop - 1] = number[stop[:-1]] = 0  # counted, or from one client to the next
        self._rest(node, members, number)

    def _rest(self, node: int, members: Ints, number: npt.NDArray[np.intp]) -> None:
        """Visits of so many connections, each to any of the endpoints."""
        if not self.spread.in_turn:
            if node not in self.short:
                self.short[node] = np.zeros(_SHORT + 1, dtype=np.int64)
            self.short[node] += np.bincount(np.minimum(number, _SHORT), minlength=_SHORT + 1)
            number = number[number >= _SHORT]
        else:
            number = number[number > 0]
        self._one_by_one(node, members, number)

    def _one_by_one(self, node: int, members: Ints, number: npt.NDArray[np.int64]) -> None:
        if len(number):
            pick = self._pick(node, len(number), len(members))
            self._add(node, members, np.bincount(pick, weights=number, minlength=len(members)))

    def end(self, connections: int) -> None:
        """Choose the endpoints of the visits that were counted."""
        groups = self.spread.groups
        cost = _SHORT * sum(len(groups.of(int(groups.of_node[node]))) for node in self.short)
        for node, counts in self.short.items():
            members = groups.of(int(groups.of_node[node]))
            number = np.arange(_SHORT)
            if cost <= connections:
                drawn = self.rng.multinomial(counts[:_SHORT], np.full(len(members), 1 / len(members)))
                self._add(node, members, number @ drawn)
            else:
                self._one_by_one(node, members, np.repeat(number[1:], counts[1:_SHORT]))

    def _pick(self, node: int, count: int, size: int) -> Ints:
        """Which of so many endpoints each of these choices falls on."""
        if self.spread.in_turn:
            begin = int(self.clients.turn[node])
            self.clients.turn[node] += count
            return (begin + np.arange(count)) % size
        # Faster than whole numbers below a bound, and as even, by far, as anyone could count.
        return (self.rng.random(count) * size).astype(np.intp)

    def _add(self, node: int, endpoint: npt.NDArray[np.integer], count: npt.NDArray[np.number]) -> None:
        self.tally.add(np.broadcast_to(np.intp(node), endpoint.shape), endpoint, count)
