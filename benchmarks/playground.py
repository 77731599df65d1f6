"""The playground: how soon it answers, what ten thousand pods cost it, and how quick its node ports are."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tornado.httpclient import AsyncHTTPClient

from benchmarks.measure import apart
from benchmarks.results import Result
from nodeportkit.playground.api.exchange import Request
from nodeportkit.playground.network.doors import Door
from nodeportkit.playground.world import World

_NODES, _PODS = 1_000, 10_000
_REQUESTS = 500
_AT_ONCE = 50
_START_GOAL = 2.0  # seconds
_MEMORY_GOAL = 150.0  # megabytes: what Binder leaves
_MEGA = 1_000_000


def started() -> dict[str, float]:
    """The processor's time from the start of this process to a playground that answers, imports and all."""

    async def work() -> dict[str, float]:
        world = World()
        _ask(world, "GET", "/api/v1/nodes")
        took = time.process_time()
        await world.close()
        return {"seconds": took}

    return asyncio.run(work())


def filled(nodes: str, pods: str) -> dict[str, float]:
    """How long it takes to create nodes and pods through the API, and to give each pod its node."""

    async def work() -> dict[str, float]:
        world = World(1, speed=0.01)  # slow, so that no node is missed while this goes on
        count = int(pods)
        begun = time.perf_counter()
        for number in range(int(nodes)):
            _ask(world, "POST", "/api/v1/nodes", _node(number))
        made = time.perf_counter()
        for number in range(count):
            _ask(world, "POST", "/api/v1/namespaces/default/pods", _pod(number))
            await asyncio.sleep(0)
        created = time.perf_counter()
        while world.api.store.pods_on(""):
            await asyncio.sleep(0.05)
        bound = time.perf_counter()
        await world.close()
        return {"nodes": made - begun, "pods": created - made, "bound": bound - made}

    return asyncio.run(work())


def served() -> dict[str, float]:
    """Requests a second to a node port and to the pod behind it, both from this process."""

    async def work() -> dict[str, float]:
        world = World()
        pod: Any = {"containers": [{"name": "web", "image": "nginx"}]}
        _ask(
            world,
            "POST",
            "/api/v1/namespaces/default/pods",
            {"metadata": {"name": "web", "labels": {"app": "web"}}, "spec": pod},
        )
        spec = {"type": "NodePort", "selector": {"app": "web"}, "ports": [{"port": 80, "nodePort": 30080}]}
        _ask(world, "POST", "/api/v1/namespaces/default/services", {"metadata": {"name": "web"}, "spec": spec})
        address = world.addresses.node(2)
        AsyncHTTPClient.configure(None, max_clients=_AT_ONCE)
        http = AsyncHTTPClient()
        for _ in range(200):
            try:
                await http.fetch(f"http://{address}:30080/")
                break
            except OSError:
                await asyncio.sleep(0.05)
        status = _ask(world, "GET", "/api/v1/namespaces/default/pods/web")["status"]
        host, port = world.doors.where(Door(status["podIP"], 80))
        direct = f"http://{host}:{port}/"
        found = {"direct": await _rate(http, direct), "node port": await _rate(http, f"http://{address}:30080/")}
        http.close()
        await world.close()
        return {name: -rate for name, rate in found.items()}  # the least is kept, and the best rate is wanted

    return asyncio.run(work())


async def _rate(http: AsyncHTTPClient, url: str) -> float:
    begun = time.perf_counter()
    await asyncio.gather(*(http.fetch(url) for _ in range(_REQUESTS)))
    return _REQUESTS / (time.perf_counter() - begun)


def _ask(world: World, method: str, path: str, body: Any = None) -> Any:
    sent = b"" if body is None else json.dumps(body).encode()
    answer = world.api.answer(Request(method, path, {}, {"content-type": "application/json"}, sent))
    assert answer.code < 300, answer.document
    return answer.document


def _node(number: int) -> dict[str, Any]:
    name = f"more-{number}"
    address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
    ready = {"type": "Ready", "status": "True", "reason": "KubeletReady", "lastTransitionTime": "2026-01-01T00:00:00Z"}
    return {
        "metadata": {"name": name, "annotations": {"nodeportkit.io/stopped": "true"}},
        "spec": {},
        "status": {"addresses": [{"type": "InternalIP", "address": address}], "conditions": [ready]},
    }


def _pod(number: int) -> dict[str, Any]:
    labels = {"app": f"app-{number % 100}", "number": str(number)}
    return {
        "metadata": {"name": f"pod-{number}", "labels": labels},
        "spec": {"containers": [{"name": "c", "image": "nginx"}]},
    }


def run(folder: Path, shares: Sequence[float]) -> Result:  # noqa: ARG001 (every benchmark is given a folder)
    start = apart(started)
    speed = apart(served)
    rows = [
        {"what": "from the start of the process to an answer", "took": f"{start['seconds']:.2f} s", "memory": f"{start['peak'] / _MEGA:.0f} MB"},
        {"what": "requests to a pod", "took": f"{-speed['direct']:,.0f} a second", "memory": f"{speed['peak'] / _MEGA:.0f} MB"},
        {"what": "requests to its node port", "took": f"{-speed['node port']:,.0f} a second", "memory": f"{speed['peak'] / _MEGA:.0f} MB"},
    ]  # fmt: skip
    for share in shares:
        nodes, pods = round(_NODES * share), round(_PODS * share)
        found = apart(filled, nodes, pods, times=1)
        memory = f"{found['peak'] / _MEGA:.0f} MB"
        rows.append({"what": f"create {nodes:,} nodes", "took": f"{found['nodes']:.1f} s", "memory": ""})
        rows.append({"what": f"create {pods:,} pods on them", "took": f"{found['pods']:.1f} s", "memory": memory})
        rows.append({"what": f"give {pods:,} pods their nodes", "took": f"{found['bound']:.1f} s", "memory": memory})
    goals = [
        (f"a playground answers within {_START_GOAL:g} s", start["seconds"] < _START_GOAL),
        (f"the default playground needs less than {_MEMORY_GOAL:.0f} MB", start["peak"] / _MEGA < _MEMORY_GOAL),
    ]
    about = (
        "Real time. Nodes and pods are created one by one through the API; the nodes run nothing, so that it is the API server, the "
        "scheduler and the other controllers that are measured. Requests come fifty at a time from the playground's own process."
    )
    return Result("The playground", about, rows, goals)
