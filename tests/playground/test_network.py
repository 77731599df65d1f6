"""Connections through node ports and cluster IPs, dialled for real."""

import contextlib
import http.client
import json
import socket
import time

import pytest

from nodeportkit.playground.network.doors import Door
from nodeportkit.playground.network.sockets import Silence, listening

NODES = []  # the addresses of the nodes of `web`: playgrounds that run beside it have others
REFUSED, TIMEOUT, RESET = "refused", "timeout", "reset"


def dial(address, port, path="/", source=None, timeout=1.0):
    """What a client gets: the headers of an answer by lower-case name, or what became of its connection."""
    connection = http.client.HTTPConnection(
        address, port, timeout=timeout, source_address=(source, 0) if source else None
    )
    with contextlib.closing(connection):
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return {name.lower(): text for name, text in answer.getheaders()} | {"body": answer.read().decode()}
        except ConnectionRefusedError:
            return REFUSED
        except TimeoutError:
            return TIMEOUT
        except (ConnectionResetError, http.client.RemoteDisconnected):
            return RESET


def eventually(look, wanted, seconds=10):
    end = time.monotonic() + seconds
    while not wanted(found := look()):
        assert time.monotonic() < end, found
        time.sleep(0.1)
    return found


@pytest.fixture(scope="module")
def web(cluster):
    """A deployment of three web servers, and a service that leads to them, dialled on node port 30080."""
    NODES[:] = [cluster.world.addresses.node(number) for number in (1, 2, 3)]
    deployment = {
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
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web"},
        "spec": {"type": "NodePort", "selector": {"app": "web"}, "ports": [{"port": 80, "nodePort": 30080}]},
    }
    for thing in (deployment, service):
        cluster.kubectl("create", "--validate=false", "-f", "-", data=json.dumps(thing))
    cluster.kubectl("rollout", "status", "deployment/web", "--timeout=20s")
    eventually(lambda: dial(NODES[0], 30080), lambda found: isinstance(found, dict))
    return cluster


def patch(cluster, spec):
    cluster.kubectl("patch", "service", "web", "-p", json.dumps({"spec": spec}))


@pytest.mark.usefixtures("web")
def test_every_node_answers_on_the_node_port_and_every_pod_gets_its_share():
    for node in NODES:
        assert "Welcome to nginx!" in dial(node, 30080)["body"]
    pods = [dial(NODES[0], 30080)["x-pod-name"] for _ in range(60)]
    assert {pods.count(name) > 5 for name in set(pods)} == {True}
    assert len(set(pods)) == 3


@pytest.mark.usefixtures("web")
def test_other_ports_and_addresses_refuse():
    assert dial(NODES[0], 30081) == REFUSED
    assert dial(NODES[0].rpartition(".")[0] + ".9", 30080) == REFUSED


def test_the_pod_sees_the_nodes_address_under_cluster_and_the_clients_under_local(web):
    for _ in range(5):
        assert dial(NODES[1], 30080, source="127.9.9.9")["x-client-address"] == NODES[1]
    patch(web, {"externalTrafficPolicy": "Local"})
    try:
        eventually(
            lambda: dial(NODES[1], 30080, source="127.9.9.9")["x-client-address"], lambda found: found == "127.9.9.9"
        )
        assert dial(NODES[1], 30080)["x-node-name"] == "node-2"
    finally:
        patch(web, {"externalTrafficPolicy": "Cluster"})


def test_under_local_a_node_without_a_pod_is_silent_and_the_others_answer(web):
    web.kubectl("cordon", "node-3")
    victim = web.kubectl("get", "pods", "-o", "jsonpath={.items[?(@.spec.nodeName=='node-3')].metadata.name}")
    web.kubectl("delete", "pod", victim)
    web.kubectl("rollout", "status", "deployment/web", "--timeout=20s")
    patch(web, {"externalTrafficPolicy": "Local"})
    try:
        eventually(lambda: dial(NODES[2], 30080), lambda found: found == TIMEOUT)
        assert dial(NODES[0], 30080)["x-node-name"] == "node-1"
        assert dial(NODES[1], 30080)["x-node-name"] == "node-2"
    finally:
        patch(web, {"externalTrafficPolicy": "Cluster"})
        web.kubectl("uncordon", "node-3")
    eventually(lambda: dial(NODES[2], 30080), lambda found: isinstance(found, dict))


def test_a_selector_that_matches_nothing_is_refused_until_it_is_mended(web):
    patch(web, {"selector": {"type": "front-end"}})
    eventually(lambda: dial(NODES[0], 30080), lambda found: found == REFUSED)
    patch(web, {"selector": {"type": None}})
    eventually(lambda: dial(NODES[0], 30080), lambda found: isinstance(found, dict))


def test_a_target_port_on_which_nobody_listens_is_refused(web):
    patch(web, {"ports": [{"port": 80, "nodePort": 30080, "targetPort": 8080}]})
    eventually(lambda: dial(NODES[0], 30080), lambda found: found == REFUSED)
    patch(web, {"ports": [{"port": 80, "nodePort": 30080, "targetPort": 80}]})
    eventually(lambda: dial(NODES[0], 30080), lambda found: isinstance(found, dict))


def test_the_node_port_moves_with_the_service(web):
    patch(web, {"ports": [{"port": 80, "nodePort": 30180}]})
    eventually(lambda: dial(NODES[0], 30180), lambda found: isinstance(found, dict))
    assert dial(NODES[0], 30080) == REFUSED
    patch(web, {"ports": [{"port": 80, "nodePort": 30080}]})
    eventually(lambda: dial(NODES[0], 30080), lambda found: isinstance(found, dict))


