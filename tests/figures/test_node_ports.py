"""The picture of the range of node ports."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

import nodeportkit as npk
from auditing.things import cluster, port, service

REAL = Path(__file__).parent.parent / "fixtures" / "real-cluster" / "objects.json"


def words(axes):
    return [text.get_text() for text in axes.texts]


def cells(axes, name):
    """How many squares there are of a kind: each is an outline of five points."""
    found = [patch for patch in axes.patches if patch.get_gid() == name]
    return sum(len(patch.get_path().vertices) for patch in found) // 5


def test_the_real_cluster():
    axes = npk.plot_node_ports(npk.read(REAL))
    assert words(axes)[0] == "Eleven of 2,768 node ports are in use"
    assert {"30008/TCP", "30053/UDP", "31999/TCP", "shop/lb (health check)"} <= set(words(axes))
    # One more of each in the legend. 30053 is one cell for both protocols.
    assert cells(axes, "cell-node-port") == 9 + 1
    assert cells(axes, "cell-hidden") == 1 + 1
    assert cells(axes, "cell-check") == 1 + 1
    assert cells(axes, "static") == 86 - 8
    assert cells(axes, "dynamic") == 2682 - 3


def test_a_clash_is_the_title():
    axes = npk.plot_node_ports(cluster(service(manifest=True), service("api", manifest=True)))
    assert words(axes)[0] == "30080/TCP is claimed twice"
    assert "shop/web and shop/api" in words(axes)
    assert cells(axes, "cell-clash") == 1 + 1


@pytest.mark.parametrize(
    ("count", "settings", "title"),
    [
        (0, {}, "None of 2,768 node ports is in use"),
        (1, {}, "One of 2,768 node ports is in use"),
        (2, {"node_port_range": "30080-30081"}, "All 2 node ports are in use: no service gets one"),
        (3, {}, "Three of 2,768 node ports are in use"),
    ],
)
def test_the_title_is_the_answer(count, settings, title):
    services = [service(f"web-{n}", ports=[port(node_port=30080 + n)]) for n in range(count)]
    assert words(npk.plot_node_ports(cluster(*services), **settings))[0] == title


def test_a_wide_range_shares_its_cells():
    axes = npk.plot_node_ports(cluster(service()), node_port_range="1-65535")
    assert any("a cell for 22 numbers" in text for text in words(axes))
    free = cells(axes, "static") + cells(axes, "dynamic")
    assert free + cells(axes, "cell-node-port") - 1 == -(-65535 // 22)


def test_many_holders_are_counted():
    services = [service(f"web-{n}", ports=[port(node_port=30000 + n)]) for n in range(40)]
    assert "and 10 more" in words(npk.plot_node_ports(cluster(*services)))


def test_words_stay_on_the_sheet():
    axes = npk.plot_node_ports(npk.read(REAL))
    figure = axes.figure
    sheet, renderer = figure.bbox, FigureCanvasAgg(figure).get_renderer()
    for text in axes.texts:
        extent = text.get_window_extent(renderer)
        assert extent.x0 >= sheet.x0 - 1
        assert extent.x1 <= sheet.x1 + 1


def test_dark_and_light_differ_in_colours_alone():
    light, dark = (npk.plot_node_ports(npk.read(REAL), dark=dark) for dark in (False, True))
    assert words(light) == words(dark)
    paths = [np.concatenate([patch.get_path().vertices for patch in axes.patches]) for axes in (light, dark)]
    assert np.array_equal(*paths)
