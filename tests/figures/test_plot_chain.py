"""From frames to a picture."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from typing import get_args

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from PIL import Image

from figures.clusters import cluster
from figures.oracle import faults
from figures.scenes import SCENES
from figures.test_chain_pictures import draw
from nodeportkit.cluster import Cluster
from nodeportkit.errors import NotFound
from nodeportkit.figures import describe_chain, plot_chain
from nodeportkit.figures.chain.scene import Break
from nodeportkit.figures.theme import palette, roles
from nodeportkit.frames import SCHEMAS
from nodeportkit.sources.read import read


def texts(axes):
    return [text.get_text() for text in axes.texts]


def marks(axes):
    return [patch.get_gid() for patch in axes.patches if str(patch.get_gid()).startswith("mark-")]


def links(axes):
    """Whether each link is drawn through: those of the nodes, then those of the pods."""
    return [patch.get_linestyle() == "solid" for patch in axes.patches if patch.get_gid() == "link"]


def test_a_whole_chain_is_drawn_through():
    axes = plot_chain(cluster(), "web")
    assert links(axes) == [True] * (3 + 6)
    assert "mark-wrong" not in marks(axes)
    assert texts(axes).count("30080") == 3
    assert texts(axes).count("80") == 1
    assert texts(axes).count("8080") == 6
    assert texts(axes).count("17 %") == 6


def test_where_the_selector_matches_nothing_the_picture_says_so():
    axes = plot_chain(cluster(selector={"app": "web", "type": "front-end"}), "shop/web")
    said = texts(axes)
    assert said[0] == "web answers nobody: its selector matches no pod"
    assert links(axes) == [True] * 3 + [False] * (1 + 6)  # up to the mark, and from there on
    assert marks(axes).count("mark-wrong") == 2  # on the links, and before the reason
    assert said[said.index("app=web") + 1] == "6 pods"
    assert said[said.index("type=front-end") + 1] == "0 pods"
    assert "No pod carries type=front-end." in said
    typed = re.sub(r" \\\s+", " ", " ".join(said))  # long lines are broken as a shell takes them
    assert """kubectl patch service -n shop web -p '{"spec": {"selector": {"type": null}}}'""" in typed


def test_pods_that_are_not_ready_are_told_by_shape_word_and_link():
    axes = plot_chain(cluster(sick=(1, 4)), "web")
    assert links(axes) == [True] * 3 + [True, False, True, True, False, True]
    assert marks(axes).count("mark-not-ready") == 2
    assert texts(axes).count("CrashLoopBackOff") == 2
    assert texts(axes).count("ready") == 4


def test_nodes_without_a_pod_of_their_own_are_marked_where_they_drop():
    axes = plot_chain(cluster(nodes=4, pods=2, external_traffic_policy="Local"), "web")
    assert links(axes)[:4] == [True, True, False, False]
    assert texts(axes).count("no ready pod here") == 2
    assert texts(axes).count("100 %") == 2  # of what enters at its own node
    assert "share of its node" in texts(axes)


def test_a_service_without_a_node_port_says_so():
    one = {"port": [80], "target_port": ["8080"], "node_port": [None]}
    axes = plot_chain(cluster(type="ClusterIP", ports=one), "web")
    assert texts(axes).count("none") == 3
    assert links(axes) == [False] * 3 + [True] * 6


def test_a_port_can_be_chosen_by_name_number_and_node_port():
    two = {
        "port": [80, 443], "target_port": ["8080", "8443"], "node_port": [30080, 30443], "port_name": ["http", "https"],
        "protocol": ["TCP", "TCP"],
    }  # fmt: skip
    both = plot_chain(cluster(ports=two), "web")
    assert {"30080", "30443", "8080", "8443"} <= set(texts(both))
    for port in ("https", 443, 30443):
        said = texts(plot_chain(cluster(ports=two), "web", port))
        assert "30443" in said
        assert "30080" not in said
    with pytest.raises(NotFound, match="8443"):
        plot_chain(cluster(ports=two), "web", 8443)


def test_pods_that_are_selected_but_have_no_address_are_shown():
    pods = cluster().pods
    pods["ready"] = [True] * 5 + [False]
    pods["status"] = ["Running"] * 5 + ["Pending"]
    pods["ips"] = pd.Series([["10.244.0.4"]] * 5 + [[]])
    assert "Pending" in texts(plot_chain(cluster().replace(pods=pods), "web"))


def test_endpoints_that_were_counted_but_not_shown_are_counted():
    given_ends = {
        "namespace": ["shop"] * 3, "service": ["web"] * 3, "address": ["10.1.0.1", None, None], "port": [8080] * 3,
        "port_name": [""] * 3, "protocol": ["TCP"] * 3, "ready": [True] * 3,
    }  # fmt: skip
    axes = plot_chain(cluster(pods=0).replace(endpoints=given_ends), "web")
    assert sum(patch.get_gid() == "pod" for patch in axes.patches) == 3


def test_it_draws_into_an_axes_and_gives_it_back():
    figure = Figure(figsize=(14, 7))
    left, right = figure.subplots(1, 2)
    assert plot_chain(cluster(), "web", ax=right) is right
    assert not left.texts
    assert right.texts


def test_it_fills_the_box_that_a_layout_leaves_it():
    figure = Figure(figsize=(18, 4), layout="constrained")
    left, _ = figure.subplots(1, 2)
    plot_chain(cluster(), "web", ax=left)
    figure.draw_without_rendering()
    box, title = left.get_window_extent(), left.texts[0].get_window_extent()
    pods = [patch.get_window_extent() for patch in left.patches if patch.get_gid() == "pod"]
    assert max(pod.x1 for pod in pods) - title.x0 > 0.85 * box.width
    assert faults(left, margin=0) == []


def test_it_brings_its_own_paper():
    figure = Figure(figsize=(7, 4), facecolor="red")
    axes = plot_chain(cluster(), "web", ax=figure.add_axes((0.1, 0.1, 0.8, 0.8)), dark=True)
    assert to_hex(axes.patch.get_facecolor()) == palette(dark=True).paper
    assert not axes.xaxis.get_visible()


def test_threads_that_plot_at_once_get_what_they_asked_for():
    clusters = [cluster(), cluster(selector={"app": "web", "type": "front-end"}), cluster(sick=(1,))] * 2
    with ThreadPoolExecutor(3) as pool:
        at_once = list(pool.map(lambda one: plot_chain(one, "web").svg(), clusters))
    assert at_once == [plot_chain(one, "web").svg() for one in clusters]


def test_a_picture_shows_itself_and_says_what_it_shows():
    axes = plot_chain(cluster(), "web")
    data, told = axes._repr_mimebundle_()
    words = describe_chain(cluster(), "web")
    assert data["text/plain"] == words
    assert told["image/png"]["alt"] == words
    across, down = axes.figure.get_size_inches()
    assert told["image/png"]["width"] == pytest.approx(across * 96, abs=1)  # CSS: 96 px to the inch
    with Image.open(io.BytesIO(data["image/png"])) as image:
        assert image.size[0] / image.size[1] == pytest.approx(across / down, rel=0.01)


def test_a_figure_grows_with_what_it_shows():
    heights = [plot_chain(cluster(pods=pods), "web").figure.get_size_inches()[1] for pods in (1, 4, 8)]
    assert heights == sorted(set(heights))


def test_words_hold_what_the_picture_holds():
    said = describe_chain(cluster(selector={"app": "web", "type": "front-end"}), "web")
    for word in (
        "30080",
        "target port 8080",
        "node-3",
        "192.168.1.3",
        "type=front-end (0 pods)",
        "kubectl patch service",
    ):
        assert word in said


def test_names_from_elsewhere_are_not_read_as_formulas(recwarn):
    odd = cluster()
    pods = odd.pods
    pods["name"] = [f"$\\frac{{{i}}}$" for i in range(6)]
    assert faults(plot_chain(odd.replace(pods=pods), "web")) == []
    assert not recwarn


@pytest.mark.parametrize("service", ["api", "shop/api", "other/web"])
def test_a_service_that_is_not_there_is_named(service):
    with pytest.raises(NotFound, match=service):
        plot_chain(cluster(), service)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)  # fmt: skip
@given(data=st.data())
def test_what_a_source_did_not_show_is_no_obstacle(data):
    """Any columns may be missing, wholly or in single cells."""
    whole = cluster(
        nodes=data.draw(st.integers(0, 3)), pods=data.draw(st.integers(0, 10)), sick=(1,),
        external_traffic_policy=data.draw(st.sampled_from(["Cluster", "Local", None])),
        type=data.draw(st.sampled_from(["NodePort", "ClusterIP", "LoadBalancer", "ExternalName", None])),
        cluster_ips=data.draw(st.sampled_from([["10.96.7.20"], ["None"], ["fd00::1", "10.96.7.20"], [], None])),
    )  # fmt: skip
    changed = {}
    for name in ("nodes", "services", "ports", "pods"):
        frame = getattr(whole, name).copy()
        keys = {*SCHEMAS[name].key} - ({"protocol", "port"} if name == "ports" else set())
        for column in set(frame.columns) - keys:
            gone = data.draw(st.sampled_from([[], [0], list(range(len(frame)))]))
            frame[column] = frame[column].mask(frame.index.isin(gone), pd.NA)
        changed[name] = frame
    assert faults(plot_chain(Cluster(**changed), "web")) == []


OUTLINED = [
    "one node, one pod",
    "no pod matches",
    "several ports",
    "twelve nodes, forty pods",
    "local policy",
    "labels not shown",
]


@pytest.mark.parametrize("name", OUTLINED)
def test_what_stands_in_a_picture(name, snapshot):
    """Words and shapes in the order in which they are drawn, with the role of their colour; not their places."""
    named = {colour: role for role, colour in roles()} | {"none": "-"}
    picture = draw(SCENES[name])
    lines = [
        f"{patch.get_gid():14} {named[_hex(patch.get_facecolor())]:12} {named[_hex(patch.get_edgecolor())]:12} "
        f"{'' if patch.get_linestyle() == 'solid' else 'dashed'}".rstrip()
        for patch in picture.patches
    ]
    lines += [f"{text.get_gid():14} {named[text.get_color()]:12} {text.get_text()}" for text in picture.texts]
    assert "\n".join(lines) == snapshot


def _hex(colour):
    return "none" if colour[3] == 0 else to_hex(colour)


def test_the_scenes_cover_every_break():
    assert {scene.broken for scene in SCENES.values()} == {None, *get_args(Break)}


def test_pods_stand_in_the_order_in_which_kubectl_prints_them_but_numbers_as_numbers():
    names = ["web-10", "web-2", "web-7gktq", "web-76nhb"]
    pods = cluster(pods=4).pods
    pods["name"] = names
    said = texts(plot_chain(cluster(pods=4).replace(pods=pods), "web"))
    assert [text for text in said if text in names] == ["web-2", "web-10", "web-76nhb", "web-7gktq"]


def test_pods_that_are_leaving_are_drawn_as_serving_where_no_other_does():
    """KEP-1669: where no endpoint is ready, those that are terminating and still serve get the connections."""
    pods = cluster(pods=2).pods
    pods["ready"] = [False, False]
    pods["terminating"] = [True, True]
    pods["status"] = ["Terminating", "Terminating"]
    ends = {
        "namespace": ["shop"] * 2, "service": ["web"] * 2, "address": ["10.244.0.4", "10.244.1.5"], "port": [8080] * 2,
        "port_name": [""] * 2, "protocol": ["TCP"] * 2, "pod": list(pods["name"]), "node": ["node-1", "node-2"],
        "ready": [False] * 2, "serving": [True] * 2, "terminating": [True] * 2, "hints": [{}] * 2,
    }  # fmt: skip
    axes = plot_chain(cluster(pods=2).replace(pods=pods, endpoints=ends), "web")
    assert links(axes) == [True] * 3 + [True] * 2
    assert texts(axes).count("Terminating") == 2
    assert texts(axes).count("50 %") == 2


def test_the_article_shows_why_curl_was_refused(fixtures):
    axes = plot_chain(read(fixtures / "article" / "nodeport-transcript.txt"), "myapp-service")
    said = texts(axes)
    assert said[0] == "myapp-service answers nobody: its selector matches no pod"
    assert said[1].startswith("curl http://192.168.59.100:30008")
    assert {"30008", "80", "minikube", "192.168.59.100", "type=front-end", "0 pods", "app=myapp"} <= set(said)
    assert said.count("ready") == 6
    assert faults(axes) == []


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_real_cluster_holds(fixtures, form):
    real = fixtures / "real-cluster"
    cluster = read(real / "objects.json" if form == "json" else str(real / "text" / "0[1-6]*.txt"))
    assert len(cluster.services) == 13
    for namespace, name in zip(cluster.services["namespace"], cluster.services["name"], strict=True):
        axes = plot_chain(cluster, f"{namespace}/{name}")
        assert faults(axes) == [], name


MANIFEST = """
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  type: {type}
  ports:
  - port: 80
  selector:
    app: web
