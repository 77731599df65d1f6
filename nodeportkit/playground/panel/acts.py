"""What the controls of the panel do to a playground; each gives a sentence about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from nodeportkit.playground.loading import client_addresses
from nodeportkit.playground.panel.tally import Landed, outcomes

if TYPE_CHECKING:
    import pandas as pd

    from nodeportkit.playground.faults.planting import Planted
    from nodeportkit.playground.playground import Playground

__all__ = ["CLIENTS", "SURPRISE", "Acts", "Door"]

SURPRISE: Final = "a surprise"
CLIENTS: Final = "127.9."  # the addresses from which the panel dials begin so
_UNANSWERED: Final = ("refused", "timeout", "reset")
_MOST_PODS: Final = 30
_AT_ONCE: Final = 24
_CLIENTS: Final = 20


class Door(NamedTuple):
    """A node port: the service, `namespace/name`, its port, and the number on every node."""

    service: str
    port: int
    node_port: int


class Acts:
    """Changes a playground, and dials it.

    Parameters
    ----------
    playground
        The playground.
    missed
        Is given the requests that no pod answered: most of these nobody can have noted but who sent them.
    go_on
        Tells whether requests are still to be sent.

    Attributes
    ----------
    planted
        The fault that was planted last; None if there was none yet.
    """

    def __init__(
        self,
        playground: Playground,
        missed: Callable[[list[tuple[Landed, int]]], None],
        go_on: Callable[[], bool],
    ) -> None:
        self._playground = playground
        self._missed = missed
        self._go_on = go_on
        self.planted: Planted | None = None

    def scale(self, deployment: str, by: int) -> str:
        """Give a deployment more replicas, or fewer."""
        namespace, _, name = deployment.partition("/")
        path = f"/apis/apps/v1/namespaces/{namespace}/deployments/{name}"
        before = int(self._playground.call("GET", path)["spec"]["replicas"])
        after = min(max(before + by, 0), _MOST_PODS)
        media = "application/merge-patch+json"
        self._playground.call("PATCH", path, {"spec": {"replicas": after}}, media=media)
        return f"Deployment {name} is scaled from {before} to {after}."

    def stop_node(self, node: str) -> str:
        """Switch a node off."""
        self._playground.stop_node(node)
        return f"{node} is switched off: nobody is answered there; Kubernetes notices after 40 seconds of its clock."

    def start_node(self, node: str) -> str:
        """Switch a node on."""
        self._playground.start_node(node)
        return f"{node} is switched on again."

    def plant(self, fault: str, service: str | None) -> str:
        """Break a service; which fault a surprise is, `planted` tells."""
        self.planted = self._playground.plant(None if fault == SURPRISE else fault, service)
        what = "Some fault" if fault == SURPRISE else f"The fault {fault}"
        return f"{what} is planted in {self.planted.service}. Dial it, and find out."

    def heal(self) -> str:
        """Take the faults back."""
        if self.planted is None:
            return "No fault was planted from here."
        self._playground.heal()
        fault, self.planted = self.planted.cause, None
        return f"The fault {fault} is taken back: everything is as it was before."

    def reset(self) -> str:
        """Begin anew."""
        self._playground.reset()
        self.planted = None
        return "Everything that was added is deleted; the nodes are as at first."

    def send(self, door: Door, node: str | None, number: int) -> str:
        """Dial a node port for real, a few connections at a time; without a node, every node in turn."""
        counted: Counter[str] = Counter()
        pods: set[str] = set()
        addresses = self._playground.addresses
        for found in self._loads(door, [*addresses] if node is None else [node], number):
            missed = []
            for row in found.to_dict("records"):
                times = int(row["connections"])
                counted[row["outcome"]] += times
                if isinstance(row["pod"], str):
                    pods.add(row["pod"])
                elif row["outcome"] in _UNANSWERED:
                    dialled = row["node"], addresses[row["node"]], door.node_port, row["client"]
                    missed.append((Landed(door.service, *dialled, "", "", row["outcome"]), times))
            if missed:
                self._missed(missed)
        where = "every node in turn" if node is None else node
        sent = sum(counted.values())
        return f"{sent:,} request{'' if sent == 1 else 's'} through {where}: {outcomes(counted, len(pods))}."

    def _loads(self, door: Door, nodes: Sequence[str], number: int) -> Iterator[pd.DataFrame]:
        clients = client_addresses(_CLIENTS)
        step = max(_AT_ONCE // len(nodes), 1) * len(nodes)  # so that every node gets its turn
        for begun in range(0, number, step):
            if not self._go_on():
                return
            at = begun // len(nodes) % _CLIENTS
            turned = [*clients[at:], *clients[:at]]
            size = min(step, number - begun)
            yield self._playground.load(door.service, size, clients=turned, nodes=nodes, port=door.port)
