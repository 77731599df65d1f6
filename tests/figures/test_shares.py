"""The picture of shares."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from scipy import stats

from figures.clusters import cluster
from figures.oracle import faults
from nodeportkit.errors import NodePortKitError
from nodeportkit.figures import plot_shares
from nodeportkit.figures.shares.chance import allowed
from nodeportkit.traffic.sharing import shares

EXPECTED = shares(cluster(nodes=3, pods=6), "web", by="pod")


def texts(axes):
    return [text.get_text() for text in axes.texts]


def widths(axes, kind):
    """How long the bars of a kind are."""
    return [p.get_path().get_extents().width for p in axes.patches if p.get_gid() == f"{kind}-bar"]


def counts(*connections):
    return EXPECTED[["pod", "address", "pod_node"]].assign(connections=connections)


def chance(total, share, first, last):
    """The probability of a count from first to last, term by term."""
    terms = (math.comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(first, last + 1))
    return math.fsum(terms)


@pytest.mark.parametrize(("total", "share"), [(1, 0.5), (10, 0.1), (100, 1 / 6), (400, 0.25), (900, 0.999)])
def test_what_chance_allows_is_missed_as_rarely_as_it_says(total, share):
    low, high = allowed(total, share, 0.05)
    assert chance(total, share, 0, low - 1) <= 0.025
    assert chance(total, share, high + 1, total) <= 0.025
    # And no tighter range holds that on both sides.
    assert chance(total, share, 0, low) > 0.025
    assert chance(total, share, high, total) > 0.025


def test_what_chance_allows_of_a_billion_is_what_the_normal_distribution_says():
    low, high = allowed(10**9, 0.5, 0.05)
    assert (high - low) / 2 == pytest.approx(1.959964 * math.sqrt(10**9 / 4), rel=1e-3)


def test_fair_counts_are_called_uneven_at_most_in_five_of_a_hundred():
    rng = np.random.default_rng(5)
    drawn = rng.multinomial(600, [1 / 6] * 6, size=2000)
    low, high = allowed(600, 1 / 6, 0.05 / 6)
    assert ((drawn < low) | (drawn > high)).any(axis=1).mean() <= 0.05


def test_predicted_shares_stand_by_node():
    axes = plot_shares(EXPECTED)
    said = texts(axes)
    assert said[0] == "All 6 pods get the same share"
    assert said.count("16.7 %") == 6
    assert [said.count(f"node-{i}") for i in (1, 2, 3)] == [1, 1, 1]
    assert widths(axes, "expected") == pytest.approx([widths(axes, "expected")[0]] * 6)
    assert faults(axes) == []


def test_a_spread_that_chance_gives_is_called_so():
    # As in the sketch of 3,000 connections to six pods.
    axes = plot_shares(EXPECTED, counts(498, 494, 518, 520, 500, 470))
    said = texts(axes)
    assert said[0] == "This spread is what chance gives"
    assert {"498", "16.6 %", "470", "15.7 %"} <= set(said)
    assert not [p for p in axes.patches if p.get_gid() == "mark-wrong"]
    assert faults(axes) == []


def test_a_spread_that_chance_does_not_give_names_the_pod():
    axes = plot_shares(EXPECTED, counts(900, 420, 420, 420, 420, 420))
    said = texts(axes)
    assert said[0] == "This is not chance: 6 of 6 get more or less than it allows"
    axes = plot_shares(EXPECTED, counts(200, 100, 100, 100, 100, 100))
    assert texts(axes)[0] == "This is not chance: web-7d4b9c6f5-00000 gets 1.7 times its share"
    assert len([p for p in axes.patches if p.get_gid() == "mark-wrong"]) == 1
    longest = widths(axes, "observed")
    assert longest[0] == pytest.approx(2 * longest[1])
    assert faults(axes) == []


def test_the_chi_square_behind_the_verdict_stands_at_the_foot():
    said = texts(plot_shares(EXPECTED, counts(498, 494, 518, 520, 500, 470)))
    found = stats.chisquare([498, 494, 518, 520, 500, 470])
    figures = f"p = {found.pvalue:.2f}). Chi-square {found.statistic:.1f}, 5 degrees of freedom"
    assert [text for text in said if text.endswith(figures)] == [f"This spread is what chance gives ({figures}"]
    drawn = plot_shares(EXPECTED, counts(200, 100, 100, 100, 100, 100)).svg()
    assert "connections where 116.7 are expected); that is not chance (p &lt; 0.0001)" in drawn


def test_a_row_outside_its_band_is_not_called_odd_where_all_together_are_what_chance_gives():
    wide = [127, 95, 95, 95, 94, 94]  # the first just outside of its band
    low, high = allowed(600, 1 / 6, 0.05 / 6)
    assert not low <= wide[0] <= high
    assert stats.chisquare(wide).pvalue > 0.05
    axes = plot_shares(EXPECTED, counts(*wide))
    assert texts(axes)[0] == "This spread is what chance gives"
    assert not [p for p in axes.patches if p.get_gid() == "mark-wrong"]


def test_a_spread_may_be_odd_though_every_row_is_within_its_band():
    low, high = allowed(600, 1 / 6, 0.05 / 6)
    odd = [low + 2, low + 2, 104, high - 3, high - 3, 600 - 2 * low - 2 * high - 102]
    assert all(low <= count <= high for count in odd)
    assert stats.chisquare(odd).pvalue < 0.05
    said = texts(plot_shares(EXPECTED, counts(*odd)))
    assert said[0].startswith("This is not chance: web-7d4b9c6f5-0000")


def test_too_few_connections_are_said_to_be_too_few():
    assert texts(plot_shares(EXPECTED, counts(3, 2, 4, 3, 2, 1)))[0].startswith("Too few connections to tell: ")


def test_what_is_lost_has_a_row():
    place = cluster(nodes=4, pods=0, external_traffic_policy="Local").replace(pods=cluster(pods=3).pods)
    expected = shares(place, "web")
    assert texts(plot_shares(expected))[0] == "One of four connections reaches no pod"
    seen = expected[["pod", "address", "pod_node"]].assign(connections=[105, 98, 101, 96])
    axes = plot_shares(expected, seen)
    assert texts(axes)[0] == "This spread is what chance gives"
    assert "lost" in texts(axes)
    assert "96" in texts(axes)
    assert faults(axes) == []


def test_a_pod_that_should_get_none_stands_out():
    seen = pd.concat([counts(*[100] * 6), pd.DataFrame({"address": ["10.9.9.9:80"], "connections": [12]})])
    axes = plot_shares(EXPECTED, seen)
    assert texts(axes)[0] == "This is not chance: 10.9.9.9:80 got 12 connections and should get none"
    lost = plot_shares(EXPECTED, counts(*[100] * 6).assign(lost=[5, 0, 0, 0, 0, 0]))
    assert texts(lost)[0] == "This is not chance: 5 connections lost where none should be"


def test_many_pods_are_counted_by_node():
    place = cluster(nodes=12, pods=40)
    said = texts(plot_shares(shares(place, "web")))
    assert (said.count("4 pods"), said.count("3 pods")) == (4, 8)
    many = plot_shares(shares(cluster(nodes=30, pods=90), "web", by="pod"))
    assert "15 more nodes" in texts(many)
    assert "45 pods" in texts(many)
    assert faults(many) == []


def test_bad_frames_are_refused():
    with pytest.raises(NodePortKitError, match="no column connections"):
        plot_shares(EXPECTED, EXPECTED)
    with pytest.raises(NodePortKitError, match="no connection was counted"):
        plot_shares(EXPECTED, counts(*[0] * 6))
    with pytest.raises(NodePortKitError, match="no row in the expected shares"):
        plot_shares(EXPECTED.head(0))


def test_it_draws_into_an_axes_dark_too_and_says_in_words_what_it_shows():
    figure = Figure(figsize=(14, 5))
    left, right = figure.subplots(1, 2)
    assert plot_shares(EXPECTED, ax=right, dark=True) is right
    assert not left.texts
    drawn = plot_shares(EXPECTED, counts(498, 494, 518, 520, 500, 470), dark=True).svg()
    assert "<title>This spread is what chance gives</title>" in drawn
    assert "on node-1: 16.7 % expected, 498 received (16.6 %; chance allows 14.9 % to 18.5 %)" in drawn


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(min_size=1, max_size=70), min_size=6, max_size=6), st.lists(st.integers(0, 10**9), min_size=6))
def test_a_picture_holds_whatever_the_names_and_numbers_are(names, numbers):
    frame = EXPECTED.assign(pod=names, pod_node=[name[::-1] for name in names])
    seen = frame[["address"]].assign(connections=[number + 1 for number in numbers[:6]])
    assert faults(plot_shares(frame, seen)) == []
