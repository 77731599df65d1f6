"""What may be asked of a playground beside its API: how it is, who dialled it, to begin anew, and to forget changes."""

from __future__ import annotations

from typing import Any, Final

from nodeportkit.playground.machines import address_of, is_stopped
from nodeportkit.playground.network.doors import Door
from nodeportkit.playground.process.snapshots import Snapshot
from nodeportkit.playground.store import Object
from nodeportkit.playground.world import World

__all__ = ["Control"]

_REQUESTS: Final = "requests/after/"


class Control:
    """Answers for a cluster, which is new when this is made.

    Parameters
    ----------
    world
        The cluster.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._first = Snapshot(world)
        self._healthy: Snapshot | None = None  # before the first fault that was planted

    async def answer(self, method: str, path: str, body: bytes) -> Any:  # noqa: ARG002 (no question has a body yet)
        """The answer to a request; None for what there is not."""
        match method, path:
            case "GET", "status":
                return self.status()
            case "GET", _ if path.startswith(_REQUESTS) and path.removeprefix(_REQUESTS).isdecimal():
                return self._world.requests.after(int(path.removeprefix(_REQUESTS)))
            case "POST", "reset":
                self._healthy = None
                await self._first.restore()
                return self.status()
            case "POST", "remember":
                self._healthy = self._healthy or Snapshot(self._world)
                return self.status()
            case "POST", "heal":
                if self._healthy is not None:
                    await self._healthy.restore()
                    self._healthy = None
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
        nodes = {address_of(it): f"node {it['metadata']['name']}" for it in store.all("nodes")}
        named = {**pods, **services, **nodes}
        return {
            "nodes": [
                {
                    "name": node["metadata"]["name"],
                    "address": address_of(node),
                    "ready": any(
                        it["type"] == "Ready" and it["status"] == "True"
                        for it in node["status"].get("conditions") or ()
                    ),
                    "stopped": is_stopped(node),
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


def _door(door: Door, named: dict[str, str]) -> dict[str, Any]:
    return {
        "address": door.address,
        "port": door.port,
        "protocol": door.protocol,
        "of": named.get(door.address, ""),
    }


def _name(thing: Object) -> str:
    return f"{thing['kind'].lower()} {thing['metadata']['namespace']}/{thing['metadata']['name']}"
