"""`trace`: its answers name real rules, its errors say what was wrong."""

import re
from functools import cache

import pytest

from kernel.rig import NODES, node_addresses
from kernel.services import SERVICES, SETTINGS, STICKY, cases, make_cluster
from nodeportkit.errors import NodePortKitError, NotFound
from nodeportkit.kube.packets import Packet
from nodeportkit.traffic.rules import proxy_rules
from nodeportkit.traffic.seen_by import seen_by
from nodeportkit.traffic.tracing import follow, trace
from rules_cluster import NODE, here, one_service

WAY = {"source": "203.0.113.9", "destination": "192.168.0.2", "port": 3001, "node": NODE}


@cache
def stories(setting, mode, family):
    """Every case of the kernel's suite, told, and the rules of its node."""
    services = SERVICES | {"sticky": STICKY}
    cluster = make_cluster(SETTINGS[setting], services)
    nodes = {name: node_addresses(number) for number, name in enumerate(NODES, 1)}
    seen = {name: seen_by(cluster, name, family, own) for name, own in nodes.items()}
    rules = {n: set(proxy_rules(cluster, n, mode, family, addresses=own).splitlines()) for n, own in nodes.items()}
    told = []
    for case in cases(family, services):
        node, ports = seen[case.node]
        packet = Packet(case.source, case.destination, case.port, case.protocol)
        told.append((follow(packet, ports, node, mode), rules[case.node]))
    return told


@pytest.mark.parametrize(
    ("setting", "family"),
    [("as-usual", "IPv4"), ("service-ranges", "IPv4"), ("masquerade-all", "IPv6")],
)
@pytest.mark.parametrize("mode", ["iptables", "nftables"])
def test_every_step_has_a_reason_and_names_a_rule_that_the_node_has(mode, setting, family):
    steps = [(step, rules) for found, rules in stories(setting, mode, family) for step in found.steps]
    assert all(step.decision and step.reason for step, _ in steps)
    assert [step for step, rules in steps if step.rule and step.rule not in rules] == []


@pytest.mark.parametrize("mode", ["iptables", "nftables"])
def test_whatever_is_not_left_alone_has_a_rule_for_its_last_word(mode):
    told = [found for found, _ in stories("service-ranges", mode, "IPv4")]
    assert {found.verdict for found in told} == {"FORWARD", "DROP", "REJECT", "UNHANDLED"}
    assert [str(found) for found in told if not found.steps[-1].rule and found.verdict != "UNHANDLED"] == []
    assert [str(found) for found in told if found.steps[-1].rule and found.verdict == "UNHANDLED"] == []


def test_with_more_than_a_thousand_endpoints_rules_differ_by_the_comments_that_kube_proxy_leaves_out():
    cluster = one_service(*(f"10.180.{i >> 8}.{i & 255}" for i in range(1001)))
    found = trace(cluster, **WAY)
    assert list(found.endpoints["probability"])[:2] == [1 / 1001, 1 / 1001]
    bare = re.sub(r' -m comment --comment "[^"]*"', "", found.steps[-1].rule)
    assert bare in proxy_rules(cluster, NODE, "iptables").splitlines()


def test_a_client_is_admitted_by_the_rule_of_its_range_and_dropped_by_that_of_the_address():
    balancers, ranges = ["1.2.3.4", "5.6.7.8"], ["203.0.113.0/25", "10.9.0.0/16"]
    cluster = one_service("10.180.0.1", load_balancer_ips=balancers, load_balancer_source_ranges=ranges)
    way = {"destination": "5.6.7.8", "port": 80, "node": NODE}
    admitted = trace(cluster, source="10.9.1.1", **way)
    assert [" -s 10.9.0.0/16 " in step.rule for step in admitted.steps if step.decision == "admit the client"] == [True]
    dropped = trace(cluster, source="8.8.8.8", **way)
    assert " -d 5.6.7.8 " in dropped.steps[-1].rule


def test_a_trace_tells_its_story():
    cluster = one_service(here("10.180.0.1"), "10.180.0.2", session_affinity="ClientIP", affinity_timeout=600)
    assert [step.decision for step in trace(cluster, **WAY).steps] == [
        "it is for ns1/svc1:p80",
        "masquerade",
        "look where this client was sent before",
        "send it to one of 2",
    ]
    text = str(trace(cluster, **WAY))
    assert text.startswith("FORWARD (ns1/svc1:p80)\n1. it is for ns1/svc1:p80: 192.168.0.2 is an address of this node")
    assert "\n   -A KUBE-NODEPORTS " in text


def test_the_mode_is_that_of_the_cluster_unless_another_is_given():
    cluster = one_service("10.180.0.1")
    closed = WAY | {"destination": "127.0.0.1", "source": "127.0.0.1"}
    assert trace(cluster, **closed).verdict == "FORWARD"
    assert trace(cluster, **closed, mode="nftables").verdict == "UNHANDLED"


def test_addresses_are_those_of_the_nodes_interfaces():
    cluster = one_service("10.180.0.1")
    bridge = WAY | {"destination": "10.244.1.1"}
    assert trace(cluster, **bridge).verdict == "UNHANDLED"
    assert trace(cluster, **bridge, addresses=["192.168.0.2", "10.244.1.1"]).verdict == "FORWARD"


def test_addresses_are_compared_as_addresses_not_as_text():
    cluster = one_service("fd00:244::1", cluster_ip="fd00:10:96::a", node_port=3001)
    found = trace(cluster, **WAY | {"source": "2001:DB8:0::9", "destination": "FD00:10:96:0:0:0:0:A", "port": 80})
    assert list(found.endpoints["address"]) == ["[fd00:244::1]:80"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"source": "localhost"}, "'localhost' does not appear to be an IPv4 or IPv6 address"),
        ({"source": "2001:db8::9"}, "2001:db8::9 and 192.168.0.2 are of two IP families"),
        ({"protocol": "tcp"}, "there is no protocol 'tcp'"),
        ({"port": 0}, "0 is no port"),
        ({"port": 70000}, "70000 is no port"),
        ({"mode": "userspace"}, "no way of packets is known for mode 'userspace'"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_in_words(wrong, message):
    with pytest.raises(NodePortKitError, match=re.escape(message)):
        trace(one_service("10.180.0.1"), **WAY | wrong)


def test_a_node_that_is_not_there_is_not_found():
    with pytest.raises(NotFound, match="node-9"):
        trace(one_service("10.180.0.1"), **WAY | {"node": "node-9"})
