"""The matrix of reach, without a browser."""

import re
from html import unescape

import pytest

from figures.clusters import cluster
from nodeportkit.cluster import Cluster
from nodeportkit.errors import NodePortKitError, NotFound
from nodeportkit.kube.proxy_config import ProxyConfig
from nodeportkit.widgets import ReachMatrix

PODS = ProxyConfig(cluster_cidrs=("10.244.0.0/16",))
LOCAL = cluster(nodes=3, pods=2, external_traffic_policy="Local").replace(proxy=PODS)


def cells(matrix):
    return [[button.description for button in row] for row in matrix._buttons]


def said(matrix):
    return unescape(re.sub(r"<[^>]*>", " ", matrix.children[2].value))


def test_each_cell_is_a_button_with_a_mark_and_words():
    matrix = ReachMatrix(LOCAL, "web")
    one, two = "✔ answers, 1 pod", "✔ answers, 2 pods"
    assert cells(matrix) == [[one, two, two], [one, two, two], ["✖ timeout", two, two]]
    assert matrix._buttons[2][0].tooltip == "client outside at node-3: timeout"


def test_it_begins_with_what_is_not_answered_and_says_why():
    matrix = ReachMatrix(LOCAL)
    assert matrix.chosen == ("node-3", "client outside")
    assert "Client outside dials 192.168.1.3:30080: timeout." in said(matrix)
    assert "no endpoint that takes connections is on this node" in said(matrix)
    assert "its client waits in vain" in matrix.children[3].value
    assert matrix.trace.verdict == "DROP"


def test_a_click_on_a_cell_follows_its_packet():
    matrix = ReachMatrix(LOCAL, "web")
    matrix._buttons[2][1].click()
    assert matrix.chosen == ("node-3", "pod")
    assert "short cut" in matrix.children[3].value
    assert matrix.trace.verdict == "FORWARD"
    chosen = [button for row in matrix._buttons for button in row if "npk-cell-chosen" in button._dom_classes]
    assert chosen == [matrix._buttons[2][1]]
    matrix.chosen = ("node-1", "the node itself")
    assert "the client is this node" in matrix.children[3].value
    with pytest.raises(NotFound, match="node-9"):
        matrix.chosen = ("node-9", "pod")
    with pytest.raises(NotFound, match="dog"):
        matrix.chosen = ("node-1", "dog")


def test_another_service_has_other_cells():
    two = {
        "port": [80, 443], "target_port": ["8080", "8443"], "node_port": [30080, 30443], "port_name": ["http", "https"],
        "protocol": ["TCP", "TCP"],
    }  # fmt: skip
    place = cluster(nodes=2, ports=two)
    services = place.services.loc[[0, 0]].assign(name=["web", "api"], selector=[{"app": "web"}, {"app": "none"}])
    place = place.replace(services=services, ports=place.ports.assign(service=["web", "api"]))
    matrix = ReachMatrix(place)
    assert matrix.service == "shop/web"
    matrix.service = "api"
    assert cells(matrix) == [["✖ refused"] * 3] * 2
    assert "30443" in said(matrix)
    with pytest.raises(NotFound):
        matrix.service = "shop/wob"
    assert matrix.service == "shop/api"


def test_many_nodes_that_answer_alike_share_a_row():
    matrix = ReachMatrix(cluster(nodes=40, pods=12, external_traffic_policy="Local"), "web")
    assert len(matrix._buttons) == 2
    assert matrix.trace.verdict == "DROP"


def test_an_address_that_was_not_shown_is_not_guessed():
    place = cluster(nodes=2, pods=2)
    matrix = ReachMatrix(place.replace(nodes=place.nodes.assign(internal_ips=[["192.168.1.1"], None])))
    assert cells(matrix)[1] == ["? not known"] * 3
    assert matrix.trace is None
    assert "the address of node-2 was not shown" in said(matrix)


def test_pods_that_were_not_shown_are_not_guessed():
    place = cluster(nodes=2, pods=0)
    matrix = ReachMatrix(place.replace(services=place.services.assign(selector=None)))
    assert cells(matrix) == [["? not known"] * 3] * 2
    assert "which pods are behind the service was not shown" in said(matrix)


def test_pages_without_a_kernel_show_the_matrix():
    bundle, told = ReachMatrix(LOCAL, "web")._repr_mimebundle_()
    assert bundle["image/png"].startswith(b"\x89PNG")
    assert "node-3 (192.168.1.3): client outside: timeout" in told["image/png"]["alt"]
    assert bundle["text/plain"].startswith("node-3 does not answer clients outside on 30080")


def test_names_from_elsewhere_stay_text():
    evil = "<script>alert(1)</script>"
    place = LOCAL.replace(nodes=LOCAL.nodes.assign(name=[evil, "b", "c"]))
    matrix = ReachMatrix(place, "web")
    labels = [child.value for child in matrix.children[1].children if hasattr(child, "value")]
    assert not any("<script" in html for html in [*labels, matrix.children[2].value, matrix.children[3].value])


def test_without_a_node_port_there_is_no_matrix():
    with pytest.raises(NodePortKitError, match="no service here has a node port"):
        ReachMatrix(Cluster())
    with pytest.raises(NotFound):
        ReachMatrix(LOCAL, "wob")
