"""UDP through node ports and cluster IPs, sent for real."""

import json
import re
import socket
import time

import pytest

from nodeportkit.playground.loading import Entry, client_addresses, load
from nodeportkit.playground.network.doors import Door

PORT = 30053
REFUSED, SILENT = "refused", "silent"


def talk(address, port, source="127.0.0.1", timeout=1.0):
    """A socket that talks to nobody else: the kernel tells it of a refusal."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.settimeout(timeout)
    made.bind((source, 0))
    made.connect((address, port))
    return made


def ask(talking):
    """What comes back: the words of a pod's line by name, or what became of the datagram."""
    try:
        talking.send(b"hello")
        return dict(re.findall(r"(\w+)=(\S+)", talking.recv(65535).decode()))
    except ConnectionRefusedError:
        return REFUSED
    except TimeoutError:
        return SILENT


def once(address, port, **options):
    with talk(address, port, **options) as talking:
        return ask(talking)


def eventually(look, wanted, seconds=15):
    end = time.monotonic() + seconds
    while not wanted(found := look()):
        assert time.monotonic() < end, found
        time.sleep(0.1)
    return found


def answered(found):
    return isinstance(found, dict)


@pytest.fixture(scope="module")
def names(cluster):
    """A deployment of three name servers of sorts, and a UDP service that leads to them; gives the nodes' addresses."""
    ports = [{"containerPort": 53, "protocol": "UDP"}]
    labels = {"app": "names"}
    template = {
        "metadata": {"labels": labels},
        "spec": {"containers": [{"name": "c", "image": "redis", "ports": ports}]},
    }
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "names"},
        "spec": {"replicas": 3, "selector": {"matchLabels": labels}, "template": template},
    }
    port = {"port": 53, "protocol": "UDP", "nodePort": PORT}
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "names"},
        "spec": {"type": "NodePort", "selector": labels, "ports": [port]},
    }
    for thing in (deployment, service):
        cluster.kubectl("create", "--validate=false", "-f", "-", data=json.dumps(thing))
    cluster.kubectl("rollout", "status", "deployment/names", "--timeout=20s")
    nodes = [cluster.world.addresses.node(number) for number in (1, 2, 3)]
    eventually(lambda: once(nodes[0], PORT), answered)
    return nodes


def patch(cluster, spec):
    cluster.kubectl("patch", "service", "names", "-p", json.dumps({"spec": spec}))


def test_a_client_keeps_its_pod_and_clients_are_spread_over_pods(names):
    found = set()
    for _ in range(40):
        with talk(names[1], PORT) as talking:
            pods = {ask(talking)["pod"] for _ in range(3)}
            assert len(pods) == 1
            found |= pods
    assert len(found) == 3


def test_the_pod_sees_the_node_under_cluster_and_the_client_under_local(cluster, names):
    assert once(names[2], PORT, source="127.9.9.9")["client"] == names[2]
    patch(cluster, {"externalTrafficPolicy": "Local"})
    try:
        eventually(
            lambda: once(names[2], PORT, source="127.9.9.9"),
            lambda found: answered(found) and found["client"] == "127.9.9.9",
        )
        assert once(names[2], PORT)["node"] == "node-3"
    finally:
        patch(cluster, {"externalTrafficPolicy": "Cluster"})


def test_the_cluster_ip_answers_and_tcp_on_the_same_number_does_not(cluster, names):
    address = cluster.kubectl("get", "service", "names", "-o", "jsonpath={.spec.clusterIP}")
    assert answered(once(*cluster.world.doors.where(Door(address, 53, "UDP"))))
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((names[0], PORT), timeout=1)


def test_affinity_keeps_all_ports_of_a_client_with_one_pod(cluster, names):
    patch(cluster, {"sessionAffinity": "ClientIP"})
    try:
        eventually(lambda: {once(names[0], PORT)["pod"] for _ in range(8)}, lambda found: len(found) == 1)
    finally:
        patch(cluster, {"sessionAffinity": "None"})


def test_no_endpoints_refuse_and_no_local_ones_are_silent(cluster, names):
    patch(cluster, {"selector": {"tier": "none"}})
    eventually(lambda: once(names[0], PORT), lambda found: found == REFUSED)
    patch(cluster, {"selector": {"tier": None}})
    eventually(lambda: once(names[0], PORT), answered)
    cluster.kubectl("scale", "deployment/names", "--replicas=1")
    pod = "{.items[?(@.status.phase=='Running')].spec.nodeName}"
    home = eventually(
        lambda: cluster.kubectl("get", "pods", "-o", f"jsonpath={pod}").split(), lambda found: len(found) == 1
    )[0]
    elsewhere = next(number for number in (1, 2, 3) if f"node-{number}" != home)
    patch(cluster, {"externalTrafficPolicy": "Local"})
    try:
        eventually(lambda: once(names[elsewhere - 1], PORT, timeout=0.4), lambda found: found == SILENT)
    finally:
        patch(cluster, {"externalTrafficPolicy": "Cluster"})
        cluster.kubectl("scale", "deployment/names", "--replicas=3")
        cluster.kubectl("rollout", "status", "deployment/names", "--timeout=20s")
    eventually(lambda: once(names[elsewhere - 1], PORT, timeout=0.4), answered)


def test_a_client_whose_pod_goes_is_led_to_another(cluster, names):
    with talk(names[0], PORT) as talking:
        first = eventually(lambda: ask(talking), answered)["pod"]
        cluster.kubectl("delete", "pod", first, "--wait=false")
        eventually(lambda: ask(talking), lambda found: answered(found) and found["pod"] != first)


def test_load_asks_udp_services_too(cluster, names):
    cluster.kubectl("rollout", "status", "deployment/names", "--timeout=20s")
    eventually(lambda: {once(names[0], PORT)["pod"] for _ in range(30)}, lambda pods: len(pods) == 3)
    port = {"namespace": "default", "service": "names", "port_name": "", "protocol": "UDP"}
    entries = [Entry("node-1", names[0], PORT), Entry("node-2", names[1], PORT + 1)]
    found = load(entries, 80, clients=client_addresses(4), seconds=1.0, port=port)
    by_node = found.groupby("node")
    assert by_node["outcome"].unique().map(list).to_dict() == {"node-1": ["answered"], "node-2": ["refused"]}
    assert by_node["connections"].sum().to_dict() == {"node-1": 40, "node-2": 40}
    assert found["pod"].nunique() == 3
    assert found["client"].nunique() == 4


@pytest.mark.usefixtures("names")
def test_sessions_are_bounded_and_end_when_nobody_speaks(cluster, names, monkeypatch):
    sessions = cluster.world.proxy.sessions
    monkeypatch.setattr(sessions, "most", 4)
    talking = [talk(names[0], PORT) for _ in range(12)]
    ended = sessions.ended
    try:
        for one in talking:
            assert answered(ask(one))
            assert len(sessions) <= 4
        assert sessions.ended - ended >= 8
        assert answered(ask(talking[0]))  # who was forgotten begins anew
    finally:
        for one in talking:
            one.close()
    monkeypatch.setattr("nodeportkit.playground.network.datagrams._QUIET", 0.1)
    monkeypatch.setattr("nodeportkit.playground.network.datagrams._QUIET_ANSWERED", 0.2)
    eventually(lambda: [answered(once(names[0], PORT)) for _ in range(5)] and len(sessions), lambda left: left > 0)
    # Those of before are remembered for longer; these end by themselves, and take the place of the others first.
    eventually(lambda: len(sessions), lambda left: left == 0)
