"""Live clusters, read and kept up with: against the playground's API server, with faults injected."""

import asyncio
import re
import time

import pytest
from pandas.testing import assert_frame_equal

import nodeportkit as npk
from nodeportkit.live import listing
from nodeportkit.playground.serving.web import serve
from nodeportkit.playground.store import Key

SERVICE = (
    '{"apiVersion":"v1","kind":"Service","metadata":{"name":"%s"},"spec":{"type":"NodePort","ports":[{"port":80}]}}'
)


def create(cluster, name):
    cluster.kubectl("create", "-f", "-", data=SERVICE % name)


def names(found):
    return set(found.services["name"])


def eventually(watching, until, seconds=20):
    found = watching.wait(until, seconds=seconds)
    assert found is not None, (watching.cluster, watching.problems)
    return found


def test_connect_reads_what_kubectl_prints(cluster):
    create(cluster, "read")
    found = npk.connect(kubeconfig=cluster.kubeconfig)
    printed = npk.read(cluster.kubectl("get", "nodes,services,namespaces", "-A", "-o", "json"))
    for frame in ("nodes", "services", "ports", "namespaces"):
        mine, theirs = getattr(found, frame), getattr(printed, frame)
        columns = [name for name in mine if name != "age"]
        assert_frame_equal(mine[columns], theirs[columns])
    assert {"policies", "backends", "pods", "endpoints"} <= found.collected
    assert found.proxy.cluster_cidrs == (cluster.world.addresses.all_pods,)
    assert found.problems == ()
    create(cluster, "later")
    assert "later" not in names(found)
    assert "later" in names(found.refresh())


def test_long_lists_come_page_by_page_and_anew_where_the_server_forgot_the_first(cluster, monkeypatch):
    for number in range(7):
        create(cluster, f"page-{number}")
    asked = []
    whole = listing._pages

    def small(server, kind, namespace, _):
        for number, part in enumerate(whole(server, kind, namespace, 3)):
            asked.append(kind.plural)
            yield part
            if number == 0 and asked.count("services") == 1:
                cluster.kubectl("label", "service", "page-6", "seen=yes", "--overwrite")
                cluster.do(cluster.world.api.store.forget)

    monkeypatch.setattr(listing, "_pages", small)
    found = npk.connect(kubeconfig=cluster.kubeconfig)
    assert {f"page-{number}" for number in range(7)} <= names(found)
    assert not found.services.duplicated(["namespace", "name"]).any()
    assert asked.count("services") > 3


def test_secrets_are_never_asked_for(cluster, monkeypatch):
    asked = []
    answer = type(cluster.world.api).answer

    def heard(self, request):
        asked.append(request.path)
        return answer(self, request)

    monkeypatch.setattr(type(cluster.world.api), "answer", heard)
    npk.connect(kubeconfig=cluster.kubeconfig)
    assert "/api/v1/services" in asked
    assert not [path for path in asked if "secrets" in path]
    assert [path for path in asked if "configmaps" in path] == ["/api/v1/namespaces/kube-system/configmaps/kube-proxy"]


def test_one_namespace_alone(cluster):
    assert set(npk.connect(kubeconfig=cluster.kubeconfig, namespace="kube-system").services["namespace"]) == set()
    assert "kubernetes" in names(npk.connect(kubeconfig=cluster.kubeconfig, namespace="default"))


def test_a_watch_keeps_up(cluster):
    with npk.connect(kubeconfig=cluster.kubeconfig).watch() as watching:
        before = watching.cluster
        assert watching.cluster is before
        create(cluster, "watched")
        after = eventually(watching, lambda now: "watched" in names(now))
        assert "watched" not in names(before)
        assert int(after.ports.set_index("service").loc["watched", "node_port"]) >= 30000
        cluster.kubectl("patch", "service", "watched", "-p", '{"spec":{"selector":{"app":"web"}}}')
        eventually(watching, lambda now: {"app": "web"} in now.services["selector"].tolist())
        cluster.kubectl("delete", "service", "watched")
        eventually(watching, lambda now: "watched" not in names(now))
        assert watching.wait(lambda _: False, seconds=0.2) is None


def restarted(cluster, between=lambda: None, seconds=0.0):
    """Stop the server as one that is killed, and start it again on the same port."""

    async def down():
        cluster.server.stop()
        await cluster.server.close_all_connections()

    async def up():
        cluster.server, _ = await serve(cluster.world.api, cluster.identity, cluster.port)

    def run(function):
        asyncio.run_coroutine_threadsafe(function(), cluster._loop).result(timeout=30)

    run(down)
    cluster.do(between)
    time.sleep(seconds)
    run(up)


def test_a_watch_outlives_a_restart_of_the_server_and_says_so_meanwhile(cluster):
    with npk.connect(kubeconfig=cluster.kubeconfig).watch() as watching:
        restarted(cluster, seconds=1.0)
        create(cluster, "after-restart")
        eventually(watching, lambda now: "after-restart" in names(now))
        assert watching.relisted == 0
        until = time.monotonic() + 20
        while watching.problems:
            assert time.monotonic() < until, watching.problems
            time.sleep(0.1)


def test_while_the_server_is_away_problems_say_so(cluster):
    with npk.connect(kubeconfig=cluster.kubeconfig).watch() as watching:
        told = []

        def look():
            until = time.monotonic() + 10
            while not watching.problems and time.monotonic() < until:
                time.sleep(0.05)
            told.extend(map(str, watching.problems))
            told.extend(map(str, watching.cluster.problems))

        restarted(cluster, look)
        assert told
        assert all(re.search("gives no answer|broke off", text) for text in told)
        assert "kubernetes" in names(watching.cluster)


def test_what_was_deleted_while_the_history_was_lost_is_gone_after_a_410(cluster):
    create(cluster, "short-lived")
    with npk.connect(kubeconfig=cluster.kubeconfig).watch() as watching:
        assert "short-lived" in names(watching.cluster)

        def away():
            cluster.world.api.store.delete("services", Key("default", "short-lived"))
            cluster.world.api.store.forget()

        restarted(cluster, away)
        create(cluster, "newcomer")
        found = eventually(watching, lambda now: "newcomer" in names(now) and "short-lived" not in names(now))
        assert watching.relisted >= 1
        assert "kubernetes" in names(found)


def test_what_keeps_it_from_connecting_is_told(cluster, tmp_path):
    config = cluster.kubeconfig.read_text()
    with pytest.raises(npk.NodePortKitError, match="there is no such kubeconfig"):
        npk.connect(kubeconfig=tmp_path / "none")
    with pytest.raises(npk.NodePortKitError, match="Expected object with name nope"):
        npk.connect("nope", kubeconfig=cluster.kubeconfig)
    for text, said in [
        ("hello: [", "is no kubeconfig"),
        (re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:1", config), "127.0.0.1:1 gives no answer .*Connection refused"),
        (re.sub("token: .*", "token: stolen", config), "401: Unauthorized"),
    ]:
        broken = tmp_path / "broken"
        broken.write_text(text)
        with pytest.raises(npk.NodePortKitError, match=said):
            npk.connect(kubeconfig=broken)
