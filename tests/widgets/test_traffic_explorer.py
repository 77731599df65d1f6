"""The explorer of traffic, without a browser: controls are set, and what it would show is read."""

import random
import re
import threading
import time
import xml.etree.ElementTree as ET
from html import unescape
from pathlib import Path

import pytest

from figures.clusters import cluster
from nodeportkit.cluster import Cluster
from nodeportkit.errors import NodePortKitError, NotFound
from nodeportkit.sources.read import read
from nodeportkit.traffic.comparison import compare
from nodeportkit.traffic.sharing import shares
from nodeportkit.traffic.simulation import simulate
from nodeportkit.widgets import TrafficExplorer
from nodeportkit.widgets.scenario import Scenario, example

FIXTURES = Path(__file__).parent.parent / "fixtures"
# The Service docs' own case: two pods on one node and one on another give 25/25/50 under policy Local.
UNEVEN = cluster(nodes=2, pods=3)


def said(explorer):
    return unescape(re.sub(r"<[^>]*>", "", explorer.children[-2].value))


def picture(explorer):
    return ET.fromstring(re.search(r"(?s)<svg.*</svg>", explorer.children[-1].value)[0])


def title(explorer):
    return picture(explorer)[0].text


def shown(explorer):
    return ["".join(text.itertext()) for text in picture(explorer).iter("{http://www.w3.org/2000/svg}text")]


def fields(explorer, which):
    """The number fields of the nodes: 0 pods, 1 weights."""
    return [pair.children[which] for pair in explorer.children[1].children]


def test_without_arguments_it_shows_three_nodes_and_six_pods():
    explorer = TrafficExplorer()
    assert explorer.service == "shop/web"
    assert [field.value for field in fields(explorer, 0)] == [3, 1, 2]
    assert title(explorer) == "Two of three connections take an extra hop"
    assert "all 6 pods get the same share, 16.7 %" in said(explorer)
    assert "This spread is what chance gives" in said(explorer)


def test_prediction_simulation_and_verdict_are_those_of_the_public_functions():
    explorer = TrafficExplorer(UNEVEN)
    explorer["policy"] = "Local"
    explorer["connections"] = 1000
    place = UNEVEN.replace(services=UNEVEN.services.assign(external_traffic_policy=["Local"]))
    predicted = shares(place, "web")
    counts = simulate(place, "web", 1000, seed=explorer.seed)
    assert explorer.predicted["share"].tolist() == predicted["share"].tolist() == [0.25, 0.25, 0.5]
    assert explorer.counts["connections"].tolist() == counts["connections"].tolist()
    verdict = compare(predicted, counts)
    assert explorer.verdict.chi_square == pytest.approx(verdict.chi_square)
    assert verdict.verdict in said(explorer)
    assert {f"{count:,}" for count in counts["connections"]} <= set(shown(explorer))


def test_policy_local_with_a_node_without_pods_loses_its_part():
    explorer = TrafficExplorer(cluster(nodes=3, pods=2))
    assert "lost" not in said(explorer)
    explorer["policy"] = "Local"
    assert "one of three connections is lost" in said(explorer)
    assert title(explorer).startswith("One of three connections is lost: node-3")
    explorer["entry"] = "only at node-3"
    assert "every connection is lost" in said(explorer)
    assert "No connection reaches a pod." in said(explorer)
    assert explorer.verdict is None
    assert [field.value for field in fields(explorer, 1)] == [0, 0, 1]


def test_entry_weights_count_in_proportion():
    explorer = TrafficExplorer(UNEVEN)
    explorer["policy"] = "Local"
    fields(explorer, 1)[0].value = 3
    assert explorer["entry"] == "by weights"
    weights = explorer.predicted.drop_duplicates("node").set_index("node")["weight"].to_dict()
    assert weights == {"node-1": 0.75, "node-2": 0.25}
    for field in fields(explorer, 1):
        field.value = 0
    assert "all entry weights are 0" in said(explorer)
    explorer["entry"] = "at every node alike"
    assert [field.value for field in fields(explorer, 1)] == [1, 1]
    assert "Predicted" in said(explorer)


