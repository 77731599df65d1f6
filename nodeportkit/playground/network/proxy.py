"""kube-proxy on every node: sockets for node ports and cluster IPs, each as the rules of that node would have it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

from nodeportkit.playground.clock import Clock
from nodeportkit.playground.controllers.pods import is_ready
from nodeportkit.playground.machines import address_of, is_stopped
from nodeportkit.playground.network.addresses import Addresses
from nodeportkit.playground.network.datagrams import Datagrams, Session
from nodeportkit.playground.network.doors import Door, Doors
from nodeportkit.playground.network.guests import Guests
from nodeportkit.playground.network.limits import Limits
from nodeportkit.playground.network.obstacles import Obstacles
from nodeportkit.playground.network.outward import Way
from nodeportkit.playground.network.relay import Entry, Relay
from nodeportkit.playground.network.requests import Entered, Requests
from nodeportkit.playground.network.routes import Choice, Routes
from nodeportkit.playground.network.sockets import Silence
from nodeportkit.playground.store import Change, Key, Object, Store

__all__ = ["Proxy"]

_PROXIES: Final = {"k8s-app": "kube-proxy"}  # the labels of kube-proxy's own pods, where there are any
_SERVICE: Final = "kubernetes.io/service-name"
_CLIENT: Final = "127.0.0.1"
_WAIT: Final = 0.05
_REST: Final = (
    4  # times as long as the last round took: rules of thousands of endpoints are not written at every change
)
_AGAIN: Final = 1.0  # seconds until a port that somebody else has is tried once more
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, order=True)
class _Place:
    """Where a service is dialled, and the node whose rules hold there."""

    door: Door
    node: str


@dataclass(slots=True)
class _Served:
    """A service: its rules, and the sockets that stand for it."""

    routes: Routes
    version: tuple[str, ...]  # of the objects that the rules come from
    stale: dict[str, Routes] = field(default_factory=dict)  # the rules of nodes whose kube-proxy follows no changes
    open: dict[_Place, Relay | Datagrams] = field(default_factory=dict)
    silent: dict[_Place, Silence] = field(default_factory=dict)
    failed: set[Door] = field(default_factory=set)

    def at(self, node: str) -> Routes:
        """The rules of a node."""
        return self.stale.get(node, self.routes)


class Proxy:
    """Serves the node ports and cluster IPs of all services.

    Parameters
    ----------
    store
        The objects.
    clock
        The playground's clock.
    find
        Tells where a pod's port is really served, or None if nobody listens there.
    addresses
        The playground's.
    requests
        Where connections are noted.
    doors
        Opens the ports.
    limits
        How many connections there may be at once.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        find: Callable[[Door], tuple[str, int] | None],
        addresses: Addresses,
        requests: Requests,
        doors: Doors,
        limits: Limits,
    ) -> None:
        self._requests = requests
        self._addresses = addresses
        self._store = store
        self._clock = clock
        self._find = find
        self._doors = doors
        self.connections: Guests[Entry] = Guests("connections through services", limits.connections, Entry.end)
        self.sessions: Guests[Session] = Guests("clients of UDP services", limits.sessions, Session.end)
        self._obstacles = Obstacles(store, addresses)
        self._served: dict[Key, _Served] = {}
        self._dirty: set[Key] = set()
        self._failed: set[Key] = set()  # services of which a port cannot be opened
        self._wake = asyncio.Event()
        self._stop = store.listen(self._changed)
        self._task = asyncio.get_running_loop().create_task(self._run())

    def close(self) -> None:
        """Close every socket."""
        self._stop()
        self._task.cancel()
        for key in list(self._served):
            self._close(key)

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
        elif (
            self._obstacles.look(change)
            or _is_proxy(change)
            or (change.resource == "nodes" and not _only_heartbeat(change))
        ):
            self.look_again()

    def _mark(self, key: Key) -> None:
        self._dirty.add(key)
        self._wake.set()

    async def _run(self) -> None:
        took = 0.0
        while True:
            await self._wake.wait()
            self._wake.clear()
            await asyncio.sleep(max(_WAIT, _REST * took))  # changes come in bursts
            took = 0.0
            while self._dirty:
                key = self._dirty.pop()
                begun = time.thread_time()
                try:
                    self._serve(key)
                except Exception:
                    _log.exception("the ports of service %s cannot be served", "/".join(key))
                took += time.thread_time() - begun
                await asyncio.sleep(0)

    def _serve(self, key: Key) -> None:
        service = self._store.get("services", key)
        if service is None or service["spec"].get("type") == "ExternalName":
            self._close(key)
            return
        slices = self._store.labelled("endpointslices.discovery.k8s.io", key.namespace, {_SERVICE: key.name})
        nodes = [node for node in self._store.all("nodes") if address_of(node)]
        served = self._served[key] = self._ruled(self._served.get(key), service, slices, nodes)
        places = [place for place in _places(service, nodes) if place.node not in served.stale]
        places += [place for place in (*served.open, *served.silent) if place.node in served.stale]
        wanted = {place: self._state(key.namespace, served.at(place.node), place) for place in places}
        for place in [it for it in served.open if wanted.get(it) != "open"]:
            self._shut(served, place)
        for place in [it for it in served.silent if wanted.get(it) != "silent"]:
            self._unsilence(served, place)
        for place, state in sorted(wanted.items()):
            if state == "open" and place not in served.open:
                self._open(key, served, place)
            elif state == "silent" and place not in served.silent:
                held = self._doors.open(place.door, backlog=0)
                if held is not None:
                    served.silent[place] = Silence(held)
            elif state == "open" and isinstance(port := served.open[place], Datagrams):
                port.keep(partial(self._still, served.at(place.node), place))
        failed = {place.door for place, state in wanted.items() if state != "refused"} & self._doors.failed.keys()
        self._doors.give_up(served.failed - failed)
        served.failed = failed
        if failed:
            self._try_again(key)

    def _try_again(self, key: Key) -> None:
        """Look at a service once more in a moment: somebody else may let go of its ports."""
        if not self._failed:
            asyncio.get_running_loop().call_later(_AGAIN, self._try_all_again)
        self._failed.add(key)

    def _try_all_again(self) -> None:
        while self._failed:
            self._mark(self._failed.pop())

    def _ruled(self, before: _Served | None, service: Object, slices: list[Object], nodes: list[Object]) -> _Served:
        """The service with the rules of this moment; nodes whose kube-proxy does not follow keep those that they had."""
        version = tuple(it["metadata"]["resourceVersion"] for it in (service, *slices, *nodes))
        lagging = {
            pod["spec"].get("nodeName", "")
            for pod in self._store.labelled("pods", "kube-system", _PROXIES)
            if pod["status"].get("phase") == "Running" and not is_ready(pod)
        }
        if before is None:
            return _Served(Routes(service, slices, nodes, self._clock, self._addresses), version)
        before.stale = {node: before.stale.get(node, before.routes) for node in lagging}
        if before.version != version:
            routes = Routes(service, slices, nodes, self._clock, self._addresses)
            routes.remember(before.routes)
            before.routes, before.version = routes, version
        return before

    def _state(self, namespace: str, routes: Routes, place: _Place) -> str:
        """What a client outside finds there: an open port, silence, or nobody."""
        if self._obstacles.before(place.node) or routes.decide(place.node, _CLIENT, place.door).verdict == "DROP":
            return "silent"
        state = "refused"
        for end in routes.ends(place.node, _CLIENT, place.door):
            if self._find(_door(end, place)):
                # Where a pod sees the client itself, a policy may let in another one.
                if end.source == _CLIENT or not self._is_lost(namespace, place, end):
                    return "open"
                state = "silent"  # every packet would be lost behind the node: nobody gets a connection
        return state

    def _is_lost(self, namespace: str, place: _Place, end: Choice) -> bool:
        return end.pod is not None and self._obstacles.behind(
            place.node, end.source, Key(namespace, end.pod), _door(end, place)
        )

    def _still(self, routes: Routes, place: _Place, way: Way) -> bool:
        """Whether clients may still be led that way."""
        ends = routes.ends(place.node, _CLIENT, place.door)
        return (way.address, way.port) in [self._find(_door(end, place)) for end in ends]

    def _open(self, key: Key, served: _Served, place: _Place) -> None:
        held = self._doors.open(place.door)
        if held is None:
            return
        choose = partial(self._choose, key, place)
        enter = partial(Entered, f"{key.namespace}/{key.name}", place.node, place.door.address, place.door.port)
        if place.door.protocol == "UDP":
            served.open[place] = Datagrams(held, choose, self._requests, enter, self.sessions)
        else:
            served.open[place] = Relay(held, lambda: Entry(choose, self._requests, enter, self.connections))

    def _choose(self, key: Key, place: _Place, client: str) -> Choice | None:
        """Where a connection goes, by the port on which its pod is really served."""
        served = self._served.get(key)
        choice = served.at(place.node).choose(place.node, client, place.door) if served else None
        where = self._find(_door(choice, place)) if choice else None
        if choice is None or where is None:
            return None
        lost = self._is_lost(key.namespace, place, choice)
        return replace(choice, address=where[0], port=where[1], lost=lost)

    def _shut(self, served: _Served, place: _Place) -> None:
        served.open.pop(place).close()
        self._doors.close(place.door)

    def _unsilence(self, served: _Served, place: _Place) -> None:
        served.silent.pop(place).close()
        self._doors.close(place.door)

    def _close(self, key: Key) -> None:
        served = self._served.pop(key, None)
        if served is None:
            return
        for place in list(served.open):
            self._shut(served, place)
        for place in list(served.silent):
            self._unsilence(served, place)
        self._doors.give_up(served.failed)


