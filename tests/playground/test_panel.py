"""The panel on a playground that runs: what kubectl and curl do is seen in it, and what it does is seen by kubectl."""

import json
import os
import re
import signal
import threading
import time
import xml.etree.ElementTree as ET
from dataclasses import replace
from html import unescape

import pytest

from figures.clusters import cluster as crowded
from figures.oracle import faults
from nodeportkit.cluster import Cluster
from nodeportkit.errors import NodePortKitError
from nodeportkit.playground.faults.planting import FAULTS
from nodeportkit.playground.network.requests import Entered, Requests
from nodeportkit.playground.panel import PlaygroundPanel
from nodeportkit.playground.panel.acts import SURPRISE
from nodeportkit.playground.panel.news import changed, landed
from nodeportkit.playground.panel.picture import picture
from nodeportkit.playground.panel.tally import Landed, Tally
from nodeportkit.playground.playground import Playground

TEXT = "{http://www.w3.org/2000/svg}text"
SECONDS = 60  # far more than needed: other programs may be busy


def eventually(look, wanted=bool):
    end = time.monotonic() + SECONDS
    while not wanted(found := look()):
        assert time.monotonic() < end, found
        time.sleep(0.05)
    return found


def said(panel, part):
    return eventually(lambda: panel.said, lambda sentence: part in sentence)


def heard(panel, part):
    return eventually(lambda: panel.news, lambda sentences: part in sentences)


def svg(panel):
    return ET.fromstring(re.search(r"(?s)<svg.*</svg>", panel.children[2].value)[0])


def shown(panel):
    return ["".join(text.itertext()) for text in svg(panel).iter(TEXT)]


def table(panel):
    return unescape(re.sub(r"<[^>]*>", " ", panel.children[3].value))


def press(panel, description):
    found = [it for row in panel.children[0].children for it in row.children if hasattr(it, "click")]
    next(button for button in found if button.description == description).click()


def pods(playground, **query):
    selector = ",".join(f"{name}={value}" for name, value in query.items())
    items = json.loads(playground.kubectl(["get", "pods", "-l", selector, "-o", "json"]))["items"]
    return {it["metadata"]["name"]: it["spec"].get("nodeName") for it in items}


def threads():
    names = [thread.name for thread in threading.enumerate()]
    return [name for name in names if name.startswith(("playground-panel", "watch-"))]


@pytest.fixture(scope="module")
def playground():
    with Playground(speed=20) as running:
        yield running


@pytest.fixture
def web(playground):
    """The service web, whole; gives its node port."""
    playground.reset()
    playground.kubectl("create deployment web --image=nginx --replicas=3")
    playground.kubectl("expose deployment web --type=NodePort --port=80")
    playground.kubectl("rollout status deployment web --timeout=60s")
    port = int(playground.kubectl("get service web -o jsonpath={.spec.ports[0].nodePort}"))
    address = playground.addresses["node-1"]
    eventually(lambda: playground.curl(f"http://{address}:{port}").code, lambda code: code == 0)
    return port


@pytest.fixture
def panel(playground, web):  # noqa: ARG001 (the service is there first)
    made = PlaygroundPanel(playground)
    yield made
    made.close()
    assert eventually(threads, lambda left: not left) == []


def test_nodes_hold_their_pods_and_the_node_port_stands_on_each(playground, web, panel):
    assert panel["service"] == f"default/web 80:{web}"
    texts = eventually(lambda: shown(panel), lambda texts: texts[0] == f"{web} leads to 3 ready pods")
    assert texts.count(str(web)) == 3 + 1  # and one in the legend
    assert set(playground.addresses) | set(playground.addresses.values()) | set(pods(playground, app="web")) <= set(
        texts
    )


def test_what_kubectl_and_curl_do_is_seen(playground, web, panel):
    playground.kubectl("scale deployment web --replicas=5")
    eventually(lambda: shown(panel)[0], lambda title: "5 ready pods" in title)
    assert set(pods(playground, app="web")) <= set(shown(panel))
    address = playground.addresses["node-2"]
    answer = playground.curl(f"-D - -o /dev/null http://{address}:{web}/")
    sentence = heard(panel, "dialled")
    (who,) = [pod for pod in pods(playground, app="web") if pod in sentence]
    assert f"node-2, {address}:{web}" in sentence
    assert answer.code == 0
    assert "Requests: 1 answered" in shown(panel)[1]
    assert who in table(panel)


def test_replicas_are_changed_by_a_button(playground, panel):
    press(panel, "more")
    assert said(panel, "scaled") == "Deployment web is scaled from 3 to 4."
    wanted = "-o jsonpath={.spec.replicas}"
    assert playground.kubectl(f"get deployment web {wanted}") == "4"
    eventually(lambda: shown(panel)[0], lambda title: "4 ready pods" in title)
    press(panel, "fewer")
    press(panel, "fewer")
    eventually(lambda: playground.kubectl(f"get deployment web {wanted}"), lambda found: found == "2")
    eventually(lambda: shown(panel)[0], lambda title: "2 ready pods" in title)