def test_affinity_keeps_a_client_with_its_pod(web):
    # What the tests before it took away is back.
    eventually(lambda: {dial(NODES[0], 30080)["x-pod-name"] for _ in range(24)}, lambda found: len(found) == 3)
    patch(web, {"sessionAffinity": "ClientIP"})
    try:
        eventually(lambda: {dial(NODES[0], 30080)["x-pod-name"] for _ in range(8)}, lambda found: len(found) == 1)
        clients = [f"127.7.7.{number}" for number in range(1, 25)]
        assert len({dial(NODES[0], 30080, source=client)["x-pod-name"] for client in clients}) == 3
    finally:
        patch(web, {"sessionAffinity": "None"})


def test_the_cluster_ip_answers_too(web):
    address = web.kubectl("get", "service", "web", "-o", "jsonpath={.spec.clusterIP}")
    assert "Welcome to nginx!" in dial(*web.world.doors.where(Door(address, 80)))["body"]


def test_pods_answer_on_their_own_addresses_and_behave_as_annotated(web):
    name, address = web.kubectl(
        "get", "pods", "-o", "jsonpath={.items[0].metadata.name} {.items[0].status.podIP}"
    ).split()
    address, port = web.world.doors.where(Door(address, 80))
    assert dial(address, port)["x-pod-name"] == name
    web.kubectl("annotate", "pod", name, "nodeportkit.io/error-rate=1")
    eventually(lambda: "500 Internal Server Error" in dial(address, port)["body"], bool)
    web.kubectl("annotate", "pod", name, "nodeportkit.io/error-rate-", "nodeportkit.io/latency-ms=400")
    eventually(lambda: timed(address, port) >= 0.4, bool)
    web.kubectl("annotate", "pod", name, "nodeportkit.io/latency-ms-", "nodeportkit.io/listen=127.0.0.1")
    eventually(lambda: dial(address, port), lambda found: found == REFUSED)
    web.kubectl("annotate", "pod", name, "nodeportkit.io/listen-")
    eventually(lambda: dial(address, port), lambda found: isinstance(found, dict))


def timed(address, port):
    began = time.monotonic()
    dial(address, port, timeout=3)
    return time.monotonic() - began


def test_a_stopped_node_answers_nobody(web):
    web.kubectl("annotate", "node", "node-2", "nodeportkit.io/stopped=true")
    try:
        eventually(lambda: dial(NODES[1], 30080), lambda found: found in (REFUSED, TIMEOUT))
        # Its pod is an endpoint until the node is given up; what is sent there is lost, and the others answer.
        nodes = {
            found["x-node-name"]
            for found in (dial(NODES[0], 30080, timeout=0.5) for _ in range(12))
            if found != TIMEOUT
        }
        assert nodes
        assert "node-2" not in nodes
    finally:
        web.kubectl("annotate", "node", "node-2", "nodeportkit.io/stopped-")
    eventually(lambda: dial(NODES[1], 30080), lambda found: isinstance(found, dict))


def test_a_port_that_somebody_else_has_is_told_and_the_rest_goes_on(web):
    with socket.socket() as other:
        other.bind((NODES[0], 30444))
        other.listen()
        patch(web, {"ports": [{"port": 80, "nodePort": 30444}]})
        eventually(lambda: dial(NODES[1], 30444), lambda found: isinstance(found, dict))
        assert "in use" in web.world.doors.failed[Door(NODES[0], 30444)]
    # It is free again, and nobody has to ask for it.
    eventually(lambda: dial(NODES[0], 30444), lambda found: isinstance(found, dict))
    assert not web.world.doors.failed
    patch(web, {"ports": [{"port": 80, "nodePort": 30080}]})
    eventually(lambda: dial(NODES[0], 30080), lambda found: isinstance(found, dict))


def test_silence_is_what_a_dropped_packet_is():
    address = "127.77.7.7"
    silence = Silence(listening(address, 30999, backlog=0))
    try:
        for _ in range(3):
            assert dial(address, 30999, timeout=0.4) == TIMEOUT
    finally:
        silence.close()
    assert dial(address, 30999, timeout=0.4) == REFUSED


@pytest.mark.usefixtures("web")
def test_clients_that_hang_up_do_no_harm():
    for _ in range(20):
        with socket.create_connection((NODES[0], 30080), timeout=2) as dialling:
            dialling.sendall(b"GET / HTTP/1.1\r\n")
    assert "Welcome to nginx!" in dial(NODES[0], 30080)["body"]


def test_the_service_goes_and_its_port_with_it(web):
    web.kubectl("delete", "service", "web")
    eventually(lambda: dial(NODES[0], 30080), lambda found: found == REFUSED)


def test_a_pods_port_that_cannot_be_had_is_told_and_forgotten_with_the_pod(cluster):
    with socket.socket() as other:
        other.bind((cluster.world.addresses.node(1), 8099))
        other.listen()
        spec = {
            "hostNetwork": True,
            "nodeName": "node-1",
            "containers": [{"name": "c", "image": "redis", "ports": [{"containerPort": 8099}]}],
        }
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "unlucky"}, "spec": spec}
        cluster.kubectl("create", "--validate=false", "-f", "-", data=json.dumps(pod))
        door = Door(cluster.world.addresses.node(1), 8099)
        eventually(lambda: cluster.world.doors.failed.get(door), lambda why: why is not None and "in use" in why)
        cluster.kubectl("delete", "pod", "unlucky", "--now")
    eventually(lambda: dict(cluster.world.doors.failed), lambda failed: not failed)
