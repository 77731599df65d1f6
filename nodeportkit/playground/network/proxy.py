"""kube-proxy on every node: sockets for node ports and cluster IPs, each as the rules of that node would have it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

from nodeportkit.playground.clock import Clock
from nodeportkit.playground.network.addresses import Addresses
from nodeportkit.playground.network.relay import Entry
from nodeportkit.playground.network.requests import Entered, Requests
from nodeportkit.playground.network.routes import Choice, Routes
from nodeportkit.playground.network.sockets import Silence, bound
from nodeportkit.playground.store import Change, Key, Object, Store

__all__ = ["STOPPED", "Proxy"]

STOPPED: Final = "nodeportkit.io/stopped"
_SERVICE: Final = "kubernetes.io/service-name"
_CLIENT: Final = "127.0.0.1"
_WAIT: Final = 0.05
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, order=True)
class _Place:
    """Where a service is dialled, and the node whose rules hold there."""

    address: str
    port: int
    node: str


@dataclass(slots=True)
class _Served:
    """A service: its rules, and the sockets that stand for it."""

    routes: Routes
    open: dict[_Place, asyncio.Server] = field(default_factory=dict)
    silent: dict[_Place, Silence] = field(default_factory=dict)


class Proxy:
    """Serves the node ports and cluster IPs of all services.

    Parameters
    ----------
    store
        The objects.
    clock
        The playground's clock.
    find_port
        Tells on which port a pod's port is really served, or None if nobody listens there.
    addresses
        The playground's.
    requests
        Where connections are noted.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        find_port: Callable[[str, int], int | None],
        addresses: Addresses,
        requests: Requests,
    ) -> None:
        self._requests = requests
        self._addresses = addresses
        self._store = store
        self._clock = clock
        self._find_port = find_port
        self._served: dict[Key, _Served] = {}
        self._dirty: set[Key] = set()
        self._wake = asyncio.Event()
        self.shifted: dict[tuple[str, int], int] = {}
        self.failed: dict[tuple[str, int], str] = {}
        self._stop = store.listen(self._changed)
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def close(self) -> None:
        """Close every socket."""
        self._stop()
        self._task.cancel()
        for key in list(self._served):
            await self._close(key)

    def look_again(self) -> None:
        """Look at every service anew: pods have begun or ceased to listen."""
        for service in self._store.all("services"):
            self._mark(Key(service["metadata"]["namespace"], service["metadata"]["name"]))

    def _changed(self, change: Change) -> None:
        if change.resource == "services":
            self._mark(change.key)
        elif change.resource == "endpointslices.discovery.k8s.io":
            name = (change.object["metadata"].get("labels") or {}).get(_SERVICE)
            if name:
                self._mark(Key(change.key.namespace, name))
        elif change.resource == "nodes" and not _only_heartbeat(change):
            self.look_again()

    def _mark(self, key: Key) -> None:
        self._dirty.add(key)
        self._wake.set()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            await asyncio.sleep(_WAIT)  # changes come in bursts
            while self._dirty:
                key = self._dirty.pop()
                try:
                    await self._serve(key)
                except Exception:
                    _log.exception("the ports of service %s cannot be served", "/".join(key))

    async def _serve(self, key: Key) -> None:
        service = self._store.get("services", key)
        if service is None or service["spec"].get("type") == "ExternalName":
            await self._close(key)
            return
        slices = self._store.labelled("endpointslices.discovery.k8s.io", key.namespace, {_SERVICE: key.name})
        nodes = self._store.all("nodes")
        routes = Routes(service, slices, nodes, self._clock, self._addresses)
        before = self._served.get(key)
        if before:
            routes.remember(before.routes)
        served = before or _Served(routes)
        served.routes = routes
        self._served[key] = served
        wanted = {place: self._state(routes, place) for place in _places(service, nodes)}
        for place in [it for it in served.open if wanted.get(it) != "open"]:
            await self._shut(served, place)
        for place in [it for it in served.silent if wanted.get(it) != "silent"]:
            served.silent.pop(place).close()
        for place, state in sorted(wanted.items()):
            try:
                if state == "open" and place not in served.open:
                    served.open[place] = await self._open(key, place)
                elif state == "silent" and place not in served.silent:
                    served.silent[place] = Silence(place.address, place.port)
            except OSError as error:
                self.failed[place.address, place.port] = error.strerror or str(error)
            else:
                self.failed.pop((place.address, place.port), None)

    def _state(self, routes: Routes, place: _Place) -> str:
        """What a client outside finds there: an open port, silence, or nobody."""
        decision = routes.decide(place.node, _CLIENT, place.address, place.port)
        if decision.verdict == "DROP":
            return "silent"
        heard = any(self._find_port(self._addresses.as_loopback(end.address), end.port) for end in decision.endpoints)
        return "open" if decision.verdict == "FORWARD" and heard else "refused"

    async def _open(self, key: Key, place: _Place) -> asyncio.Server:
        listening, port = bound(place.address, place.port)
        if port != place.port:
            self.shifted[place.address, place.port] = port

        choose = partial(self._choose, key, place)
        enter = partial(Entered, f"{key.namespace}/{key.name}", place.node, place.address, place.port)
        loop = asyncio.get_running_loop()
        return await loop.create_server(lambda: Entry(choose, self._requests, enter), sock=listening)

    def _choose(self, key: Key, place: _Place, client: str) -> Choice | None:
        """Where a connection goes, by the port on which its pod is really served."""
        served = self._served.get(key)
        choice = served.routes.choose(place.node, client, place.address, place.port) if served else None
        port = self._find_port(choice.address, choice.port) if choice else None
        return None if choice is None or port is None else replace(choice, port=port)

    async def _shut(self, served: _Served, place: _Place) -> None:
        server = served.open.pop(place)
        server.close()
        self.shifted.pop((place.address, place.port), None)

    async def _close(self, key: Key) -> None:
        served = self._served.pop(key, None)
        if served is None:
            return
        for place in list(served.open):
            await self._shut(served, place)
        for silence in served.silent.values():
            silence.close()


def _places(service: Object, nodes: list[Object]) -> list[_Place]:
    """Where the service is dialled: its cluster IP, as from the first node that is up, and its node ports on all of them."""
    up = [node for node in nodes if (node["metadata"].get("annotations") or {}).get(STOPPED) != "true"]
    if not up:
        return []
    places = []
    for port in service["spec"].get("ports") or ():
        if port.get("protocol", "TCP") != "TCP":
            continue
        cluster_ip = service["spec"].get("clusterIP")
        if cluster_ip and cluster_ip != "None":
            places.append(_Place(cluster_ip, port["port"], up[0]["metadata"]["name"]))
        if number := port.get("nodePort"):
            places += [_Place(_address(node), number, node["metadata"]["name"]) for node in up]
    return places


def _address(node: Object) -> str:
    return next(str(it["address"]) for it in node["status"]["addresses"] if it["type"] == "InternalIP")


def _only_heartbeat(change: Change) -> bool:
    """Whether a node only said that it lives."""

    def told(node: Object | None) -> Any:
        if node is None:
            return None
        metadata, status = node["metadata"], node.get("status", {})
        ready = [it["status"] for it in status.get("conditions", []) if it["type"] == "Ready"]
        return metadata.get("labels"), metadata.get("annotations"), node.get("spec"), status.get("addresses"), ready

    return change.type == "MODIFIED" and told(change.object) == told(change.before)
