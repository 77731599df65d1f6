"""Healthy clusters are what Kubernetes would hold: valid, settled, and every node port of theirs leads to a pod."""

import json

import pytest

import nodeportkit as npk
from nodeportkit.faults import healthy_cluster
from nodeportkit.faults.controllers import settle
from nodeportkit.faults.ground import PLATFORMS
from nodeportkit.faults.objects import as_list, identity
from nodeportkit.kube.packets import Packet
from nodeportkit.traffic.seen_by import seen_by
from nodeportkit.traffic.tracing import follow
from official_client import unknown_fields

SEEDS = range(12)
ENDPOINT = ["namespace", "service", "address", "port", "port_name", "protocol", "pod", "node"]
ENDPOINT += ["ready", "serving", "terminating"]


def varied(seed):
    return healthy_cluster(seed, nodes=1 + seed % 5, services=3 + seed % 9)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_object_is_one_that_the_official_client_knows(platform):
    seed = PLATFORMS.index(platform)
    wrong = {
        (*identity(thing), field)
        for thing in healthy_cluster(seed, services=12, platform=platform, dual_stack=seed % 2 == 0)
        for field in unknown_fields(thing)
    }
    assert not wrong


def test_a_seed_gives_one_cluster_and_another_seed_another():
    assert healthy_cluster(3) == healthy_cluster(3)
    assert healthy_cluster(3) != healthy_cluster(4)


@pytest.mark.parametrize("seed", range(24))
def test_controllers_have_nothing_left_to_do(seed):
    objects = json.loads(json.dumps(varied(seed)))
    again = json.loads(json.dumps(objects))
    settle(again)
    assert sorted(again, key=identity) == sorted(objects, key=identity)
    assert len({identity(thing) for thing in objects}) == len(objects)


def test_it_has_the_size_asked_for():
    objects = healthy_cluster(5, nodes=40, services=90)
    kinds = [thing["kind"] for thing in objects]
    assert kinds.count("Node") == 40
    assert kinds.count("Service") >= 92  # and the two of the system
    addresses = [ip["ip"] for t in objects if t["kind"] == "Pod" for ip in t["status"].get("podIPs", ())]
    nodes = [a["address"] for t in objects if t["kind"] == "Node" for a in t["status"]["addresses"]]
    own = [address for address in addresses if address not in nodes]
    assert len(set(own)) == len(own)
    ports = [
        p["nodePort"] for t in objects if t["kind"] == "Service" for p in t["spec"].get("ports", ()) if "nodePort" in p
    ]
    assert all(30000 <= port <= 32767 for port in ports)


@pytest.mark.parametrize("seed", SEEDS)
def test_it_reads_as_a_cluster_whose_node_ports_lead_to_pods_from_every_node(seed):
    cluster = npk.read(as_list(varied(seed)))
    assert set(cluster.unread["text"].str.split().str[0]) <= {"Namespace"}
    derived = cluster.replace(endpoints=None).endpoints
    by_selector = set(cluster.services.loc[cluster.services["selector"].map(bool), "name"])
    stated = cluster.endpoints[cluster.endpoints["service"].isin(by_selector)]
    assert set(derived[ENDPOINT].itertuples(index=False)) == set(stated[ENDPOINT].itertuples(index=False))
    open_ports = cluster.ports[cluster.ports["node_port"].fillna(0) > 0]
    verdicts = set()
    for node, addresses in zip(cluster.nodes["name"], cluster.nodes["internal_ips"], strict=True):
        here, service_ports = seen_by(cluster, node, "IPv4", None)
        for number, protocol in zip(open_ports["node_port"], open_ports["protocol"], strict=True):
            packet = Packet("203.0.113.9", addresses[0], int(number), protocol)
            verdicts.add(follow(packet, service_ports, here, "iptables").verdict)
    assert verdicts == {"FORWARD"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"nodes": 0}, "0 nodes"), ({"services": 0}, "0 services"), ({"platform": "aks"}, "no platform 'aks'")],
)
def test_what_no_cluster_can_be_is_refused(arguments, message):
    with pytest.raises(npk.NodePortKitError, match=message):
        healthy_cluster(1, **arguments)
