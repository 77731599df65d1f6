"""The explorer of chains, without a browser: traits are set, and what it would show is read."""

import html
import random
import re
import sys
import threading
import xml.etree.ElementTree as ET

import pytest

from figures.clusters import cluster
from nodeportkit.cluster import Cluster
from nodeportkit.errors import NotFound
from nodeportkit.sources.read import read
from nodeportkit.widgets import ChainExplorer

ROWS = 50


def services(count: int = 3, **columns) -> Cluster:
    """Namespaces a and b with services of one or two ports, and pods behind web-0 alone."""
    names = [f"web-{i}" for i in range(count)]
    places = ["ab"[i % 2] for i in range(count)]
    return Cluster(
        services={
            "namespace": places, "name": names, "type": ["NodePort"] * count, "selector": [{"app": name} for name in names],
            "external_traffic_policy": ["Cluster"] * count,
        } | columns,
        ports={
            "namespace": [*places, "a"], "service": [*names, "web-0"], "port_name": ["http"] * count + ["https"],
            "protocol": ["TCP"] * (count + 1), "port": [80] * count + [443], "target_port": ["8080"] * count + ["8443"],
            "node_port": [30000 + i for i in range(count)] + [32443],
        },
        pods={"namespace": ["a"], "name": ["pod-0"], "ips": [["10.1.0.1"]], "ready": [True], "terminating": [False], "phase": ["Running"], "labels": [{"app": "web-0"}]},
    )  # fmt: skip


def dropdowns(explorer):
    return {child.description: child for child in explorer.children[0].children}


def title(explorer):
    return ET.fromstring(re.search(r"(?s)<svg.*</svg>", explorer.children[1].value)[0])[0].text


def below(explorer):
    return explorer.children[2].value


def test_it_begins_with_the_first_service_that_has_a_node_port():
    explorer = ChainExplorer(services(3, type=["ClusterIP", "NodePort", "NodePort"]))
    assert explorer.service == "b/web-1"
    assert dropdowns(explorer)["namespace"].options == ("a", "b")


def test_what_is_chosen_is_shown():
    explorer = ChainExplorer(services())
    assert explorer.service == "a/web-0"
    assert title(explorer).startswith("web-0 reaches ")
    dropdowns(explorer)["namespace"].value = "b"
    assert explorer.service == "b/web-1"
    assert title(explorer).startswith("Whether web-1")
    dropdowns(explorer)["namespace"].value = "a"
    dropdowns(explorer)["service"].value = "web-2"
    assert title(explorer).startswith("web-2 answers nobody")


def test_a_port_is_chosen_by_what_kubectl_prints_of_it():
    explorer = ChainExplorer(services())
    ports = dropdowns(explorer)["port"]
    assert [label for label, _ in ports.options] == ["all ports", "http  80:30000/TCP", "https  443:32443/TCP"]
    ports.value = "https"
    assert explorer.port == "https"
    assert "32443" in below(explorer)
    assert "30000" not in below(explorer)


def test_it_can_be_set_from_code():
    explorer = ChainExplorer(services(), "web-2")
    assert dropdowns(explorer)["service"].value == "web-2"
    explorer.service = "a/web-0"
    explorer.port = 32443
    assert (explorer.service, explorer.port) == ("a/web-0", "https")
    explorer.service = "b/web-1"
    assert explorer.port is None


def test_what_is_not_there_is_an_error_and_changes_nothing():
    explorer = ChainExplorer(services(), "a/web-0")
    before = title(explorer)
    with pytest.raises(NotFound, match="web-7"):
        explorer.service = "web-7"
    with pytest.raises(NotFound, match="8080"):
        explorer.port = 8080
    assert (explorer.service, title(explorer)) == ("a/web-0", before)
    with pytest.raises(NotFound, match="web-7"):
        ChainExplorer(services(), "web-7")


def test_another_cluster_keeps_the_service_if_it_is_there():
    explorer = ChainExplorer(services(), "b/web-1")
    explorer.cluster = services(5)
    assert explorer.service == "b/web-1"
    explorer.cluster = cluster()
    assert explorer.service == "shop/web"
    assert title(explorer) == "web reaches 6 of 6 pods on 3 nodes"


def test_an_empty_cluster_says_what_to_do():
    explorer = ChainExplorer(Cluster())
    assert explorer.service is None
    assert "nodeportkit.read" in below(explorer)
    explorer.cluster = services()
    assert explorer.service == "a/web-0"
    explorer.cluster = Cluster()
    assert explorer.service is None
    assert "<svg" not in explorer.children[1].value


def test_several_hundred_services_are_offered_by_name():
    explorer = ChainExplorer(services(600))
    assert len(dropdowns(explorer)["service"].options) == 300
    dropdowns(explorer)["service"].value = "web-598"
    assert explorer.service == "a/web-598"


def test_among_many_services_one_is_sought():
    explorer = ChainExplorer(services(600))
    find, offered = dropdowns(explorer)["find"], dropdowns(explorer)["service"]
    assert find.layout.display is None
    find.value = "WEB-59"
    assert explorer.service == "b/web-59"
    assert "11 of 600 services" in below(explorer)
    dropdowns(explorer)["namespace"].value = "a"
    assert offered.options == ("web-590", "web-592", "web-594", "web-596", "web-598")
    assert explorer.service == "a/web-590"
    find.value = "30007"  # its node port
    assert dropdowns(explorer)["namespace"].options == ("b",)
    assert explorer.service == "b/web-7"
    find.value = "nothing-like-it"
    assert explorer.service == "b/web-7"
    assert "No service has “nothing-like-it”" in below(explorer)
    assert len(offered.options) == 300


