"""The picture of a flow."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from scipy import stats

from figures.clusters import cluster
from figures.oracle import faults
from nodeportkit.errors import NodePortKitError, NotFound
from nodeportkit.figures import plot_flow
from nodeportkit.figures.fractions import connections, percent
from nodeportkit.figures.theme import palette
from nodeportkit.traffic.sharing import shares
from nodeportkit.traffic.simulation import simulate

SHORT = settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)  # fmt: skip


def texts(axes):
    return [text.get_text() for text in axes.texts]


def ribbons(axes, kind):
    """Where each ribbon of a kind begins and ends, and how wide it is there: (y0, width0, y1, width1)."""
    found = []
    for patch in axes.patches:
        if patch.get_gid() == f"ribbon-{kind}":
            x, y = patch.get_path().vertices.T
            left, right = y[x == x.min()], y[x == x.max()]
            found.append((left.min(), np.ptp(left), right.min(), np.ptp(right)))
    return found


def bars(axes, kind):
    return [patch.get_path().get_extents() for patch in axes.patches if patch.get_gid() == f"{kind}-bar"]


def counted(place, counts):
    return shares(place, "web").assign(connections=counts)


def without_a_pod_on_the_last(**service):
    """Three nodes with a pod and one without."""
    return cluster(nodes=4, pods=0, external_traffic_policy="Local", **service).replace(pods=cluster(pods=3).pods)


def test_with_three_nodes_and_six_pods_two_of_three_connections_cross():
    axes = plot_flow(cluster(nodes=3, pods=6), "web")
    assert texts(axes)[0] == "Two of three connections take an extra hop"
    assert len(ribbons(axes, "stays")) == 6
    assert len(ribbons(axes, "crosses")) == 12
    assert texts(axes).count("16.7 %") == 6
    assert texts(axes).count("30080") == 3
    assert {"stays on the node: 33.3 %", "crosses to another node: 66.7 %"} <= set(texts(axes))


@pytest.mark.parametrize(("nodes", "pods"), [(1, 1), (2, 3), (3, 6), (5, 2), (12, 40), (30, 100)])
def test_ribbons_keep_their_width_and_fill_the_bars_they_join(nodes, pods):
    axes = plot_flow(cluster(nodes=nodes, pods=pods), "web")
    drawn = [*ribbons(axes, "stays"), *ribbons(axes, "crosses")]
    for at, side in (("entry", 0), ("pod", 2)):
        for bar in bars(axes, at):
            mine = sorted((r[side], r[side + 1]) for r in drawn if bar.y0 - 0.01 <= r[side] < bar.y1 - 0.01)
            edges = np.cumsum([bar.y0, *(wide for _, wide in mine)])
            assert [start for start, _ in mine] == pytest.approx(edges[:-1])  # side by side, none over another
            assert edges[-1] == pytest.approx(bar.y1)
    assert all(r[1] == pytest.approx(r[3]) for r in drawn)


def test_with_one_node_the_title_tells_how_even_it_is():
    assert texts(plot_flow(cluster(nodes=1, pods=6), "web"))[0] == "All 6 pods get the same share"
    assert texts(plot_flow(cluster(nodes=1, pods=1), "web"))[0] == "The only pod gets every connection"


def test_local_policy_keeps_connections_but_loads_pods_unevenly():
    axes = plot_flow(cluster(nodes=2, pods=3, external_traffic_policy="Local"), "web")
    said = texts(axes)
    title = "No connection takes an extra hop, but web-7d4b9c6f5-00001 gets 2 times the share of web-7d4b9c6f5-00000"
    assert " ".join(said[:2]) == title  # in two lines
    assert ribbons(axes, "crosses") == []
    assert (said.count("25 %"), said.count("50 %")) == (2, 1)  # as the Service docs have it: 25/25/50


def test_what_enters_at_a_node_without_pods_is_lost():
    axes = plot_flow(without_a_pod_on_the_last(), "web")
    said = texts(axes)
    assert said[0] == "One of four connections is lost: node-4 has no pod that takes them"
    assert [patch.get_gid() for patch in axes.patches].count("ribbon-lost") == 1
    assert [patch.get_gid() for patch in axes.patches].count("mark-wrong") == 2  # at the stub, and beside the sum
    assert "lost: no pod here takes any" in said
    assert said.count("25 %") == 4
    assert "at node-4" in said
    assert faults(axes) == []


def test_without_a_ready_pod_every_connection_is_refused():
    axes = plot_flow(cluster(pods=2, sick=(0, 1)), "web")
    assert texts(axes)[0] == "Every connection is refused: no pod takes any"
    assert "refused: 100 %" in texts(axes)
    assert faults(axes) == []


def test_many_nodes_and_pods_are_folded_and_counted():
    axes = plot_flow(cluster(nodes=12, pods=40), "web")
    said = texts(axes)
    assert said[0] == "Eleven of twelve connections take an extra hop"
    assert (said.count("4 pods"), said.count("3 pods")) == (4, 8)
    assert "on node-12, 2.5 % each" in said
    more = plot_flow(cluster(nodes=30, pods=90), "web")
    assert "19 more nodes" in texts(more)
    assert "57 pods" in texts(more)  # on the 19 nodes that are not among the first eleven
    assert faults(axes) == faults(more) == []


def test_a_node_that_loses_connections_is_not_folded_away():
    axes = plot_flow(cluster(nodes=40, pods=39, external_traffic_policy="Local"), "web")
    assert "node-40" in texts(axes)
    assert "lost: no pod here takes any" in texts(axes)


def test_counts_stand_beside_what_was_expected():
    place = cluster(nodes=3, pods=6)
    # Of 1,800 connections: each pod 100 from each node, but for ten that went elsewhere.
    counts = np.full(18, 100)
    counts[:2] += (10, -10)
    axes = plot_flow(place, "web", counts=counted(place, counts))
    said = texts(axes)
    assert said[0] == "Two of three connections take an extra hop"
    assert (said.count("310"), said.count("290"), said.count("300")) == (1, 1, 4)
    assert any(text.startswith("stays on the node: ") and text.endswith("(expected 33.3 %)") for text in said)
    assert "1,800 connections" in said[1]


def test_the_verdict_over_the_pods_stands_at_the_foot():
    place = cluster(nodes=3, pods=6)
    numbers = np.full(18, 100)
    numbers[:2] += (10, -10)
    found = stats.chisquare([310, 290, 300, 300, 300, 300])
    foot = f"This spread is what chance gives (p = {found.pvalue:.2f}). Chi-square {found.statistic:.1f}, 5 degrees of freedom"
    axes = plot_flow(place, "web", counts=counted(place, numbers))
    assert foot in texts(axes)
    assert faults(axes) == []
    numbers[:3] += 100
    uneven = plot_flow(place, "web", counts=counted(place, numbers))
    assert any("that is not chance (p < 0.0001)" in text for text in texts(uneven))
    assert "Chi-square" not in " ".join(texts(plot_flow(place, "web")))


def test_a_simulation_is_drawn_with_what_it_lost():
    place = without_a_pod_on_the_last()
    counts = simulate(place, "web", 4000, seed=3)
    axes = plot_flow(place, "web", counts=counts)
    said = texts(axes)
    assert said[0] == "One of four connections is lost: node-4 has no pod that takes them"
    assert f"{counts['lost'].sum():,}" in said
    assert all(f"{count:,}" in said for count in counts["connections"] if count)
    assert faults(axes) == []


def test_counts_that_chance_does_not_explain_are_told_as_they_are():
    place = cluster(nodes=2, pods=2)
    axes = plot_flow(place, "web", counts=counted(place, [400, 100, 100, 400]))
    assert texts(axes)[0] == "One of five connections takes an extra hop"


def test_counts_need_their_columns_and_a_connection():
    place = cluster()
    with pytest.raises(NodePortKitError, match="no column pod_node, connections"):
        plot_flow(place, "web", counts=shares(place, "web").drop(columns="pod_node"))
    with pytest.raises(NodePortKitError, match="hold no connection to shop/web"):
        plot_flow(place, "web", counts=counted(place, 0))


def test_entry_weights_are_drawn():
    axes = plot_flow(cluster(), "web", entry={"node-1": 3, "node-2": 1})
    high, low = (bar.height for bar in bars(axes, "entry"))
    assert high == pytest.approx(3 * low)
    assert "all entering at node-3" in texts(plot_flow(cluster(), "web", entry="node-3"))[1]
    with pytest.raises(NotFound, match="node-9"):
        plot_flow(cluster(), "web", entry="node-9")


def test_of_several_ports_one_is_drawn_and_named():
    two = {
        "port": [80, 443], "target_port": ["8080", "8443"], "node_port": [30080, 30443], "port_name": ["http", "https"],
        "protocol": ["TCP", "TCP"],
    }  # fmt: skip
    assert "port http (the first of 2)" in texts(plot_flow(cluster(ports=two), "web"))[1]
    second = texts(plot_flow(cluster(ports=two), "web", "https"))
    assert "30443" in second
    assert "30080" not in second


def test_what_stays_is_darker_than_what_crosses_without_colour_too():
    for dark in (False, True):
        axes = plot_flow(cluster(), "web", dark=dark)
        paper = np.dot(to_rgb(palette(dark=dark).paper), (0.299, 0.587, 0.114))
        apart = []
        for kind in ("stays", "crosses"):
            red, green, blue, alpha = next(p for p in axes.patches if p.get_gid() == f"ribbon-{kind}").get_facecolor()
            grey = np.dot((red, green, blue), (0.299, 0.587, 0.114)) * alpha + paper * (1 - alpha)
            apart.append(abs(grey - paper))
        assert apart[0] > 2 * apart[1]


def test_it_draws_into_an_axes_and_says_in_words_what_it_shows():
    figure = Figure(figsize=(14, 5))
    left, right = figure.subplots(1, 2)
    assert plot_flow(cluster(), "web", ax=right) is right
    assert not left.texts
    axes = plot_flow(without_a_pod_on_the_last(), "web")
    drawn = axes.svg()
    assert "<title>One of four connections is lost: node-4 has no pod that takes them</title>" in drawn
    assert "node-4 25 % (lost: no pod here takes any)" in drawn


names = st.text(min_size=1, max_size=70)


@SHORT
@given(st.lists(names, min_size=1, max_size=14, unique=True), st.lists(names, max_size=14, unique=True), st.booleans())
def test_a_picture_holds_whatever_the_names_are(nodes, pods, local):
    place = cluster(nodes=len(nodes), pods=len(pods), external_traffic_policy="Local" if local else "Cluster")
    homes = [nodes[i % 3 % len(nodes)] for i in range(len(pods))]
    place = place.replace(
        nodes=place.nodes.assign(name=nodes), pods=place.pods.assign(name=pods, node=homes), endpoints=None
    )
    axes = plot_flow(place, "web")
    assert faults(axes) == []
    assert axes.svg().count("<script") == 0


@given(st.integers(1, 12).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_simple_fractions_are_said_in_words(pair):
    part, whole = pair
    said = connections(part / whole, "takes", "take")
    number = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve"]
    least = Fraction(part, whole)
    if least in (0, 1):
        assert said in ("No connection takes", "Every connection takes")
    else:
        one, _, of = said.split()[:3]
        assert Fraction(number.index(one), number.index(of.capitalize())) == least
        assert said.endswith("takes") == (one == "One")


def test_shares_too_small_to_print_are_not_printed_as_nothing():
    assert [percent(share) for share in (0, 0.0001, 0.5, 0.99999, 1)] == ["0 %", "< 0.1 %", "50 %", "> 99.9 %", "100 %"]
