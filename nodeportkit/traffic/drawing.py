"""Connections that know nothing of each other, drawn at random from a spread."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nodeportkit.traffic.spread import Spread
from nodeportkit.traffic.tally import Tally

__all__ = ["draw"]


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
