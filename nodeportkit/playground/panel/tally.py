"""Requests counted: where they came in, which pods answered, and what became of the others."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["ANSWERED", "Landed", "Tally", "outcomes"]

ANSWERED: Final = "answered"
_KEPT: Final = 8


@dataclass(frozen=True, slots=True)
class Landed:
    """A request, or several that are alike in all of this.

    Attributes
    ----------
    service, node
        Which service was dialled, `namespace/name`, and at which node; "" where a pod itself was dialled.
    address, port, client
        What was dialled, and by whom.
    pod, pod_node
        Which pod answered, `namespace/name`, and on which node; "" if none did.
    outcome
        `answered`, `http 500`, `refused`, `timeout` or `reset`.
    """

    service: str
    node: str
    address: str
    port: int
    client: str
    pod: str
    pod_node: str
    outcome: str

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Landed:
        """A request that the playground noted."""
        return cls(**{name: told[name] for name in cls.__slots__})


class Tally:
    """Requests as they come in, counted."""

    def __init__(self) -> None:
        self.last: deque[tuple[Landed, int]] = deque(maxlen=_KEPT)
        self._pods: Counter[str] = Counter()
        self._fresh: Counter[str] = Counter()
        self._entered: Counter[tuple[str, str, str]] = Counter()

    def add(self, landed: Iterable[tuple[Landed, int]]) -> None:
        """Count these, each so many times; they are the latest."""
        self._fresh.clear()
        for one, times in landed:
            if one.pod:
                self._pods[one.pod] += times
                self._fresh[one.pod] += times
            self._entered[one.service, one.node, one.outcome] += times
            self._keep(one, times)

    def _keep(self, one: Landed, times: int) -> None:
        if self.last and self.last[-1][0] == one:
            self.last[-1] = one, self.last[-1][1] + times
        else:
            self.last.append((one, times))

    def of_pod(self, pod: str) -> tuple[int, int]:
        """How many requests a pod answered, and how many of the latest."""
        return self._pods[pod], self._fresh[pod]

    def of_service(self, service: str) -> Counter[str]:
        """How many requests to a service had which outcome."""
        return self._sum(lambda at: at[0] == service)

    def of_node(self, service: str, node: str) -> Counter[str]:
        """How many requests to a service at a node had which outcome."""
        return self._sum(lambda at: at[:2] == (service, node))

    def _sum(self, wanted: Any) -> Counter[str]:
        found: Counter[str] = Counter()
        for at, times in self._entered.items():
            if wanted(at):
                found[at[2]] += times
        return found


def outcomes(counted: Mapping[str, int], pods: int = 0) -> str:
    """Outcomes with their numbers, in words; and how many pods answered, if that is known.

    Examples
    --------
    >>> outcomes({"answered": 12, "timeout": 3, "http 500": 1, "refused": 0}, pods=2)
    '12 answered by 2 pods, 1 http 500, 3 timed out'
    """
    by = f" by {pods:,} pod{'' if pods == 1 else 's'}" if pods else ""
    said = {"timeout": "timed out", ANSWERED: f"answered{by}"}
    order = sorted(counted, key=lambda outcome: (outcome != ANSWERED, outcome))
    return ", ".join(f"{counted[it]:,} {said.get(it, it)}" for it in order if counted[it])
