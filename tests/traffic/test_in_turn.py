"""ipvs mode: each node takes its endpoints in turn (reference: the kernel's ip_vs_rr.c; kubernetes/kubernetes pkg/proxy/ipvs)."""

from collections import Counter
from itertools import cycle, islice

import numpy as np
import pytest

from nodeportkit.errors import NodePortKitError
from nodeportkit.kube.proxy_config import ProxyConfig
from nodeportkit.traffic.drawing import draw
from nodeportkit.traffic.service_spreads import service_spreads
from nodeportkit.traffic.sharing import shares
from nodeportkit.traffic.simulation import simulate
from nodeportkit.traffic.tally import Tally
from traffic_clusters import POD_RANGE, placed

IPVS = ProxyConfig(mode="ipvs", cluster_cidrs=(POD_RANGE,))
STICKY = {"session_affinity": "ClientIP", "affinity_timeout": 10800}


def by_node(found):
    return {node: list(rows["connections"]) for node, rows in found.dropna(subset="pod").groupby("node")}


@pytest.mark.parametrize("connections", [0, 1, 7, 1000])
def test_each_node_gives_its_endpoints_counts_that_differ_by_one_at_most(connections):
    found = simulate(placed(2, 3, config=IPVS), "web", connections, seed=3)
    assert found["connections"].sum() == connections
    for counts in by_node(found).values():
        assert max(counts) - min(counts) <= 1


def test_counts_are_those_of_going_round():
    found = simulate(placed(4, config=IPVS), "web", 10, seed=1)
    one_by_one = [[Counter(islice(cycle(range(4)), start, start + 10))[pod] for pod in range(4)] for start in range(4)]
    assert list(found["connections"]) in one_by_one


def test_every_endpoint_is_as_likely_to_get_the_odd_connection():
    asked = dict.fromkeys(["entry", "source", "destination", "family", "mode"])
    [spread] = service_spreads(placed(3, config=IPVS), "web", None, **asked)
    rng = np.random.default_rng(4)
    odd = Counter()
    for _ in range(300):
        tally = Tally(1, 3, by_node=True)
        draw(spread, 4, tally, rng, by_node=True)
        odd[int(np.argmax(tally.counts()[2]))] += 1
    assert min(odd[pod] for pod in range(3)) > 60


def test_counted_by_pod_it_is_the_same_run_as_by_node_up_to_where_nodes_begin():
    cluster = placed(2, 2, 2, config=IPVS)
    found = simulate(cluster, "web", 100_000, seed=5, by="pod")["connections"]
    assert found.sum() == 100_000
    assert found.max() - found.min() <= 3  # three nodes, each within one


def test_a_billion_connections_come_out_even():
    found = simulate(placed(7, config=IPVS), "web", 10**9, seed=1, by="pod")["connections"]
    assert set(found) <= {10**9 // 7, 10**9 // 7 + 1}


def test_clients_that_stay_are_given_out_in_turn_too():
    found = simulate(placed(5, config=IPVS, **STICKY), "web", 10_000, seed=1, clients=50, entry="node-0")
    each = 10_000 / 5  # ten clients of 200 connections each
    assert (abs(found["connections"] - each) < 250).all()  # five standard deviations of 2,000 out of 10,000
    once = simulate(placed(5, config=IPVS, **STICKY), "web", 50, seed=1, clients=1, entry="node-0")
    assert sorted(once["connections"]) == [0, 0, 0, 0, 50]


def test_a_pod_that_goes_leaves_its_turn_to_the_others():
    found = simulate(placed(3, config=IPVS), "web", 900, seed=1, events=[(0.5, "web-0", "remove")], by="pod")
    assert dict(zip(found["pod"], found["connections"], strict=True)) == {"web-0": 150, "web-1": 375, "web-2": 375}


def test_shares_are_even_under_policy_cluster():
    found = shares(placed(4, 1, 1, config=IPVS), "web", by="pod")
    assert list(found["share"]) == pytest.approx([1 / 6] * 6)


def test_under_policy_local_clients_outside_get_nothing_from_nodes_without_a_pod():
    found = shares(placed(2, 1, nodes=3, config=IPVS, external_traffic_policy="Local"), "web")
    lost = found[found["pod"].isna()]
    assert list(lost["node"]) == ["node-2"]
    assert list(lost["verdict"]) == ["DROP"]
    assert list(lost["share"]) == pytest.approx([1 / 3])
    assert list(found["share"]) == pytest.approx([1 / 6, 1 / 6, 1 / 3, 1 / 3])


def test_under_policy_local_pods_there_get_every_endpoint_and_elsewhere_their_nodes_own():
    cluster = placed(2, 1, nodes=3, config=IPVS, external_traffic_policy="Local")
    found = shares(cluster, "web", source="pod", destination="node-port")
    counts = found.groupby("node")["pod"].apply(sorted).to_dict()
    assert counts == {"node-0": ["web-0", "web-1"], "node-1": ["web-2"], "node-2": ["web-0", "web-1", "web-2"]}


def test_the_node_at_its_load_balancers_address_is_only_served_by_pods_of_its_own():
    cluster = placed(
        1, nodes=2, config=IPVS, external_traffic_policy="Local", type="LoadBalancer", load_balancer_ips=["1.2.3.4"]
    )
    found = shares(cluster, "web", source="node", destination="load-balancer")
    assert dict(zip(found["node"], found["verdict"], strict=True)) == {"node-0": "FORWARD", "node-1": "DROP"}


def test_what_depends_on_nodes_that_were_not_shown_is_not_guessed():
    cluster = placed(2, config=IPVS, external_traffic_policy="Local")
    hidden = cluster.replace(
        endpoints=cluster.endpoints.assign(node=None).astype({"node": cluster.endpoints["node"].dtype})
    )
    with pytest.raises(NodePortKitError, match="not every node was shown"):
        shares(hidden, "web", source="pod", destination="node-port")
