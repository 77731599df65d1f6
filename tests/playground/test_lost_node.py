"""A node that stops: what a cluster makes of it, on a clock that runs a hundred times as fast."""

import asyncio
import time

from nodeportkit.playground.api.decoding import Options
from nodeportkit.playground.machines import STOPPED
from nodeportkit.playground.process.asking import remarks
from nodeportkit.playground.process.control import Control
from nodeportkit.playground.resources import find
from nodeportkit.playground.store import Key
from nodeportkit.playground.world import World

DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web"},
    "spec": {
        "replicas": 3,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "web", "image": "nginx"}]},
        },
    },
}


async def until(look, wanted, seconds=20):
    end = time.monotonic() + seconds
    while not wanted(found := look()):
        assert time.monotonic() < end, found
        await asyncio.sleep(0.02)
    return found


def test_a_lost_node_turns_not_ready_and_its_pods_move():
    async def story():
        world = World(3, speed=100)
        store, writer = world.api.store, world.api.writer

        def ready_on():
            pods = [pod for pod in store.all("pods") if not pod["metadata"].get("deletionTimestamp")]
            return sorted(
                pod["spec"].get("nodeName", "")
                for pod in pods
                if any(c["type"] == "Ready" and c["status"] == "True" for c in pod["status"].get("conditions", []))
            )

        def stop(value):
            node = store.get("nodes", Key("", "node-2"))
            metadata = {**node["metadata"], "annotations": {"nodeportkit.io/stopped": value}}
            writer.update(find("", "v1", "nodes"), Key("", "node-2"), {**node, "metadata": metadata}, Options())

        def state():
            conditions = store.get("nodes", Key("", "node-2"))["status"]["conditions"]
            return next(c["status"] for c in conditions if c["type"] == "Ready")

        try:
            writer.create(find("apps", "v1", "deployments"), "default", DEPLOYMENT, Options())
            await until(ready_on, lambda nodes: nodes == ["node-1", "node-2", "node-3"])
            began = world.clock.now()
            stop("true")
            await until(state, lambda status: status == "Unknown")
            # Forty seconds of silence (--node-monitor-grace-period of kube-controller-manager).
            assert 39 < (world.clock.now() - began).total_seconds() < 120
            assert ready_on() == ["node-1", "node-3"]
            await until(ready_on, lambda nodes: len(nodes) == 3)
            # Five more minutes until pods are taken away (tolerationSeconds that admission gives them).
            assert (world.clock.now() - began).total_seconds() > 300
            assert "node-2" not in ready_on()
            stop("false")
            await until(state, lambda status: status == "True")
            assert not store.get("nodes", Key("", "node-2"))["spec"].get("taints")
        finally:
            await world.close()

    asyncio.run(story())


def test_a_node_that_comes_back_in_time_keeps_its_pods():
    async def story():
        world = World(3, speed=100)
        store, writer = world.api.store, world.api.writer

        def ready():
            return {
                pod["metadata"]["uid"]
                for pod in store.all("pods")
                if any(it["type"] == "Ready" and it["status"] == "True" for it in pod["status"].get("conditions", []))
            }

        def stop(value):
            node = store.get("nodes", Key("", "node-2"))
            metadata = {**node["metadata"], "annotations": {"nodeportkit.io/stopped": value}}
            writer.update(find("", "v1", "nodes"), Key("", "node-2"), {**node, "metadata": metadata}, Options())

        try:
            writer.create(find("apps", "v1", "deployments"), "default", DEPLOYMENT, Options())
            before = await until(ready, lambda pods: len(pods) == 3)
            stop("true")
            await until(ready, lambda pods: len(pods) == 2)
            stop("false")
            assert await until(ready, lambda pods: len(pods) == 3) == before
        finally:
            await world.close()

    asyncio.run(story())


def test_whoever_looks_is_told_that_a_node_was_switched_off_and_how_to_start_it(cluster):
    how = "node node-2 is switched off; to start it again: nodeportkit playground start-node node-2"
    control = cluster.do(lambda: Control(cluster.world))
    assert remarks(cluster.do(control.status)) == []
    cluster.kubectl("annotate", "node", "node-2", f"{STOPPED}=true")
    assert remarks(cluster.do(control.status)) == [how]
    for asked in (("get", "nodes"), ("get", "node", "node-2")):
        assert f"Warning: {how}\n" in cluster.kubectl(*asked)
    for asked in (("get", "node", "node-1"), ("get", "nodes", "-o", "name"), ("get", "pods", "-A")):
        assert "Warning" not in cluster.kubectl(*asked)
    end = time.monotonic() + 10
    while f"node-controller  {how}" not in (said := cluster.kubectl("describe", "node", "node-2")):
        assert time.monotonic() < end, said
    cluster.kubectl("annotate", "node", "node-2", f"{STOPPED}-")
    assert "Warning" not in cluster.kubectl("get", "nodes")
    assert remarks(cluster.do(control.status)) == []