def _places(service: Object, nodes: list[Object]) -> list[_Place]:
    """Where the service is dialled: its cluster IP, as from the first node that is up, and its node ports on all nodes."""
    up = [node for node in nodes if not is_stopped(node)]
    places = []
    for port in service["spec"].get("ports") or ():
        protocol = port.get("protocol", "TCP")
        if protocol not in ("TCP", "UDP"):
            continue
        cluster_ip = service["spec"].get("clusterIP")
        if up and cluster_ip and cluster_ip != "None":
            places.append(_Place(Door(cluster_ip, port["port"], protocol), up[0]["metadata"]["name"]))
        if number := port.get("nodePort"):
            places += [_Place(Door(address_of(node), number, protocol), node["metadata"]["name"]) for node in nodes]
    return places


def _door(end: Choice, place: _Place) -> Door:
    """The port of a pod, as the cluster speaks of it."""
    return Door(end.address, end.port, place.door.protocol)


def _is_proxy(change: Change) -> bool:
    """Whether it is about a pod of kube-proxy's own."""
    labels = change.object["metadata"].get("labels") or {}
    return change.resource == "pods" and change.key.namespace == "kube-system" and _PROXIES.items() <= labels.items()


def _only_heartbeat(change: Change) -> bool:
    """Whether a node only said that it lives."""

    def told(node: Object | None) -> Any:
        if node is None:
            return None
        metadata, status = node["metadata"], node.get("status", {})
        ready = [it["status"] for it in status.get("conditions", []) if it["type"] == "Ready"]
        return metadata.get("labels"), metadata.get("annotations"), node.get("spec"), status.get("addresses"), ready

    return change.type == "MODIFIED" and told(change.object) == told(change.before)