"""


@pytest.mark.parametrize("type_", ["NodePort", "LoadBalancer"])
def test_a_node_port_that_the_server_is_to_choose_is_no_port_that_is_missing(type_):
    found = read(MANIFEST.format(type=type_))
    assert "to be chosen" in texts(plot_chain(found, "web"))
    assert "none" not in texts(plot_chain(found, "web"))
    assert "node port to be chosen → port 80/TCP" in describe_chain(found, "web")


def test_a_service_that_opens_none_says_none():
    said = texts(plot_chain(read(MANIFEST.format(type="ClusterIP")), "web"))
    assert "none" in said
    assert "to be chosen" not in said


def test_a_node_port_that_was_not_shown_is_not_said_to_be_to_come():
    ports = {"port": [80], "target_port": ["8080"], "node_port": [None], "port_name": [""], "protocol": ["TCP"]}
    said = texts(plot_chain(cluster(ports=ports), "web"))
    assert "?" in said
    assert "to be chosen" not in said


# As kubectl prints it: EXTERNAL-IP of a LoadBalancer.
BALANCED = """
NAME   TYPE           CLUSTER-IP   EXTERNAL-IP   PORT(S)        AGE   SELECTOR
web    LoadBalancer   10.96.7.20   {ip}   80:30080/TCP   3d    app=web
"""


def test_where_a_load_balancer_answers_stands_in_its_service():
    assert "external IP 203.0.113.9" in texts(plot_chain(read(BALANCED.format(ip="203.0.113.9")), "web"))
    assert "external IP <pending>" in texts(plot_chain(read(BALANCED.format(ip="<pending>  ")), "web"))
    assert "Outside the cluster: external IP <pending>" in describe_chain(
        read(BALANCED.format(ip="<pending>  ")), "web"
    )


def test_nodes_that_are_counted_have_no_node_port_where_the_service_has_none():
    ports = {"port": [80], "target_port": ["8080"], "node_port": [None], "port_name": [""], "protocol": ["TCP"]}
    assert "same node port" in texts(plot_chain(cluster(nodes=12), "web"))
    assert "same node port" not in texts(plot_chain(cluster(nodes=12, type="ClusterIP", ports=ports), "web"))