def test_requests_land_on_pods_and_are_counted_once(playground, web, panel):
    panel["through"], panel["requests"] = "node-3", 30
    press(panel, "send")
    assert said(panel, "through node-3").startswith("30 requests through node-3: 30 answered by ")
    texts = eventually(lambda: shown(panel), lambda texts: texts[1].endswith("Requests: 30 answered"))
    assert "30 came in" in texts
    landed = [texts[texts.index(pod) + 1] for pod in pods(playground, app="web") if pod in texts]
    counts = [int(text.partition(" ")[0]) for text in landed if re.fullmatch(r"\d+( \(\+\d+\))?", text)]
    assert sum(counts) == 30
    assert str(web) in table(panel)


def test_refusals_that_nobody_else_sees_are_counted_where_the_panel_dialled(playground, panel):
    panel["fault"] = "selector-mismatch"
    press(panel, "plant")
    assert said(panel, "planted in") == "The fault selector-mismatch is planted in default/web. Dial it, and find out."
    eventually(lambda: shown(panel)[0], lambda title: title.endswith("leads to no pod"))
    assert shown(panel).count("not behind web") == 3
    eventually(lambda: set(playground.load("web", 3)["outcome"]), lambda found: found == {"refused"})
    panel["requests"] = 6
    press(panel, "send")
    said(panel, "through every node in turn: 6 refused")
    assert shown(panel).count("2 refused") == 3
    assert "refused" in table(panel)


def test_of_a_surprise_the_panel_does_not_say_what_it_is(panel):
    assert panel.planted is None
    panel["fault"] = SURPRISE
    press(panel, "plant")
    assert said(panel, "planted in") == "Some fault is planted in default/web. Dial it, and find out."
    assert panel.planted.cause in FAULTS


def test_what_was_planted_is_taken_back_and_named(panel):
    press(panel, "heal")
    said(panel, "No fault was planted")
    panel["fault"] = "selector-mismatch"
    press(panel, "plant")
    eventually(lambda: shown(panel)[0], lambda title: title.endswith("leads to no pod"))
    press(panel, "heal")
    said(panel, "The fault selector-mismatch is taken back")
    eventually(lambda: shown(panel)[0], lambda title: title.endswith("leads to 3 ready pods"))


def test_a_node_is_stopped_marked_and_started_again(playground, web, panel):
    panel["node"] = "node-2"
    press(panel, "stop node")
    eventually(lambda: shown(panel), lambda texts: any(text.startswith("stopped") for text in texts))
    eventually(lambda: playground.curl(f"http://{playground.addresses['node-2']}:{web}").code)
    assert "but not on node-2" in shown(panel)[0]
    eventually(lambda: shown(panel), lambda texts: "stopped, NotReady" in texts)
    assert "NotReady" in playground.kubectl("get node node-2")
    press(panel, "start node")
    eventually(lambda: shown(panel), lambda texts: not any(text.startswith("stopped") for text in texts))
    assert heard(panel, "node-2 is Ready again")
    assert panel.said == "node-2 is switched on again."


def test_a_node_that_is_not_there_cannot_be_stopped(playground):
    with pytest.raises(NodePortKitError, match="node-9"):
        playground.stop_node("node-9")


def test_resetting_leaves_nodes_alone(playground, panel):
    press(panel, "reset")
    eventually(lambda: shown(panel)[0], lambda title: title == "No pod runs yet")
    assert set(playground.addresses) <= set(shown(panel))
    assert panel["service"] is None
    press(panel, "send")
    said(panel, "There is no service with a node port")
    press(panel, "plant")  # makes the service that it breaks
    said(panel, "planted in default/web")


def test_pages_without_a_kernel_show_a_still_and_words(panel):
    data, told = panel._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert "leads to 3 ready pods" in data["text/plain"]
    assert "leads to 3 ready pods" in told["image/png"]["alt"]
    assert "application/vnd.jupyter.widget-view+json" in data


def test_controls_set_in_threads_leave_a_picture_that_is_whole(playground, panel):
    def change(node):
        for number in range(1, 16):
            panel["through"], panel["node"], panel["requests"] = node, node, number
            panel.refresh()
            svg(panel)

    changing = [threading.Thread(target=change, args=(node,)) for node in playground.addresses]
    for thread in changing:
        thread.start()
    playground.kubectl("scale deployment web --replicas=4")
    for thread in changing:
        thread.join()
    eventually(lambda: shown(panel)[0], lambda title: "4 ready pods" in title)


@pytest.mark.usefixtures("web")
def test_a_later_panel_takes_the_place_of_the_one_before(playground, panel):  # as when its cell is run again
    later = PlaygroundPanel(playground)
    try:
        assert "later panel" in panel.said
        assert panel._controls["service"].disabled
        # One thread that follows and those of one watch: as many as before.
        eventually(threads, lambda left: left.count("playground-panel") == 1)
        playground.kubectl("scale deployment web --replicas=2")
        eventually(lambda: shown(later)[0], lambda title: "2 ready pods" in title)
        assert "later panel" in panel.said
    finally:
        later.close()


