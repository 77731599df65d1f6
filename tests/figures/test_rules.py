"""The picture of a packet's way through the rules."""

import re
from fractions import Fraction

import pytest
from matplotlib.figure import Figure

from figures.clusters import cluster
from figures.oracle import faults
from nodeportkit.figures import plot_rules
from nodeportkit.figures.rules.way import chances
from nodeportkit.traffic.rules import proxy_rules
from nodeportkit.traffic.tracing import trace


def texts(axes):
    return [text.get_text() for text in axes.texts]


def followed(place, node=1, **more):
    asked = {"source": "203.0.113.9", "destination": f"192.168.1.{node}", "port": 30080, "node": f"node-{node}"}
    return trace(place, **asked | more)


def test_probabilities_of_a_third_a_half_and_one_are_a_third_each():
    axes = plot_rules(followed(cluster(pods=3)))
    said = texts(axes)
    assert said[0] == "Each of 3 endpoints gets 1/3 of the connections"
    assert {"0.33 of all", "0.50 of the rest", "all the rest"} <= set(said)
    assert {"1 × 0.33 = 1/3", "0.67 × 0.50 = 1/3", "0.33 × 1 = 1/3"} <= set(said)
    assert said.count("33.3 %") == 3
    assert faults(axes) == []


@pytest.mark.parametrize("count", [2, 3, 5, 11])
def test_the_probabilities_are_those_of_the_rules_that_kube_proxy_writes(count):
    place = cluster(pods=count)
    written = re.findall(r"--probability ([\d.]+)", proxy_rules(place, "node-1", "iptables"))
    told = [when.split()[0] for when, _ in chances(count, "tries")]
    assert told == [f"{float(one):.2f}" for one in written] + ["all"]


def test_nftables_draws_once_among_all():
    axes = plot_rules(followed(cluster(pods=3), mode="nftables"))
    assert texts(axes).count("one draw among all") == 3
    assert texts(axes).count("1/3") == 3
    assert faults(axes) == []


def test_ipvs_lets_endpoints_take_turns():
    axes = plot_rules(followed(cluster(pods=3), mode="ipvs"))
    assert texts(axes).count("each in its turn") == 3
    assert texts(axes).count("1/3") == 3
    assert faults(axes) == []


def test_every_decision_stands_with_its_reason_and_its_rule():
    found = followed(cluster(pods=3))
    said = " ".join(texts(plot_rules(found)))
    for step in found.steps:
        assert step.decision in said
        assert step.rule.split()[1] in said
    assert "The pod sees the node's address, not the client's" in said


def test_a_packet_that_goes_nowhere_ends_in_a_mark():
    place = cluster(nodes=3, pods=2, external_traffic_policy="Local")
    dropped, refused = plot_rules(followed(place, 3)), plot_rules(followed(cluster(pods=1, sick=(0,))))
    nobody = plot_rules(followed(place, port=31111), dark=True)
    assert texts(dropped)[0] == "The packet is dropped: its client waits in vain"
    assert texts(refused)[0] == "The packet is refused at once"
    assert texts(nobody)[0] == "kube-proxy has no rule for this packet"
    for axes in (dropped, refused, nobody):
        assert [p.get_gid() for p in axes.patches].count("mark-wrong") == 1
        assert faults(axes) == []


def test_one_endpoint_gets_all_and_many_are_counted():
    assert texts(plot_rules(followed(cluster(pods=1))))[0] == "One endpoint gets them all"
    axes = plot_rules(followed(cluster(pods=40)))
    assert "+ 29 more, 1/40 each" in texts(axes)
    assert faults(axes) == []


def test_shares_are_what_the_words_multiply_to():
    for count in (2, 7, 60):
        for _, share in chances(count, "tries"):
            product, _, result = share.partition(" = ")
            left, right = (float(number) for number in product.split(" × "))
            assert left * right == pytest.approx(float(Fraction(result)), abs=0.02)


def test_it_draws_into_an_axes_and_says_in_words_what_it_shows():
    figure = Figure(figsize=(14, 5))
    left, right = figure.subplots(1, 2)
    found = followed(cluster(pods=3))
    assert plot_rules(found, ax=right) is right
    assert not left.texts
    drawn = plot_rules(found).svg()
    assert "<title>Each of 3 endpoints gets 1/3 of the connections</title>" in drawn
    assert "0.50 of the rest, 0.67 × 0.50 = 1/3" in drawn