def test_a_service_that_is_set_is_shown_though_another_is_sought():
    explorer = ChainExplorer(services(600))
    dropdowns(explorer)["find"].value = "web-59"
    explorer.service = "web-2"
    assert explorer.service == "a/web-2"
    assert dropdowns(explorer)["find"].value == ""
    assert len(dropdowns(explorer)["service"].options) == 300


def test_among_few_services_nothing_is_to_be_sought():
    explorer = ChainExplorer(services(600))
    explorer.cluster = services()
    assert dropdowns(explorer)["find"].layout.display == "none"


def test_where_no_service_was_read_it_says_what_was():
    pods = "$ kubectl get svc\nNo resources found in default namespace.\n$ kubectl get pods\nNAME    READY   STATUS    RESTARTS   AGE\nweb-0   1/1     Running   0          3d"
    told = below(ChainExplorer(read(f"{pods}\n\nhalf a <table>")))
    assert "What was read: one pod." in told
    assert "No resources found in default namespace." in told
    assert "line 7, “half a &lt;table&gt;”" in told


def test_the_table_is_folded_and_the_rest_counted():
    explorer = ChainExplorer(cluster(nodes=12, pods=40))
    assert below(explorer).count("<tr>") == ROWS + 1
    assert f"the first {ROWS} of 480" in below(explorer)


def test_names_from_elsewhere_stay_text():
    evil = "<script>alert(1)</script>"
    odd = services(1)
    pods = odd.pods
    pods["name"] = [evil + "\u202e"]
    explorer = ChainExplorer(odd.replace(pods=pods))
    for shown in (explorer.children[1].value, below(explorer)):
        assert "<script" not in shown
        assert "\u202e" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\\u202e" in below(explorer)


def test_it_says_how_the_chain_stands_and_what_to_type():
    explorer = ChainExplorer(cluster(selector={"app": "web", "type": "front-end"}))
    assert "web answers nobody: its selector matches no pod." in below(explorer)
    command = """kubectl patch service -n shop web -p '{"spec": {"selector": {"type": null}}}'"""
    assert f"<code>{html.escape(command)}</code>" in below(explorer)


def test_where_no_kernel_runs_a_still_stands_beside_the_widget():
    explorer = ChainExplorer(services())
    first, told = explorer._repr_mimebundle_()
    assert first["image/png"].startswith(b"\x89PNG")
    assert first["text/plain"].startswith("web-0 reaches ")
    assert told["image/png"]["alt"] == first["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in first
    explorer.service = "web-1"
    assert explorer._repr_mimebundle_()[0]["image/png"] != first["image/png"]
    assert "image/png" not in ChainExplorer(Cluster())._repr_mimebundle_()[0]


def test_a_service_whose_ports_were_not_shown_says_so():
    bare = services(1)
    explorer = ChainExplorer(bare.replace(ports=bare.ports.iloc[:0]))
    assert dropdowns(explorer)["port"].options == (("none shown", ""),)
    assert explorer.port is None


def test_its_repr_is_short():
    assert repr(ChainExplorer(services(600))) == "ChainExplorer('a/web-0')"


def test_a_fault_of_ours_is_seen_and_not_swallowed(monkeypatch):
    explorer = ChainExplorer(services())
    monkeypatch.setattr("nodeportkit.widgets.chain_explorer.build", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        dropdowns(explorer)["namespace"].value = "b"
    assert "could not be drawn" in below(explorer)


class Plain(ChainExplorer):
    """An explorer that says what is chosen, and draws nothing."""

    def draw(self):
        return None, f"{self.service} {self.port}", ""


@pytest.fixture
def restless():
    """Threads take turns far more often than usual."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("restless")
@pytest.mark.parametrize(("kind", "times"), [(Plain, 150), (ChainExplorer, 5)])
def test_threads_that_choose_at_once_leave_what_is_chosen(kind, times):
    """The page's messages come in a thread of their own, beside the cell that runs."""
    explorer = kind(services(6))
    failures = []

    def choose(seed):
        chance = random.Random(seed)
        try:
            for _ in range(times):
                what = chance.randrange(4)
                if what == 0:
                    explorer.service = f"web-{chance.randrange(6)}"
                elif what == 1:
                    dropdowns(explorer)["namespace"].value = chance.choice("ab")
                else:
                    dropdowns(explorer)["service" if what == 2 else "namespace"].set_state(
                        {"index": chance.randrange(2)}
                    )
                assert "npk" in below(explorer)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=choose, args=(seed,)) for seed in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    controls = {name: control for name, control in dropdowns(explorer).items() if name != "find"}
    for control in controls.values():
        assert control.options[control.index] in (control.value, (control.label, control.value))
    assert explorer.service == f"{controls['namespace'].value}/{controls['service'].value}"
    alone = kind(services(6), explorer.service, explorer.port)
    assert [child.value for child in explorer.children[1:]] == [child.value for child in alone.children[1:]]
