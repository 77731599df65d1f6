"""The stepper of packets, without a browser."""

import re
import xml.etree.ElementTree as ET
from html import unescape

import pytest

from figures.clusters import cluster
from figures.oracle import faults
from nodeportkit.cluster import Cluster
from nodeportkit.errors import NodePortKitError
from nodeportkit.kube.proxy_config import ProxyConfig
from nodeportkit.widgets import PacketStepper

PODS = ProxyConfig(cluster_cidrs=("10.244.0.0/16",))
PLACE = cluster(nodes=3, pods=2, external_traffic_policy="Local").replace(proxy=PODS)
POD = "pod shop/web-7d4b9c6f5-00000"


def said(stepper):
    return unescape(re.sub(r"<[^>]*>", " ", stepper.children[-1].value))


def title(stepper):
    return ET.fromstring(re.search(r"(?s)<svg.*</svg>", stepper.children[-2].value)[0])[0].text


def buttons(stepper):
    return stepper.children[1].children[:3]


def to_the_end(stepper):
    stepper.step = len(stepper.trace.steps)
    return stepper


def test_next_and_back_walk_through_the_decisions_with_their_rules():
    stepper = PacketStepper(cluster())
    back, forth, last = buttons(stepper)
    steps = stepper.trace.steps
    assert (stepper.step, back.disabled, forth.disabled) == (0, True, False)
    assert title(stepper) == "A packet to 192.168.1.1:30080"
    for i, step in enumerate(steps, 1):
        forth.click()
        assert stepper.step == i
        assert title(stepper).lower() == f"{i}. {step.decision}".lower()
        assert step.reason in said(stepper)
    assert (back.disabled, forth.disabled, last.disabled) == (False, True, True)
    assert "-A KUBE-NODEPORTS" in said(stepper)
    back.click()
    assert stepper.step == len(steps) - 1
    assert "1 decision to come" in said(stepper)
    last.click()
    assert stepper.step == len(steps)


def test_the_end_names_the_endpoints_and_their_chances():
    stepper = to_the_end(PacketStepper(cluster()))
    assert "FORWARD" in said(stepper)
    assert said(stepper).count("16.7 %") == 6
    assert "web-7d4b9c6f5-00005" in said(stepper)
    assert "the pod sees the node's address" in said(stepper)


def test_a_packet_that_is_dropped_ends_there():
    stepper = PacketStepper(PLACE)
    stepper["node"] = "node-3"
    assert stepper["address"] == "192.168.1.3"
    assert stepper.step == 0
    to_the_end(stepper)
    assert stepper.trace.verdict == "DROP"
    assert "DROP: dropped: the client waits." in said(stepper)
    assert "externalTrafficPolicy is Local" in said(stepper)


def test_pods_and_nodes_take_the_short_cut():
    stepper = PacketStepper(PLACE)
    stepper["node"] = "node-3"
    stepper["client"] = POD
    assert stepper.trace.verdict == "FORWARD"
    assert "short cut for pods" in " ".join(step.decision for step in stepper.trace.steps)
    stepper["client"] = "node node-3"
    assert stepper.trace.masquerade
    stepper["address"] = "127.0.0.1"
    assert stepper.trace.verdict == "FORWARD"  # localhost node ports are on by default in iptables mode
    stepper["rules"] = "nftables"
    assert stepper.trace.verdict == "UNHANDLED"  # and do not exist in nftables mode (KEP-3866)
    assert "kube-proxy leaves it alone" in said(to_the_end(stepper))
    stepper["rules"] = "ipvs"
    assert stepper.trace.verdict == "UNHANDLED"  # nor in ipvs mode, whose virtual servers leave out 127.0.0.0/8


def test_a_cluster_ip_is_handled_where_the_client_runs():
    stepper = PacketStepper(PLACE)
    stepper["client"] = POD  # on node-1
    stepper["node"] = "node-3"
    stepper["address"] = "10.96.7.20"
    assert stepper["port"] == 80
    assert "node-1" in stepper.children[-2].value
    assert "is its cluster IP" in stepper.trace.steps[0].reason
    assert "unless the client is sent to itself" in said(to_the_end(stepper))


def test_another_port_than_the_service_has_is_left_alone():
    stepper = PacketStepper(cluster())
    stepper["port"] = 8080
    assert stepper.trace.verdict == "UNHANDLED"
    stepper["node"] = "node-2"
    assert stepper["port"] == 30080


def test_families_that_do_not_meet_are_said():
    place = cluster(nodes=1, pods=1)
    nodes = place.nodes.assign(internal_ips=[["192.168.1.1", "fd00:168::2"]])
    stepper = PacketStepper(place.replace(nodes=nodes))
    stepper["address"] = "fd00:168::2"
    assert stepper.trace.verdict == "UNHANDLED"
    stepper["client"] = POD
    assert stepper.trace is None
    assert "has no IPv6 address" in said(stepper)
    stepper["address"] = "192.168.1.1"
    assert stepper.trace.verdict == "FORWARD"


def test_pods_that_were_not_shown_are_not_guessed():
    place = cluster(nodes=2, pods=0)
    stepper = PacketStepper(place.replace(services=place.services.assign(selector=None)))
    assert stepper.trace is None
    assert "which pods are behind shop/web was not shown" in said(stepper)
    stepper["port"] = 8080
    assert stepper.trace.verdict == "UNHANDLED"


def test_pictures_hold_at_every_step_whatever_the_number_of_endpoints():
    for place in (PLACE, cluster(nodes=2, pods=60), cluster(pods=3, sick=(0, 1, 2))):
        stepper = PacketStepper(place)
        for step in range(len(stepper.trace.steps) + 1):
            stepper.step = step
            assert faults(stepper.still().picture()) == []
            assert faults(PacketStepper(place).still().picture()) == []


def test_a_page_without_a_kernel_shows_the_packet_and_all_decisions():
    bundle, told = PacketStepper(cluster())._repr_mimebundle_()
    assert bundle["image/png"].startswith(b"\x89PNG")
    assert told["image/png"]["alt"].startswith("A packet to 192.168.1.1:30080")
    assert "FORWARD (shop/web)" in bundle["text/plain"]


def test_what_is_not_there_is_said():
    with pytest.raises(NodePortKitError, match="no service here"):
        PacketStepper(Cluster())
    with pytest.raises(NodePortKitError, match="addresses of no node"):
        PacketStepper(cluster(nodes=0))
    with pytest.raises(NodePortKitError, match="no client 'cat'"):
        PacketStepper(cluster())["client"] = "cat"


def test_names_from_elsewhere_stay_text():
    evil = "<script>alert(1)</script>"
    place = cluster(nodes=1, pods=1)
    stepper = to_the_end(PacketStepper(place.replace(pods=place.pods.assign(name=[evil]), endpoints=None)))
    assert "<script" not in stepper.children[-1].value + stepper.children[-2].value
    assert "&lt;script&gt;" in stepper.children[-1].value
