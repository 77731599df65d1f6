"""The picture of nodes and the pods in them."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from figures.clusters import cluster
from figures.oracle import faults
from nodeportkit.cluster import Cluster
from nodeportkit.errors import NotFound
from nodeportkit.figures import plot_nodes
from nodeportkit.sources.read import read

SHORT = settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)  # fmt: skip
FIXTURES = Path(__file__).parent.parent / "fixtures"
LOCAL = cluster(nodes=3, pods=2, external_traffic_policy="Local")


def texts(axes):
    return [text.get_text() for text in axes.texts]


def gids(axes, gid):
    return [patch for patch in axes.patches if patch.get_gid() == gid]


def hollow(axes):
    """How many node ports are drawn dashed, without that of the legend."""
    return sum(patch.get_linestyle() != "solid" for patch in gids(axes, "node-port")[: len(gids(axes, "node"))])


def test_each_node_holds_its_pods_and_the_title_counts_nodes_with_a_ready_one():
    axes = plot_nodes(cluster(sick=(1, 4)), "web")  # both pods of node-2
    said = texts(axes)
    assert said[0] == "2 of 3 nodes hold a ready pod of web"
    assert "4 of 6 pods are ready" in said[1]
    assert len(gids(axes, "node")) == 3
    assert said.count("CrashLoopBackOff") == 2
    assert len(gids(axes, "mark-not-ready")) == 2 + 1  # and one in the legend
    assert len(gids(axes, "mark-ready")) == 4 + 1
    assert said.count("30080") == 3 + 1
    assert hollow(axes) == 0  # policy Cluster: every node port leads to a pod
    assert faults(axes) == []


def test_pods_stand_inside_the_box_of_their_node():
    axes = plot_nodes(cluster(), "web")
    boxes = [patch.get_path().get_extents(patch.get_patch_transform()) for patch in gids(axes, "node")]
    for text in axes.texts:
        if text.get_text().startswith("web-7d4b9c6f5-"):
            inside = [i for i, box in enumerate(boxes) if box.x0 < text.get_position()[0] < box.x1]
            assert inside == [int(text.get_text()[-5:]) % 3]


def test_with_policy_local_the_port_of_a_node_without_a_pod_is_hollow():
    axes = plot_nodes(LOCAL, "web")
    assert hollow(axes) == 1
    assert {"no pod of web here", "it reaches no pod"} <= set(texts(axes))
    assert faults(axes) == []


def test_without_a_ready_pod_every_node_port_is_hollow():
    axes = plot_nodes(cluster(pods=3, sick=(0, 1, 2)), "web")
    assert texts(axes)[0] == "No node holds a ready pod of web"
    assert hollow(axes) == 3


@pytest.mark.parametrize(
    ("place", "title"),
    [
        (cluster(nodes=3, pods=3), "Every node holds a ready pod of web"),
        (cluster(nodes=1, pods=3), "node-1 holds a ready pod of web"),
        (cluster(nodes=3, pods=1), "1 of 3 nodes holds a ready pod of web"),
        (cluster(nodes=3, pods=2, selector={"app": "none"}), "No node holds a pod of web"),
        (cluster(nodes=0, pods=2), "Which nodes hold the pods of web was not shown"),
        (cluster(nodes=2, pods=0), "Which nodes hold pods of web was not shown"),
        (cluster(nodes=0, pods=0), "Which nodes hold pods of web was not shown"),
    ],
)
def test_the_title_is_the_answer(place, title):
    axes = plot_nodes(place, "web")
    assert texts(axes)[0] == title
    assert faults(axes) == []


def test_what_was_not_shown_is_not_guessed():
    place = cluster(nodes=2, pods=2)
    unknown = place.replace(pods=place.pods.assign(ready=pd.array([True, None], dtype="boolean")))
    axes = plot_nodes(unknown, "web")
    assert texts(axes)[0] == "At least 1 of 2 nodes holds a ready pod of web"
    assert "readiness not shown" in texts(axes)
    unlisted = place.replace(nodes=place.nodes.iloc[:0])
    assert texts(plot_nodes(unlisted, "web"))[0] == "2 nodes hold a ready pod of web"
    homeless = place.replace(pods=place.pods.assign(node=pd.array(["node-1", None], dtype="string")))
    axes = plot_nodes(homeless, "web")
    assert "node not shown" in texts(axes)
    assert texts(axes)[0] == "At least 1 of 2 nodes holds a ready pod of web"
    assert faults(axes) == []


def test_where_the_pods_of_a_service_are_not_known_no_port_is_called_closed():
    axes = plot_nodes(cluster(nodes=2, pods=2, selector={"app": "none"}, type="NodePort"), "web")
    assert hollow(axes) == 2
    place = cluster(nodes=2, pods=0)
    axes = plot_nodes(place.replace(services=place.services.assign(selector=None)), "web")
    assert hollow(axes) == 0
    assert texts(axes).count("no pod shown") == 2


def test_pods_that_are_leaving_serve_on_where_no_other_is_ready():
    """The real cluster's shop/old: both of its pods are being deleted and still serve (KEP-1669)."""
    place = read(FIXTURES / "real-cluster" / "objects.json")
    axes = plot_nodes(place, "shop/old")
    assert texts(axes)[0] == "No node holds a ready pod of old"
    assert texts(axes).count("Terminating") == 2
    assert hollow(axes) == 0


