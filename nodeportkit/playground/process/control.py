"""What may be asked of a playground beside its API: how it is, who dialled it, to begin anew, and to forget changes."""

from __future__ import annotations

import asyncio
import copy
from typing import Any, Final

from nodeportkit.playground.api.decoding import Options
from nodeportkit.playground.api.failures import ApiError
from nodeportkit.playground.network.doors import Door
from nodeportkit.playground.resources import Resource, resources
from nodeportkit.playground.store import Key, Object
from nodeportkit.playground.world import World

__all__ = ["Control"]

# Owners before what they own, so that nothing is made anew.
_FIRST: Final = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Service", "Pod")
_OPTIONS: Final = Options(manager="nodeportkit", validation="Ignore")
_REQUESTS: Final = "requests/after/"
_STEP: Final = 0.02
_TRIES: Final = 500


class Control:
    """Answers for a cluster, which is new when this is made.

    Parameters
    ----------
    world
        The cluster.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._first = {
            (resource.name, _key(thing)): copy.deepcopy(thing)
            for resource in resources()
            for thing in world.api.store.all(resource.name)
        }

    async def answer(self, method: str, path: str, body: bytes) -> Any:  # noqa: ARG002 (no question has a body yet)
        """The answer to a request; None for what there is not."""
        match method, path:
            case "GET", "status":
                return self.status()
            case "GET", _ if path.startswith(_REQUESTS) and path.removeprefix(_REQUESTS).isdecimal():
                return self._world.requests.after(int(path.removeprefix(_REQUESTS)))
            case "POST", "reset":
                await self.reset()
                return self.status()
            case "POST", "forget":
                self._world.api.store.forget()
                return self.status()
        return None

    def status(self) -> dict[str, Any]:
        """Where its nodes and services can be dialled."""
        world = self._world
        store = world.api.store
        services = {it["spec"].get("clusterIP"): _name(it) for it in store.all("services")}
        pods = {it["status"].get("podIP"): _name(it) for it in store.all("pods") if it["status"].get("podIP")}
        nodes = {_address(it): f"node {it['metadata']['name']}" for it in store.all("nodes")}
        named = {**pods, **services, **nodes}
        return {
            "nodes": [
                {
                    "name": node["metadata"]["name"],
                    "address": _address(node),
                    "ready": any(
                        it["type"] == "Ready" and it["status"] == "True" for it in node["status"]["conditions"]
                    ),
                }
                for node in store.all("nodes")
            ],
            "services": len(store.all("services")),
            "pods": len(store.all("pods")),
            "pod_ranges": world.addresses.all_pods,
            "moved": [{**_door(door, named), "at": list(place)} for door, place in sorted(world.doors.moved.items())],
            "failed": [{**_door(door, named), "reason": reason} for door, reason in sorted(world.doors.failed.items())],
            "crowded": [
                {"kind": guests.kind, "most": guests.most, "ended": guests.ended}
                for guests in world.guests
                if guests.ended
            ],
        }

    async def reset(self) -> None:
        """Make the cluster what it was at first: what was added is deleted, what was changed is put back."""
        known = sorted(resources(), key=lambda it: _FIRST.index(it.kind) if it.kind in _FIRST else len(_FIRST))
        store = self._world.api.store
        for _ in range(_TRIES):
            added = [
                (resource, _key(thing))
                for resource in known
                for thing in store.all(resource.name)
                if (resource.name, _key(thing)) not in self._first and not self._made_by_a_controller(resource, thing)
            ]
            if not added:
                break
            for resource, key in added:
                self._delete(resource, key)
            await asyncio.sleep(_STEP)
        for resource in known:
            for thing in store.all(resource.name):
                before = self._first.get((resource.name, _key(thing)))
                if before is not None and resource.kind in ("Node", "Service"):
                    self._restore(resource, thing, before)

    def _made_by_a_controller(self, resource: Resource, thing: Object) -> bool:
        """Whether it comes with every namespace, or goes with its service."""
        at_first = ("namespaces", Key("", thing["metadata"].get("namespace", ""))) in self._first
        name = thing["metadata"]["name"]
        if resource.kind in ("ServiceAccount", "ConfigMap"):
            return at_first and name in ("default", "kube-root-ca.crt")
        return at_first and resource.kind in ("Endpoints", "EndpointSlice") and name.startswith("kubernetes")

    def _delete(self, resource: Resource, key: Key) -> None:
        store = self._world.api.store
        thing = store.get(resource.name, key)
        if thing is None:
            return
        if resource.kind == "Pod":
            # Of a node that is stopped, no kubelet ends it.
            store.delete(resource.name, key)
            return
        try:
            if thing["metadata"].get("finalizers"):
                bare = {name: value for name, value in thing["metadata"].items() if name != "finalizers"}
                self._world.api.writer.update(resource, key, {**thing, "metadata": bare}, _OPTIONS)
            self._world.api.writer.delete(resource, key, _OPTIONS)
        except ApiError:
            return  # it is gone, or changes at this moment: there is another try

    def _restore(self, resource: Resource, thing: Object, before: Object) -> None:
        wanted = {**copy.deepcopy(before), "metadata": {**copy.deepcopy(before["metadata"])}}
        wanted["metadata"]["resourceVersion"] = thing["metadata"]["resourceVersion"]
        wanted["status"] = thing.get("status", {})
        try:
            self._world.api.writer.update(resource, _key(thing), wanted, _OPTIONS)
        except ApiError:
            return


def _address(node: Object) -> str:
    return next(str(it["address"]) for it in node["status"]["addresses"] if it["type"] == "InternalIP")


def _door(door: Door, named: dict[str, str]) -> dict[str, Any]:
    return {
        "address": door.address,
        "port": door.port,
        "protocol": door.protocol,
        "of": named.get(door.address, ""),
    }


def _key(thing: Object) -> Key:
    return Key(thing["metadata"].get("namespace", ""), thing["metadata"]["name"])


def _name(thing: Object) -> str:
    return f"{thing['kind'].lower()} {thing['metadata']['namespace']}/{thing['metadata']['name']}"
