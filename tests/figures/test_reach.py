"""The picture of reach."""

import pandas as pd
import pytest
from matplotlib.figure import Figure

from figures.clusters import cluster
from figures.oracle import faults
from nodeportkit.errors import NodePortKitError, NotFound
from nodeportkit.figures import plot_reach
from nodeportkit.kube.proxy_config import ProxyConfig

LOCAL = cluster(nodes=3, pods=2, external_traffic_policy="Local")


def texts(axes):
    return [text.get_text() for text in axes.texts]


def cells(axes):
    """The words of the cells, row by row."""
    known = ("answers", "refused", "timeout", "not handled", "not known")
    found = [text for text in texts(axes) if text in known]
    return [found[i : i + 3] for i in range(0, len(found), 3)]


def marks(axes):
    return [p.get_gid() for p in axes.patches if str(p.get_gid()).startswith("mark-")]


def test_with_policy_cluster_every_node_answers_everyone():
    axes = plot_reach(cluster(nodes=3, pods=2), "web")
    assert texts(axes)[0] == "Every node answers everyone on 30080"
    assert cells(axes) == [["answers"] * 3] * 3
    assert marks(axes) == ["mark-ready"] * 9
    assert texts(axes).count("2 pods") == 9
    assert faults(axes) == []


def test_with_policy_local_a_node_without_pods_answers_itself_and_pods_only():
    place = LOCAL.replace(proxy=ProxyConfig(cluster_cidrs=("10.244.0.0/16",)))
    axes = plot_reach(place, "web")
    assert texts(axes)[0] == "node-3 does not answer clients outside on 30080: they wait in vain"
    # Pods and the node itself take kube-proxy's short cut past the policy.
    assert cells(axes) == [["answers"] * 3, ["answers"] * 3, ["timeout", "answers", "answers"]]
    assert marks(axes).count("mark-wrong") == 1
    assert "pods are 10.244.0.0/16" in " ".join(texts(axes))
    assert faults(axes) == []


def test_where_pods_are_not_known_as_such_they_get_no_short_cut():
    axes = plot_reach(LOCAL, "web")
    assert cells(axes)[2] == ["timeout", "timeout", "answers"]


def test_without_a_ready_pod_every_connection_is_refused():
    axes = plot_reach(cluster(nodes=2, pods=2, sick=(0, 1)), "web")
    assert texts(axes)[0] == "No node answers on 30080: every connection is refused"
    assert cells(axes) == [["refused"] * 3] * 2
    assert faults(axes) == []


def test_a_node_whose_address_does_not_take_node_ports_does_not_handle_them():
    place = cluster(nodes=2, pods=2).replace(proxy=ProxyConfig(mode="nftables", nodeport_addresses=("192.168.1.1/32",)))
    axes = plot_reach(place, "web")
    assert cells(axes) == [["answers"] * 3, ["not handled"] * 3]
    assert marks(axes).count("mark-unknown") == 3
    assert faults(axes) == []


def test_a_node_whose_address_was_not_shown_is_not_guessed():
    place = cluster(nodes=2, pods=2)
    place = place.replace(nodes=place.nodes.assign(internal_ips=pd.Series([["192.168.1.1"], None], dtype=object)))
    axes = plot_reach(place, "web")
    assert cells(axes) == [["answers"] * 3, ["not known"] * 3]
    assert "not known" in texts(axes)[0]
    assert faults(axes) == []


def test_without_knowing_the_pods_nothing_is_called_refused():
    place = cluster(nodes=2, pods=0)
    axes = plot_reach(place.replace(services=place.services.assign(selector=None)), "web")
    assert cells(axes) == [["not known"] * 3] * 2
    assert "which pods are behind web was not shown" in " ".join(texts(axes))
    assert faults(axes) == []


def test_many_nodes_that_answer_alike_are_counted():
    axes = plot_reach(cluster(nodes=20, pods=12, external_traffic_policy="Local"), "web")
    assert " ".join(texts(axes)[:2]).startswith("12 of 20 nodes answer clients outside on 30080")
    assert {"12 nodes", "8 nodes"} <= set(texts(axes))
    assert faults(axes) == []


def test_services_without_a_node_port_and_names_that_are_not_there_are_refused():
    one = {"port": [80], "target_port": ["8080"], "node_port": [None]}
    with pytest.raises(NodePortKitError, match="has no node port"):
        plot_reach(cluster(type="ClusterIP", ports=one), "web")
    with pytest.raises(NotFound):
        plot_reach(cluster(), "shop")


def test_it_draws_into_an_axes_dark_too_and_says_in_words_what_it_shows():
    figure = Figure(figsize=(14, 5))
    left, right = figure.subplots(1, 2)
    assert plot_reach(LOCAL, "web", ax=right, dark=True) is right
    assert not left.texts
    drawn = plot_reach(LOCAL, "web", dark=True).svg()
    assert "<title>node-3 does not answer clients outside on 30080: they wait in vain</title>" in drawn
    assert "client outside: timeout, pod: timeout, the node itself: answers" in drawn


def test_names_from_elsewhere_stay_words():
    place = LOCAL.replace(nodes=LOCAL.nodes.assign(name=["$a_1$", "</svg><script>", "n\u202e" + "x" * 200]))
    axes = plot_reach(place, "web")
    assert faults(axes) == []
    assert "<script" not in axes.svg()