def test_a_playground_that_was_killed_is_said_in_one_sentence(capfd):
    playground = Playground()
    panel = PlaygroundPanel(playground)
    os.kill(playground._state.pid, signal.SIGKILL)
    assert said(panel, "ended") == "The playground has ended; this is how it was last."
    assert panel._controls["service"].disabled
    assert eventually(lambda: not playground.running)
    press(panel, "send")
    assert panel.said == "The playground has ended; this is how it was last."
    assert eventually(threads, lambda left: not left) == []
    with pytest.raises(NodePortKitError):
        PlaygroundPanel(playground)
    panel.close()
    playground.stop()
    assert "Traceback" not in capfd.readouterr().err


ANSWERED = Landed("default/web", "node-1", "127.168.1.2", 30080, "127.0.0.1", "default/web-0", "node-2", "answered")


def test_names_are_text_and_never_markup():
    evil = "<img src=x onerror=alert(1)>"
    cluster = Cluster(
        nodes={"name": [evil], "ready": [True]},
        services={"namespace": ["default"], "name": ["web"], "type": ["NodePort"], "selector": [{"app": "web"}]},
        ports={"namespace": ["default"], "service": ["web"], "port": [80], "node_port": [30080], "protocol": ["TCP"]},
        pods={"namespace": ["default"], "name": [evil], "node": [evil], "ready": [True], "labels": [{"app": "web"}]},
    )
    drawn = picture(cluster, "default/web", Tally(), {evil})
    found = [it for it in ET.fromstring(drawn.svg()).iter() if it.tag.endswith("img")]
    assert found == []
    assert evil in drawn.words


@pytest.mark.parametrize("nodes", [1, 3, 4, 12, 20])
def test_counts_notes_and_states_have_room(nodes):
    crowd = crowded(nodes=nodes, pods=3 * nodes, sick=(1,), selector={"app": "web", "tier": "front"})
    for service, place in (("shop/web", crowd), ("shop/web", crowded(nodes=nodes, pods=3 * nodes, sick=(1,)))):
        tally = Tally()
        for number, pod in enumerate(place.pods["name"]):
            pods = replace(ANSWERED, service=service, pod=f"shop/{pod}", node=f"node-{number % nodes + 1}")
            lost = replace(pods, node="node-1", pod="", outcome="timeout")
            tally.add([(pods, 10**number % 1_000_003), (lost, 1000), (replace(lost, outcome="refused"), 1000)])
        drawn = picture(place, service, tally, {"node-1"})
        assert faults(drawn.picture()) == []
        assert "stopped" in drawn.words
        assert "timed out" in drawn.words


def test_equal_requests_are_one_line_and_the_latest_are_told_apart():
    tally = Tally()
    tally.add([(ANSWERED, 2)])
    tally.add([(ANSWERED, 1)])
    assert list(tally.last) == [(ANSWERED, 3)]
    assert tally.of_pod("default/web-0") == (3, 1)
    assert tally.of_service("default/web") == {"answered": 3}
    assert tally.of_node("default/web", "node-2") == {}


def test_what_happened_is_said_in_a_sentence():
    frame = {"namespace": ["default"] * 2, "name": ["web-0", "web-1"]}
    before = Cluster(nodes={"name": ["node-1"], "ready": [True]}, pods={**frame, "ready": [True, False]})
    after = Cluster(
        nodes={"name": ["node-1"], "ready": [False]},
        services={"namespace": ["default"], "name": ["web"]},
        pods={"namespace": ["default"], "name": ["web-1"], "ready": [True]},
    )
    assert changed(before, before) == ""
    assert changed(before, after) == "Service default/web is there; 1 pod went; 1 pod got ready; node-1 is NotReady."
    assert landed([ANSWERED]) == "127.0.0.1 dialled node-1, 127.168.1.2:30080; web-0 on node-2 answered."
    assert landed([ANSWERED, ANSWERED]) == "2 requests came in: 2 answered."


def test_the_playground_keeps_the_last_requests_and_counts_all():
    requests, source = Requests(), ("127.0.0.1", 40000)
    entered = Entered("default/web", "node-1", "127.168.1.2", 30080, "127.0.0.1")
    requests.enter(source, entered, seen="192.168.1.2")
    for _ in range(600):
        requests.answer(source, "default/web-0", "node-2", 200)
    requests.leave(source)
    requests.answer(source, "default/web-0", "node-2", 503)  # of a pod that was dialled itself
    requests.lose(entered)
    told = requests.after(599)
    assert told["count"] == 602
    assert [it["number"] for it in told["requests"]] == [600, 601, 602]
    assert [(it["service"], it["outcome"]) for it in told["requests"]] == [
        ("default/web", "answered"),
        ("", "http 503"),
        ("default/web", "reset"),
    ]
    assert len(requests.after(0)["requests"]) == 500
    assert requests.after(602) == {"count": 602, "requests": []}
