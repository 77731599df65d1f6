"""Keeping up with a playground: its objects by a watch, the requests that land by asking again and again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from nodeportkit.errors import NodePortKitError
from nodeportkit.live.server import Server
from nodeportkit.playground.network.obstacles import STOPPED
from nodeportkit.playground.panel.tally import Landed

if TYPE_CHECKING:
    from nodeportkit.live import LiveCluster
    from nodeportkit.playground.playground import Playground

__all__ = ["Following", "Look"]

_REQUESTS: Final = "/nodeportkit/requests/after/"
_OFTEN: Final = 0.2  # seconds between two looks
_SELDOM: Final = 1.0  # where there was no answer


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen at one moment.

    Attributes
    ----------
    cluster
        The cluster; the same object as before if nothing in it changed.
    stopped
        The nodes that are switched off.
    requests
        The requests that landed since the look before.
    trouble
        Why nothing new could be seen; "" if it could.
    over
        Whether the playground has ended.
    """

    cluster: LiveCluster
    stopped: frozenset[str]
    requests: tuple[Landed, ...] = ()
    trouble: str = ""
    over: bool = False


class Following:
    """Follows a playground in a thread, until it ends or this is closed.

    Parameters
    ----------
    playground
        The playground.
    tell
        Is given each look that differs from the one before, in that thread.

    Raises
    ------
    NodePortKitError
        If the playground gives no answer.
    """

    def __init__(self, playground: Playground, tell: Callable[[Look], None]) -> None:
        self._playground = playground
        self._tell = tell
        self._server = Server(kubeconfig=playground.kubeconfig)
        self._over = threading.Event()
        self._number = int(self._ask(_REQUESTS + "0")["count"])
        self._watch = playground.cluster().watch()
        self.first = Look(self._watch.cluster, self._stopped())
        self._thread = threading.Thread(target=self._follow, name="playground-panel", daemon=True)

    def start(self) -> None:
        """Begin to tell."""
        self._thread.start()

    def close(self) -> None:
        """Cease to follow."""
        self._over.set()
        self._watch.stop()

    def _follow(self) -> None:
        before = self.first
        while not self._over.is_set():
            try:
                look = self._look(before)
            except NodePortKitError as error:
                over = not self._playground.running
                look = Look(before.cluster, before.stopped, trouble=str(error), over=over)
            if look.cluster is not before.cluster or look.requests or look.trouble != before.trouble:
                self._tell(look)
            if look.over:
                self._watch.stop()
                return
            before = look
            self._over.wait(_SELDOM if look.trouble else _OFTEN)

    def _look(self, before: Look) -> Look:
        cluster: LiveCluster = self._watch.cluster
        told = self._ask(f"{_REQUESTS}{self._number}")
        self._number = int(told["count"])
        requests = tuple(Landed.of(one) for one in told["requests"])
        # Whether a node is switched off is in no frame: a real cluster has no such switch.
        stopped = before.stopped if cluster is before.cluster and not before.trouble else self._stopped()
        return Look(cluster, stopped, requests)

    def _stopped(self) -> frozenset[str]:
        nodes = [node["metadata"] for node in self._ask("/api/v1/nodes")["items"]]
        return frozenset(it["name"] for it in nodes if (it.get("annotations") or {}).get(STOPPED) == "true")

    def _ask(self, path: str) -> dict[str, Any]:
        told: dict[str, Any] = msgspec.json.decode(self._server.get(path))
        return told
