"""`simulate`: every connection is counted once, by the law that the theory states."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from nodeportkit.errors import NodePortKitError, NotFound
from nodeportkit.traffic.clients import Clients
from nodeportkit.traffic.drawing import draw
from nodeportkit.traffic.service_spreads import service_spreads
from nodeportkit.traffic.sharing import shares
from nodeportkit.traffic.simulation import simulate
from nodeportkit.traffic.tally import Tally
from traffic_clusters import placed

STICKY = {"session_affinity": "ClientIP", "affinity_timeout": 10800}


def even(counts):
    return stats.chisquare(counts).pvalue


@pytest.mark.parametrize("by", ["path", "pod"])
@pytest.mark.parametrize("policy", ["Cluster", "Local"])
@pytest.mark.parametrize("sticky", [{}, {**STICKY, "clients": 500}, {**STICKY, "clients": 500, "duration": 1e6}])
def test_every_connection_is_counted_once(by, policy, sticky):
    asked = {key: sticky[key] for key in ("clients", "duration") if key in sticky}
    service = {key: value for key, value in sticky.items() if key not in asked}
    cluster = placed(2, 1, 0, external_traffic_policy=policy, **service)
    events = [(0.25, "web-0", "remove"), (0.5, "web-2", "remove"), (0.75, "web-0", "add")]
    found = simulate(cluster, "web", 100_003, seed=5, by=by, events=events, **asked)
    assert found["connections"].sum() + found["lost"].sum() == 100_003
    assert (found.loc[found["pod"].isna(), "connections"] == 0).all()
    assert (found.loc[found["pod"].notna(), "lost"] == 0).all()


def test_the_same_seed_gives_the_same_run_and_another_another():
    run = [simulate(placed(3, 2, 1), "web", 10_000, seed=seed) for seed in (1, 1, 2)]
    pd.testing.assert_frame_equal(run[0], run[1])
    assert run[0]["connections"].tolist() != run[2]["connections"].tolist()


@pytest.mark.parametrize("policy", ["Cluster", "Local"])
@pytest.mark.parametrize("by", ["path", "pod"])
def test_counts_follow_the_shares(policy, by):
    cluster = placed(4, 1, 1, 0, external_traffic_policy=policy)
    entry = {"node-0": 1, "node-1": 2, "node-2": 3, "node-3": 4}
    found = simulate(cluster, "web", 1_000_000, seed=11, entry=entry, by=by)
    expected = shares(cluster, "web", entry=entry, by=by)
    key = [column for column in ("node", "address") if column in found]
    both = found.merge(expected, on=key)
    assert len(both) == len(found) == len(expected)
    assert stats.chisquare(both["connections"] + both["lost"], both["share"] * 1_000_000).pvalue > 1e-4


def test_a_billion_connections_cost_no_more_than_a_thousand():
    found = simulate(placed(50, 50, 50), "web", 1_000_000_000, seed=1)
    assert found["connections"].sum() == 1_000_000_000
    assert even(found["connections"]) > 1e-4


def runs(cluster, connections, times, clients=None, duration=None):
    """Connections of each endpoint (column) in many runs (row)."""
    asked = dict.fromkeys(["entry", "source", "destination", "family", "mode"])
    [spread] = service_spreads(cluster, "web", None, **asked)
    rng = np.random.default_rng(77)
    found = []
    for _ in range(times):
        tally = Tally(1, len(spread.endpoints), by_node=True)
        if clients is None:
            draw(spread, connections, tally, rng, by_node=True)
        else:
            held = Clients.new(clients, 1, timeout=spread.port.affinity_seconds, timed=True)
            held.draw(spread, connections, tally, rng, start=0.0, length=duration)
        counts = np.zeros(len(spread.endpoints))
        _, endpoint, count = tally.counts()
        counts[endpoint] = count
        found.append(counts)
    return np.array(found)


def test_few_long_lived_connections_leave_pods_idle_as_often_as_the_formula_says():
    idle = (runs(placed(10), 5, 4_000) == 0).sum(axis=1)
    # n (1 - 1/n)^C of 10 pods and 5 connections: 5.9
    assert idle.mean() == pytest.approx(10 * 0.9**5, abs=4 * idle.std() / math.sqrt(4_000))


def test_connections_vary_over_pods_as_the_formula_says():
    counts = runs(placed(10), 100, 4_000)
    assert counts.std() / counts.mean() == pytest.approx(math.sqrt(9 / 100), rel=0.03)


def test_one_client_under_affinity_stays_with_one_pod_at_each_node():
    found = simulate(placed(2, 2, 2, **STICKY), "web", 6_000, seed=3, clients=1)
    used = found[found["connections"] > 0]
    assert used["node"].tolist() == ["node-0", "node-1", "node-2"]
    assert used["connections"].sum() == 6_000


def test_many_clients_under_affinity_spread_evenly_as_clients_but_not_as_connections():
    cluster = placed(4, **STICKY)
    found = simulate(cluster, "web", 1_000_000, seed=3, clients=400)
    assert even(found["connections"]) < 1e-6  # 400 choices, not a million: far from what a million would give
    clients = found["connections"] / 2_500
    assert even(clients) > 1e-4


def test_clients_do_not_matter_without_affinity():
    one, other = (simulate(placed(3, 1), "web", 9_999, seed=3, clients=clients) for clients in (1, None))
    pd.testing.assert_frame_equal(one, other)


def test_a_client_that_stays_away_for_longer_than_the_timeout_chooses_anew():
    cluster = placed(4, session_affinity="ClientIP", affinity_timeout=10)
    slow = simulate(cluster, "web", 1_000, seed=2, clients=1, duration=1e9)
    assert even(slow["connections"]) > 1e-4  # nobody comes back in time: every connection chooses for itself
    quick = simulate(cluster, "web", 100_000, seed=2, clients=1, duration=5_000.0)
    assert (quick["connections"] > 0).sum() == 1


def test_how_often_a_client_chooses_anew_is_what_pauses_between_random_moments_give():
    # Of 10 arrivals at random moments of 300 s, P(a pause <= 30 s) = q = 1 - (1 - 0.1)^10. A client that comes back in time
    # stays, another draws one of two pods: connections i and j in a row covary by about q^|i-j| / 4.
    cluster = placed(2, session_affinity="ClientIP", affinity_timeout=30)
    counts = runs(cluster, 10, 4_000, clients=1, duration=300.0)[:, 0]
    q = 1 - 0.9**10
    apart = np.abs(np.subtract.outer(np.arange(10), np.arange(10)))
    assert counts.mean() == pytest.approx(5, abs=4 * counts.std() / math.sqrt(4_000))
    assert counts.var() == pytest.approx((q**apart).sum() / 4, rel=0.1)


def one_by_one(times, connections, clients, weight, pods, timeout, length, rng):
    """Connections of each pod (column) in many runs (row), every connection looked at as it comes."""
    at = np.sort(rng.random((times, connections)), axis=1) * length
    chosen = np.full((times, clients, len(weight)), -1)
    last = np.full(chosen.shape, -np.inf)
    counts, run = np.zeros((times, pods), dtype=int), np.arange(times)
    for number in range(connections):
        client, node = rng.integers(clients, size=times), rng.choice(len(weight), size=times, p=weight)
        pod = chosen[run, client, node]
        anew = (pod < 0) | (at[:, number] - last[run, client, node] > timeout)
        pod = np.where(anew, rng.integers(pods, size=times), pod)
        chosen[run, client, node], last[run, client, node] = pod, at[:, number]
        counts[run, pod] += 1
    return counts


@pytest.mark.parametrize("connections", [60, 800])  # few visits are drawn each, many by their length
def test_clients_that_come_and_go_spread_as_if_every_connection_were_looked_at(connections):
    weight, timeout, length = [0.7, 0.3], 30, 40.0 * connections / 4
    cluster = placed(1, 1, session_affinity="ClientIP", affinity_timeout=timeout)
    asked = dict.fromkeys(["source", "destination", "family", "mode"])
    [spread] = service_spreads(cluster, "web", None, entry={"node-0": 7, "node-1": 3}, **asked)
    rng, found = np.random.default_rng(3), []
    for _ in range(1_000):
        tally, held = Tally(2, 2, by_node=False), Clients.new(3, 2, timeout=timeout, timed=True)
        first = rng.binomial(connections, 0.4)  # in two goes, as long runs are
        held.draw(spread, first, tally, rng, start=0.0, length=0.4 * length)
        held.draw(spread, connections - first, tally, rng, start=0.4 * length, length=0.6 * length)
        counts = np.zeros(2)
        counts[tally.counts()[1]] = tally.counts()[2]
        found.append(counts)
    found = np.array(found)
    expected = one_by_one(2_000, connections, 3, weight, 2, timeout, length, np.random.default_rng(4))
    assert (found.sum(axis=1) == connections).all()
    assert stats.ks_2samp(found[:, 0], expected[:, 0]).pvalue > 1e-4
    assert found[:, 0].var() == pytest.approx(expected[:, 0].var(), rel=0.15)


# Pods that come and go


def test_a_pod_gets_connections_only_while_it_is_there():
    cluster = placed(1, 1, 1)
    events = [(0.5, "web-1", "remove"), (600_000, "web-2", "add")]
    found = simulate(cluster, "web", 1_200_000, seed=8, events=events, by="pod")
    got = dict(zip(found["pod"], found["connections"], strict=True))
    # 600,000 over web-0 and web-1; then as many over web-0 and web-2.
    assert got["web-0"] == pytest.approx(600_000, abs=3_000)
    assert got["web-1"] == pytest.approx(300_000, abs=3_000)
    assert got["web-2"] == pytest.approx(300_000, abs=3_000)


def test_clients_of_a_pod_that_goes_choose_anew_and_do_not_come_back_to_it():
    cluster = placed(2, **STICKY)
    events = [(0.5, "web-0", "remove"), (0.5, "web-0", "add"), (0.75, "web-0", "remove"), (0.76, "web-0", "add")]
    found = simulate(cluster, "web", 1_000_000, seed=8, clients=1_000, events=events, by="pod")
    got = dict(zip(found["pod"], found["connections"], strict=True))
    # Half the clients are on web-0 until three quarters; then all are on web-1 for good, since each has been seen there.
    assert got["web-0"] / 1_000_000 == pytest.approx(0.375, abs=0.05)


def test_a_pod_that_goes_under_policy_local_loses_what_enters_at_its_node():
    cluster = placed(1, 1, external_traffic_policy="Local")
    found = simulate(cluster, "web", 100_000, seed=8, events=[(0.5, "web-0", "remove")])
    lost = found[found["lost"] > 0]
    assert lost["node"].tolist() == ["node-0"]
    assert lost["lost"].iloc[0] == pytest.approx(25_000, abs=700)


def test_the_last_pod_goes():
    found = simulate(placed(1), "web", 1_000, seed=8, events=[(400, "web-0", "remove")])
    assert found[["connections", "lost"]].to_numpy().tolist() == [[400, 0], [0, 600]]


# Requests


def test_keep_alive_multiplies_requests_and_not_connections():
    found = simulate(placed(3), "web", 9_000, seed=1, requests_per_connection=100)
    assert (found["requests"] == found["connections"] * 100).all()


@pytest.mark.parametrize(
    ("requests", "mean", "deviation"),
    [([1, 1, 1, 97], 25.0, 41.6), (np.array([2, 4]), 3.0, 1.0), (lambda rng, n: rng.poisson(7, n), 7.0, 7**0.5)],
)
def test_requests_are_drawn_for_each_connection(requests, mean, deviation):
    found = simulate(placed(3), "web", 90_000, seed=1, requests_per_connection=requests)
    assert found["requests"].sum() / 90_000 == pytest.approx(mean, abs=4 * deviation / 300)


# What is asked wrongly


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ({"connections": -1}, NodePortKitError, "-1 is no number of connections"),
        ({"connections": 1.5}, NodePortKitError, "1.5 is no number of connections"),
        ({"clients": 0}, NodePortKitError, "at least one client"),
        ({"duration": 0}, NodePortKitError, "0 is no duration"),
        ({"duration": float("nan")}, NodePortKitError, "nan is no duration"),
        ({"by": "moon"}, NodePortKitError, "by 'moon'"),
        ({"requests_per_connection": []}, NodePortKitError, "no number of requests"),
        ({"requests_per_connection": 2.5}, NodePortKitError, "no number of requests"),
        ({"requests_per_connection": lambda rng, n: rng.random(n)}, NodePortKitError, "the function drew float64"),
        ({"events": [(2.0, "web-0", "remove")]}, NodePortKitError, "2.0 is no moment"),
        ({"events": [(0.5, "web-0", "break")]}, NodePortKitError, "is no event"),
        ({"events": [(0.5, "web-9", "remove")]}, NotFound, "no pod 'web-9' behind the service"),
    ],
)
def test_what_is_asked_wrongly_is_told(asked, error, words):
    with pytest.raises(error, match=words):
        simulate(placed(1, 1), "web", **{"connections": 10, "seed": 1, **asked})


def test_too_many_clients_are_refused_before_memory_is_full():
    with pytest.raises(NodePortKitError, match="pairs"):
        simulate(placed(1, 1, **STICKY), "web", 10, seed=1, clients=20_000_000)


def test_a_service_of_several_ports_needs_one():
    cluster = placed(1)
    ports = pd.concat([cluster.ports, cluster.ports.assign(port_name="admin", port=81, node_port=30081)])
    cluster = cluster.replace(ports=ports.reset_index(drop=True))
    with pytest.raises(NodePortKitError, match="has several ports: 80, admin"):
        simulate(cluster, "web", 10, seed=1)
    assert simulate(cluster, "web", 10, seed=1, port=80)["connections"].sum() == 10
