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
_APPS = 10
_STEP = 0.2


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
    """How long it takes to create nodes, and Deployments whose pods all get ready; every pod listens on its address."""

    async def work() -> dict[str, float]:
        world = World(1)
        store = world.api.store
        begun = time.perf_counter()
        for number in range(int(nodes)):
            _ask(world, "POST", "/api/v1/nodes", {"metadata": {"name": f"more-{number}"}})
        while not all(map(_is_ready, store.all("nodes"))):
            await asyncio.sleep(_STEP)
        joined, joined_work = time.perf_counter(), time.process_time()
        for number in range(_APPS):
            for plural, thing in _app(number, int(pods) // _APPS):
                _ask(world, "POST", plural, thing)
        while _ready_pods(world) < int(pods) or _ready_ends(world) < int(pods):
            await asyncio.sleep(_STEP)
        ready, ready_work = time.perf_counter(), time.process_time()
        found = {"nodes": joined - begun, "pods": ready - joined, "work": ready_work - joined_work}
        listening = sum(world.pods.find(Door(pod["status"]["podIP"], 80)) is not None for pod in store.all("pods"))
        found |= {"listening": listening, "files": len(list(Path("/proc/self/fd").iterdir()))}
        await world.close()
        return found

    return asyncio.run(work())


def _is_ready(thing: Any) -> bool:
    return any(it["type"] == "Ready" and it["status"] == "True" for it in thing["status"].get("conditions") or ())


def _ready_pods(world: World) -> int:
    deployments = world.api.store.all("deployments.apps")
    return sum(it.get("status", {}).get("readyReplicas", 0) for it in deployments)


def _ready_ends(world: World) -> int:
    slices = world.api.store.all("endpointslices.discovery.k8s.io")
    return sum(end["conditions"]["ready"] for it in slices for end in it.get("endpoints") or ())


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


def _app(number: int, replicas: int) -> list[tuple[str, Any]]:
    """A Deployment and a Service for it, each with where it is created."""
    name = f"app-{number}"
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "web", "image": "nginx"}]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    service = {"selector": labels, "ports": [{"port": 80}]}
    return [
        ("/apis/apps/v1/namespaces/default/deployments", {"metadata": {"name": name}, "spec": spec}),
        ("/api/v1/namespaces/default/services", {"metadata": {"name": name}, "spec": service}),
    ]


def run(folder: Path, shares: Sequence[float]) -> Result:  # noqa: ARG001 (every benchmark is given a folder)
    start = apart(started)
    speed = apart(served)
    rows = [
        {"what": "from the start of the process to an answer", "took": f"{start['seconds']:.2f} s", "memory": f"{start['peak'] / _MEGA:.0f} MB"},
        {"what": "requests to a pod", "took": f"{-speed['direct']:,.0f} a second", "memory": f"{speed['peak'] / _MEGA:.0f} MB"},
        {"what": "requests to its node port", "took": f"{-speed['node port']:,.0f} a second", "memory": f"{speed['peak'] / _MEGA:.0f} MB"},
    ]  # fmt: skip
    grown: list[dict[str, float]] = []
    for share in (0.25, 0.5, 1.0) if max(shares) == 1 else shares:
        nodes, pods = round(_NODES * share), round(_PODS * share)
        found = apart(filled, nodes, pods, times=1)
        grown.append(found)
        memory = f"{found['peak'] / _MEGA:.0f} MB"
        rows.append({"what": f"create {nodes:,} nodes", "took": f"{found['nodes']:.1f} s", "memory": ""})
        rows.append(
            {
                "what": f"{pods:,} pods on them ready, in {_APPS} services",
                "took": f"{found['pods']:.1f} s",
                "memory": memory,
            }
        )
        rows.append(
            {"what": "processor time of that, a pod", "took": f"{found['work'] / pods * 1000:.1f} ms", "memory": ""}
        )
        rows.append(
            {
                "what": "pods that listen, and open files",
                "took": f"{found['listening']:,.0f}, {found['files']:,.0f}",
                "memory": "",
            }
        )
    per_pod = [it["work"] / it["listening"] for it in grown]
    goals = [
        (f"a playground answers within {_START_GOAL:g} s", start["seconds"] < _START_GOAL),
        (f"the default playground needs less than {_MEMORY_GOAL:.0f} MB", start["peak"] / _MEGA < _MEMORY_GOAL),
        ("the largest needs no more than twice the work a pod that the smallest does", max(per_pod) < 2 * min(per_pod)),
    ]
    about = (
        "Nodes, Deployments and Services are created through the API; kubelets, the scheduler, the controllers, and the servers in the "
        "pods work as ever, all in one process: a pod waits for a second until its image is there. Real time, and the processor's where "
        "it says so. Requests come fifty at a time from the playground's own process."
    )
    return Result("The playground", about, rows, goals)
