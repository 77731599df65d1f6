"""`compare`, held to scipy, to published figures, to its own false alarm rate, and to the counters of a real kube-proxy."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from nodeportkit.errors import NodePortKitError, NotFound
from nodeportkit.sources.proxy_rules import read_rules
from nodeportkit.sources.read import read
from nodeportkit.traffic.chi_square import detectable, tail, threshold
from nodeportkit.traffic.comparison import chance_of, compare, requests_to_see
from nodeportkit.traffic.sharing import shares
from nodeportkit.traffic.simulation import simulate
from traffic_clusters import placed

REAL = Path(__file__).parent.parent / "fixtures" / "real-cluster"


def even(count):
    return {f"web-{number}": 1 / count for number in range(count)}


# The distribution


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 3_000), st.floats(0.0, 12.0))
def test_the_tail_is_that_of_scipy(df, times):
    value = df * times
    assert tail(value, df) == pytest.approx(stats.chi2.sf(value, df), rel=1e-9, abs=1e-290)


@pytest.mark.parametrize("df", [1, 2, 3, 4, 9, 50, 999])
def test_threshold_and_power_are_those_of_scipy(df):
    assert threshold(df) == pytest.approx(stats.chi2.isf(0.05, df), rel=1e-9)
    assert stats.ncx2.sf(stats.chi2.isf(0.05, df), df, detectable(df)) == pytest.approx(0.8, abs=1e-6)


@pytest.mark.parametrize(("df", "noncentrality"), [(1, 7.85), (2, 9.63), (4, 11.93), (9, 15.63)])
def test_connections_to_see_an_effect_are_the_published_ones(df, noncentrality):
    assert detectable(df) == pytest.approx(noncentrality, abs=0.03)
    assert requests_to_see(0.1, df) == pytest.approx(noncentrality / 0.01, abs=3)


# The test


def test_60_10_7_3_6_4_10_over_seven_pods_is_not_chance():
    found = compare(even(7), dict(zip(even(7), [60, 10, 7, 3, 6, 4, 10], strict=True)))
    assert (round(found.chi_square, 1), found.df, found.method) == (173.7, 6, "chi-square")
    assert found.p == pytest.approx(stats.chi2.sf(173.7, 6), rel=0.5)
    assert str(found).startswith(
        "web-0 gets 4.2 times its share (60 connections where 14.3 are expected); that is not chance"
    )


def test_13_2_12_is_less_clear():
    found = compare(even(3), dict(zip(even(3), [13, 2, 12], strict=True)))
    assert found.p == pytest.approx(stats.chisquare([13, 2, 12]).pvalue)
    assert 0.01 < found.p < 0.05


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 20), st.integers(10, 300)), min_size=2, max_size=12))
def test_chi_square_is_that_of_scipy(cells):
    weights, counts = (np.array(column) for column in zip(*cells, strict=True))
    share = weights / weights.sum()
    chi_square, p, method = chance_of(share, counts)
    oracle = stats.chisquare(counts, share * counts.sum())
    assert chi_square == pytest.approx(oracle.statistic, rel=1e-9, abs=1e-9)
    if method == "chi-square":
        assert p == pytest.approx(oracle.pvalue, rel=1e-6, abs=1e-280)


def test_with_few_connections_the_chance_is_that_of_all_ways_they_can_fall():
    # 4 connections on 2 pods, all on one: 2 ways of 16. Chi-square would say 0.046: not chance.
    _, p, method = chance_of(np.array([0.5, 0.5]), np.array([4, 0]))
    assert method == "simulated"
    assert p == pytest.approx(2 / 16, abs=0.015)


@pytest.mark.parametrize(("pods", "connections"), [(3, 60), (7, 700), (3, 9), (20, 30)])
def test_false_alarms_are_as_rare_as_it_says(pods, connections):
    rng = np.random.default_rng(2)
    share = np.full(pods, 1 / pods)
    times = 4_000 if connections >= 5 * pods else 100  # those that are simulated take longer
    alarms = sum(chance_of(share, counts)[1] < 0.05 for counts in rng.multinomial(connections, share, size=times))
    # Counts are whole, so the true rate lies near 5 % but rarely on it; with few it is below.
    assert stats.binomtest(alarms, times, 0.05, "greater").pvalue > 1e-3 or alarms / times < 0.06
    if times == 4_000:
        assert 0.04 < alarms / times < 0.06


def test_a_difference_of_the_size_asked_for_is_found_four_times_in_five():
    share = np.array([0.5, 0.5])
    uneven = np.array([0.65, 0.35])  # w = 0.3
    draws = np.random.default_rng(5).multinomial(requests_to_see(0.3, 1), uneven, size=2_000)
    assert np.mean([chance_of(share, counts)[1] < 0.05 for counts in draws]) == pytest.approx(0.8, abs=0.04)


# The words


def test_an_even_spread_is_what_chance_gives():
    found = compare(even(3), {"web-0": 40, "web-1": 37, "web-2": 43})
    assert str(found) == f"This spread is what chance gives (p = {stats.chisquare([40, 37, 43]).pvalue:.2f})."
    assert found.more == 0


def test_too_few_connections_are_told_with_how_many_more_would_settle_it():
    found = compare(even(2), {"web-0": 7, "web-1": 3})
    assert found.more == 88 - 10  # 7.85 / 0.3^2
    assert "Too few connections to tell (10;" in str(found)
    assert "78 more would settle it" in str(found)
    assert compare(even(2), {"web-0": 7, "web-1": 3}, effect=0.1).more == 785 - 10


@pytest.mark.parametrize(
    ("share", "counts", "words"),
    [
        ({"a": 1, "b": 1}, {"a": 400, "b": 600}, "b gets 20% more than its share"),
        ({"a": 1, "b": 1, "c": 1}, {"a": 20, "b": 140, "c": 140}, "a gets 80% less than its share"),
        ({"a": 1, "b": 1, "c": 2}, {"b": 100, "c": 200}, "a gets no connection where 75.0 are expected"),
        ({"a": 1, "b": 0}, {"a": 100, "b": 3}, "b gets 3 connections where none is expected; that is not chance"),
        ({"a": 1}, {"a": 100}, "Only one pod can get connections"),
        ({"a": 1, "b": 1}, {}, "Nothing was observed: 88 connections would tell"),
    ],
)
def test_what_is_striking_is_named(share, counts, words):
    found = compare(share, counts)
    assert words in str(found)
    assert found.total == sum(counts.values())


def test_names_are_escaped_where_they_are_shown_as_html():
    shown = compare({"<b>x</b>": 1, "y": 1}, {"<b>x</b>": 100})._repr_html_()
    assert "<b>x" not in shown
    assert "&lt;b&gt;x" in shown


# What is compared


def test_the_120_connections_to_30080_spread_as_predicted():
    cluster = read(str(REAL / "objects.json"))
    rules = read_rules((REAL / "kube-proxy" / "iptables-save.node-1.txt").read_text())
    port = rules.destinations[rules.destinations["port"].eq(30080)].iloc[0]
    key = ["namespace", "service", "port_name", "protocol"]
    counted = rules.endpoints.merge(pd.DataFrame([port[key]]), on=key)
    predicted = shares(cluster, f"{port['namespace']}/{port['service']}", 30080, entry="node-1", source="node")
    found = compare(predicted, counted[counted["policy"].eq("Cluster")])
    assert found.total >= 120
    assert found.p > 0.001
    assert str(found) == f"This spread is what chance gives (p = {found.p:.2f})."


@pytest.mark.parametrize("policy", ["Cluster", "Local"])
def test_a_simulated_run_follows_the_shares_and_not_those_of_another_policy(policy):
    cluster = placed(4, 1, 1, external_traffic_policy=policy)
    other = placed(4, 1, 1, external_traffic_policy="Local" if policy == "Cluster" else "Cluster")
    run = simulate(cluster, "web", 3_000, seed=6)
    assert compare(shares(cluster, "web"), run).p > 0.001
    assert compare(shares(other, "web"), run).p < 1e-9


def test_lost_connections_are_left_out():
    cluster = placed(1, 1, 0, external_traffic_policy="Local")
    found = compare(shares(cluster, "web"), simulate(cluster, "web", 3_000, seed=6))
    assert found.pods["share"].tolist() == [0.5, 0.5]
    assert found.total < 2_200


def test_the_frame_sums_up():
    found = compare(even(3), {"web-0": 50, "web-2": 70}).pods
    assert found["expected"].tolist() == pytest.approx([40, 40, 40])
    assert found["observed"].tolist() == [50, 0, 70]
    sigma = (40 * 2 / 3) ** 0.5
    assert found["residual"].tolist() == pytest.approx([10 / sigma, -40 / sigma, 30 / sigma])


@pytest.mark.parametrize(
    ("expected", "observed", "error", "words"),
    [
        ({"a": 1}, {"b": 1}, NotFound, "'b' got connections, but nothing is expected of it"),
        ({}, {"a": 1}, NodePortKitError, "not all 0"),
        ({"a": -1}, {"a": 1}, NodePortKitError, "expected shares are numbers from 0 up"),
        ({"a": 1}, {"a": 1.5}, NodePortKitError, "1.5 is no count of a"),
        ({"a": 1}, {"a": -1}, NodePortKitError, "-1 is no count of a"),
        (pd.DataFrame({"pod": ["a"]}), {"a": 1}, NodePortKitError, "no shares of pods"),
        ({"a": 1}, pd.DataFrame({"pod": ["a"], "packets": [pd.NA]}), NodePortKitError, "counts nothing"),
        (
            pd.DataFrame({"pod": ["a", "b"], "service": ["x", "y"], "share": [1.0, 1.0]}),
            {"a": 1},
            NodePortKitError,
            "several service ports: x, y",
        ),
    ],
)
def test_what_cannot_be_compared_is_told(expected, observed, error, words):
    with pytest.raises(error, match=words):
        compare(expected, observed)


def test_an_effect_is_more_than_nothing():
    with pytest.raises(NodePortKitError, match="0 is no effect size"):
        compare(even(2), {"web-0": 1}, effect=0)