def test_pods_are_placed_by_hand_evenly_or_on_one_node():
    explorer = TrafficExplorer()
    fields(explorer, 0)[1].value = 4
    assert (explorer["replicas"], explorer["placement"]) == (9, "by hand")
    assert explorer.predicted["pod"].nunique() == 9
    explorer["replicas"] = 10
    assert explorer["placement"] == "spread evenly"
    assert [field.value for field in fields(explorer, 0)] == [4, 3, 3]
    explorer["placement"] = "all on one node"
    assert explorer.predicted.dropna(subset="pod")["pod_node"].unique().tolist() == ["node-1"]
    explorer["placement"] = "as it is"
    assert [field.value for field in fields(explorer, 0)] == [3, 1, 2]
    explorer["replicas"] = 0
    assert "No connection reaches a pod." in said(explorer)
    assert title(explorer).startswith("Every connection is refused")


def test_failing_pods_get_nothing():
    explorer = TrafficExplorer()
    explorer["failing"] = 2
    assert "all 4 pods get the same share, 25 %" in said(explorer)
    explorer["failing"] = 6
    assert "every connection is lost" in said(explorer)
    explorer["replicas"] = 3
    assert explorer["failing"] == 3


def test_a_cluster_is_shown_as_it_is_with_the_pods_that_fail():
    explorer = TrafficExplorer(cluster(sick=(1, 4)))
    assert (explorer["replicas"], explorer["failing"]) == (6, 2)
    reached = set(explorer.predicted.loc[explorer.predicted["share"] > 0, "pod"])
    assert reached == {f"web-7d4b9c6f5-{i:05d}" for i in (0, 2, 3, 5)}


def test_with_affinity_the_dice_fall_for_clients():
    explorer = TrafficExplorer()
    clients = explorer._controls["clients"]
    assert clients.disabled
    explorer["affinity"] = "ClientIP"
    assert not clients.disabled
    explorer["clients"] = 2
    assert "each of 2 clients has one pod at each entry node, so the dice fall at most 6 times" in said(explorer)
    assert (explorer.counts.groupby("node")["connections"].agg(lambda found: (found > 0).sum()) <= 2).all()
    explorer["affinity"] = "None"
    assert "Affinity" not in said(explorer)


def test_keep_alive_is_told_from_unfairness():
    explorer = TrafficExplorer()
    explorer["connections"], explorer["requests"] = 100, 100
    assert explorer.counts["requests"].sum() == 100 * 100
    assert "10,000 requests came on 100 connections" in said(explorer)
    assert "would pass for unfair; it is not" in said(explorer)


def test_the_dice_are_thrown_again_and_the_same_seed_gives_the_same():
    explorer = TrafficExplorer()
    before, seed = said(explorer), explorer.seed
    again = explorer.children[0].children[-1]
    again.click()
    assert explorer.seed == seed + 1
    assert said(explorer) != before
    explorer.seed = seed
    assert said(explorer) == before


def test_either_picture_says_in_words_what_it_shows():
    explorer = TrafficExplorer()
    flow, told = explorer._repr_mimebundle_()
    assert flow["text/plain"].startswith("Predicted: ")
    explorer["picture"] = "shares"
    assert title(explorer) == "This spread is what chance gives"
    bundle, told = explorer._repr_mimebundle_()
    assert bundle["image/png"].startswith(b"\x89PNG")
    assert bundle["image/png"] != flow["image/png"]
    assert "chance allows" in told["image/png"]["alt"]


def test_more_nodes_than_fields_are_controlled_together():
    explorer = TrafficExplorer(cluster(nodes=100, pods=100))
    assert len(explorer.children) == 3
    explorer["replicas"] = 50
    explorer["policy"] = "Local"
    assert "one of two connections is lost" in said(explorer)
    explorer["entry"] = "only at node-1"
    assert "no connection takes an extra hop" in said(explorer)


def test_where_ways_are_too_many_pods_are_looked_at_alone():
    explorer = TrafficExplorer(cluster(nodes=200, pods=150))
    assert len(explorer.predicted) == 150
    assert "99.5 % of the connections take an extra hop" in said(explorer)
    assert "shares are shown by pod" in said(explorer)
    assert title(explorer) == "This spread is what chance gives"
    explorer["policy"] = "Local"
    assert "one of four connections is lost" in said(explorer)
    explorer["entry"] = "only at node-1"
    assert "Picture" not in said(explorer)


