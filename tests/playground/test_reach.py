"""Where a system does not give what a cluster has: addresses of its own for every node, and ports below 1024."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.kernel_tools import namespace, require

ROOT = Path(__file__).resolve().parents[2]
# What a learner does, and what comes of it, as JSON.
SESSION = """
    import json, time
    from nodeportkit.playground.playground import Playground

    with Playground(nodes=2, speed=8) as playground:
        playground.kubectl("create deployment web --image=nginx --replicas=2")
        playground.kubectl("create service nodeport web --tcp=80:80 --node-port=30080")
        playground.kubectl("rollout status deployment/web --timeout=30s")
        addresses = playground.addresses
        end = time.monotonic() + 20
        while time.monotonic() < end and "Welcome" not in playground.curl(f"http://{addresses['node-1']}:30080"):
            time.sleep(0.1)
        load = playground.load("web", 40)
        cluster_ip = playground.kubectl("get service web -o jsonpath={.spec.clusterIP}")
        print(json.dumps({
            "addresses": addresses,
            "urls": [playground.minikube("service web --url").strip(), playground.minikube("service list")],
            "heads": {node: playground.curl(f"-i http://{address}:30080") for node, address in addresses.items()},
            "by cluster IP": playground.curl(f"http://{cluster_ip}"),
            "seen by kubectl": playground.kubectl("get service web -o jsonpath={.spec.ports[0].port}"),
            "outcomes": load.groupby(["node", "outcome"])["connections"].sum().reset_index().to_dict("records"),
            "pods": load["pod"].nunique(),
            "status": playground.status(),
        }))
"""


def played(folder, *wrapped):
    """What the session tells of a playground that is begun behind these words."""
    words = [*wrapped, "env", f"XDG_STATE_HOME={folder}", sys.executable, "-c", textwrap.dedent(SESSION)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """A playground where the loopback has the address 127.0.0.1 and no other, as on macOS."""
    require()
    with namespace("alone") as space:
        space.run("ip", "addr", "del", "127.0.0.1/8", "dev", "lo")
        space.run("ip", "addr", "add", "127.0.0.1/32", "dev", "lo")
        yield played(tmp_path_factory.mktemp("alone"), "ip", "netns", "exec", space.name)


def test_with_one_address_every_node_port_is_a_port_of_it(alone):
    lines = [line for line in alone["status"].splitlines() if "stands for" in line and ":30080 (node" in line]
    places = {line.split()[-1].rstrip(")"): line.split()[0] for line in lines}
    assert set(places) == {"node-1", "node-2"}
    assert len(set(places.values())) == 2
    assert places["node-1"] == "127.0.0.1:30080"  # where there is one node, its port is the one that was asked for
    assert all(place.startswith("127.0.0.1:") for place in places.values())
    assert "this system answers on 127.0.0.1 alone" in alone["status"]
    assert "sudo ip addr add 127.0.0.1/8 dev lo" in alone["status"]


def test_with_one_address_minikube_curl_and_load_go_where_the_ports_are(alone):
    assert alone["urls"][0] == "http://127.0.0.1:30080"
    assert "| http://127.0.0.1:30080 |" in alone["urls"][1]
    for node, head in alone["heads"].items():
        assert "Welcome to nginx!" in head
        assert f"X-Client-Address: {alone['addresses'][node]}\n" in head.replace("\r", "")  # as source NAT has it
    assert "Welcome to nginx!" in alone["by cluster IP"]
    told = {"outcome": "answered", "connections": 20}
    assert alone["outcomes"] == [{"node": "node-1", **told}, {"node": "node-2", **told}]
    assert alone["pods"] == 2


def test_small_ports_that_the_system_keeps_are_elsewhere_and_kubectl_does_not_know(tmp_path):
    require("setpriv")
    with namespace("small") as space:
        space.run("sh", "-c", "echo 1024 > /proc/sys/net/ipv4/ip_unprivileged_port_start")
        bare = ("setpriv", "--bounding-set", "-net_bind_service")  # what a user who is not root lacks
        told = played(tmp_path, "ip", "netns", "exec", space.name, *bare)
    assert told["seen by kubectl"] == "80"
    assert "Welcome to nginx!" in told["by cluster IP"]
    assert told["urls"][0] == f"http://{told['addresses']['node-1']}:30080"
    assert "port 80 of 2 pods is served on port 10080: this system keeps ports below 1024 for root" in told["status"]
    assert "(service default/web) is served on port 10080" in told["status"]


def test_on_macos_the_advice_names_every_address_of_nodes_and_pods(monkeypatch):
    from nodeportkit.playground.process.asking import remarks

    monkeypatch.setattr(sys, "platform", "darwin")
    door = {"address": "127.168.1.2", "port": 30080, "protocol": "TCP", "of": "node node-1", "at": ["127.0.0.1", 30080]}
    told = {
        "nodes": [{"address": f"127.168.1.{number}"} for number in (2, 3, 4)],
        "pod_ranges": "127.244.0.0/16",
        "moved": [door],
        "failed": [],
        "crowded": [],
    }
    advice = next(line.partition("begin anew after: ")[2] for line in remarks(told) if "begin anew after" in line)
    # A shell says which addresses that are.
    wanted = subprocess.run(
        ["bash", "-c", advice.replace("sudo ifconfig", "echo")], capture_output=True, text=True, check=True
    ).stdout.split("\n")
    assert "lo0 alias 127.168.1.2 up" in wanted
    assert "lo0 alias 127.168.1.4 up" in wanted
    assert "lo0 alias 127.244.3.30 up" in wanted
    assert len(wanted) == 3 + 3 * 29 + 1