def test_pods_that_wait_for_a_node_have_a_box_of_their_own():
    place = cluster(nodes=2, pods=3, sick=(2,))
    pods = place.pods.assign(
        node=pd.array(["node-1", "node-2", None], dtype="string"), status=["Running", "Running", "Pending"]
    )
    axes = plot_nodes(place.replace(pods=pods), "web")
    assert "on no node yet" in texts(axes)
    assert texts(axes)[0] == "Every node holds a ready pod of web"


def test_nodes_that_are_not_ready_or_cordoned_say_so():
    place = cluster(nodes=3, pods=3)
    place = place.replace(nodes=place.nodes.assign(ready=[True, False, True], schedulable=[True, True, False]))
    said = texts(plot_nodes(place, "web"))
    assert {"NotReady", "cordoned"} <= set(said)


def test_other_pods_are_counted_and_without_a_service_all_are_shown():
    place = cluster()
    pods = place.pods
    more = pods.assign(name=[f"db-{i}" for i in range(len(pods))], labels=[{"app": "db"}] * len(pods))
    both = place.replace(pods=pd.concat([pods, more], ignore_index=True))
    assert texts(plot_nodes(both, "web")).count("2 other pods") == 3
    axes = plot_nodes(both)
    assert texts(axes)[0] == "3 nodes hold 12 pods"
    assert "30080" not in texts(axes)
    assert texts(plot_nodes(Cluster()))[0] == "No pod was shown"
    assert faults(axes) == []


def test_many_pods_of_a_node_are_folded_and_those_not_ready_stay():
    axes = plot_nodes(cluster(nodes=1, pods=40, sick=(39,)), "web")
    assert "web-7d4b9c6f5-00039" in texts(axes)
    assert any(text.startswith("+ ") and text.endswith("more, all ready") for text in texts(axes))
    assert faults(axes) == []


@pytest.mark.parametrize(("nodes", "pods"), [(13, 60), (40, 300), (100, 140)])
def test_up_to_a_hundred_nodes_have_a_tile_each(nodes, pods):
    axes = plot_nodes(cluster(nodes=nodes, pods=pods, sick=(0, 7), external_traffic_policy="Local"), "web")
    assert len(gids(axes, "node")) == nodes
    assert {f"node-{i + 1}" for i in range(nodes)} <= set(texts(axes))
    assert faults(axes) == []


def test_more_nodes_are_counted_by_what_they_hold():
    axes = plot_nodes(cluster(nodes=1000, pods=700, sick=tuple(range(16)), external_traffic_policy="Local"), "web")
    said = texts(axes)
    assert said[0] == "684 of 1,000 nodes hold a ready pod of web"
    assert {"16 nodes", "684 nodes", "300 nodes", "each"} <= set(said)
    assert faults(axes) == []


def test_it_draws_into_an_axes_dark_too_and_says_in_words_what_it_shows():
    figure = Figure(figsize=(14, 5))
    left, right = figure.subplots(1, 2)
    assert plot_nodes(LOCAL, "web", ax=right, dark=True) is right
    assert not left.texts
    drawn = plot_nodes(LOCAL, "web", dark=True).svg()
    assert "<title>2 of 3 nodes hold a ready pod of web</title>" in drawn
    assert "node-3: no pod; its node port reaches no pod" in drawn
    with pytest.raises(NotFound, match="wob"):
        plot_nodes(LOCAL, "wob")


names = st.text(min_size=1, max_size=70)


@SHORT
@given(
    st.lists(names, min_size=1, max_size=15, unique=True),
    st.lists(names, max_size=12, unique=True),
    st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=70),
)
def test_a_picture_holds_whatever_the_names_are(nodes, pods, service):
    place = cluster(nodes=len(nodes), pods=len(pods), sick=(0,), name=service)
    homes = [nodes[i % 3 % len(nodes)] for i in range(len(pods))]
    place = place.replace(
        nodes=place.nodes.assign(name=nodes), pods=place.pods.assign(name=pods, node=homes), endpoints=None,
        ports=place.ports.assign(service=[service]),
    )  # fmt: skip
    axes = plot_nodes(place, "shop/" + service)
    assert faults(axes) == []
    assert "<script" not in axes.svg()