def test_an_ipv6_service_gets_pods_of_its_family():
    six = example()
    six = six.replace(
        nodes=six.nodes.assign(internal_ips=[[f"fd00:168::{i}"] for i in (2, 3, 4)]),
        services=six.services.assign(cluster_ips=[["fd00:96::1"]]),
        endpoints=six.endpoints.assign(address=[f"fd00:244::{i}" for i in range(6)]),
    )
    explorer = TrafficExplorer(six)
    explorer["replicas"] = 9
    assert explorer.predicted["address"].nunique() == 9


def test_what_is_not_there_or_not_known_is_said():
    with pytest.raises(NotFound, match="wob"):
        TrafficExplorer(cluster(), "wob")
    with pytest.raises(NodePortKitError, match="no service here has a node port"):
        TrafficExplorer(Cluster())
    with pytest.raises(NodePortKitError, match="no nodes were shown"):
        TrafficExplorer(cluster(nodes=0))
    bare = cluster(pods=0)
    with pytest.raises(NodePortKitError, match="which pods are behind 'shop/web' was not shown"):
        TrafficExplorer(bare.replace(services=bare.services.assign(selector=None)))
    hidden = example()
    hidden = hidden.replace(endpoints=hidden.endpoints.assign(ready=None))
    explorer = TrafficExplorer(hidden)
    assert "whether web-0 is ready was not shown" in said(explorer)


def test_pods_that_are_leaving_are_shown_as_they_are():
    """The real cluster's shop/old: both of its pods are being deleted and still serve (KEP-1669)."""
    place = read(FIXTURES / "real-cluster" / "objects.json")
    explorer = TrafficExplorer(place, "shop/old")
    before, shown = (found.set_index("address")["share"].to_dict() for found in (
        shares(place, "shop/old", by="pod"), shares(explorer.cluster, "shop/old", by="pod"),
    ))  # fmt: skip
    assert before == shown
    assert sum(before.values()) == 1
    assert "both pods get the same share" in said(explorer)


def test_names_from_elsewhere_stay_text():
    evil = "<script>alert(1)</script>"
    odd = example()
    explorer = TrafficExplorer(odd.replace(endpoints=odd.endpoints.assign(pod=[evil + str(i) for i in range(6)])))
    for html in (explorer.children[-1].value, explorer.children[-2].value):
        assert "<script" not in html
    assert any(evil[-9:] in text for text in shown(explorer))


def test_an_update_is_quick():
    """Of the processor, whoever else is using it: 100 ms on a common machine."""
    explorer = TrafficExplorer()
    took = []
    for policy in ["Local", "Cluster"] * 5:
        start = time.process_time()
        explorer["policy"] = policy
        took.append(time.process_time() - start)
    assert min(took) < 0.25


def test_threads_that_change_controls_at_once_leave_what_they_say():
    """The page's messages come in a thread of their own, beside the cell that runs."""
    explorer, failures = TrafficExplorer(), []

    def change(seed):
        chance = random.Random(seed)
        try:
            for _ in range(6):
                what = chance.choice(["policy", "replicas", "entry", "pods"])
                if what == "pods":
                    chance.choice(fields(explorer, 0)).set_state({"value": chance.randrange(4)})
                elif what == "replicas":
                    explorer["replicas"] = chance.randrange(1, 9)
                else:
                    explorer._controls[what].set_state({"index": chance.randrange(2)})
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=change, args=(seed,)) for seed in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert explorer["replicas"] == sum(field.value for field in fields(explorer, 0))
    before = [child.value for child in explorer.children[-2:]]
    explorer.refresh()
    assert [child.value for child in explorer.children[-2:]] == before


def test_a_scenario_keeps_what_it_was_given():
    place = cluster(sick=(1,))
    scenario = Scenario(place, "web")
    same = scenario.cluster(dict(zip(scenario.nodes, scenario.given, strict=True)), scenario.failing, "Cluster", "None")
    key = ["pod", "address", "node", "ready"]
    before, after = (c.endpoints[key].sort_values("pod").to_numpy().tolist() for c in (place, same))
    assert before == after
