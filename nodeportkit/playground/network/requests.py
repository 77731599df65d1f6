"""The requests that reached this cluster's pods, whoever sent them: how many, and the last of them."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["Entered", "Requests"]

_KEPT: Final = 500


@dataclass(frozen=True, slots=True)
class Entered:
    """How a connection came into the cluster.

    Attributes
    ----------
    service
        Whose address or node port was dialled, `namespace/name`.
    node
        Where.
    address, port
        What was dialled.
    client
        Who dialled.
    """

    service: str
    node: str
    address: str
    port: int
    client: str


class Requests:
    """Keeps the last requests; each has a number, counted from 1."""

    def __init__(self) -> None:
        self._number = 0
        self._last: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        self._ways: dict[tuple[str, int], tuple[Entered, str]] = {}

    def enter(self, source: tuple[str, int], entered: Entered, seen: str) -> None:
        """A connection goes on to a pod from this address and port; `seen` is the address that stands for it in the cluster."""
        self._ways[source] = entered, seen

    def seen(self, source: tuple[str, int]) -> str:
        """The address that a pod sees where a connection comes from this address and port."""
        known = self._ways.get(source)
        return known[1] if known else source[0]

    def leave(self, source: tuple[str, int]) -> None:
        """That connection is over."""
        self._ways.pop(source, None)

    def lose(self, entered: Entered) -> None:
        """A connection entered, and reached no pod."""
        self._add(entered, outcome="reset")

    def answer(self, source: tuple[str, int], pod: str, node: str, code: int) -> None:
        """A pod answered a request that it saw come from this address and port."""
        known, _ = self._ways.get(source) or (Entered("", "", "", 0, source[0]), "")
        self._add(known, pod=pod, pod_node=node, outcome="answered" if code < 500 else f"http {code}")

    def after(self, number: int) -> dict[str, Any]:
        """How many there were, and those with higher numbers, as far as they are kept."""
        # A reader who was here before a playground began anew knows a number that is not reached yet.
        missed = self._number if number > self._number else self._number - number
        first = max(0, len(self._last) - missed)
        return {"count": self._number, "requests": list(self._last)[first:]}

    def _add(self, entered: Entered, *, outcome: str, pod: str = "", pod_node: str = "") -> None:
        self._number += 1
        self._last.append(
            {
                "number": self._number,
                "time": time.time(),
                "service": entered.service,
                "node": entered.node,
                "address": entered.address,
                "port": entered.port,
                "client": entered.client,
                "pod": pod,
                "pod_node": pod_node,
                "outcome": outcome,
            }
        )
