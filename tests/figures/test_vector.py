"""Drawings for pages: what they show is what matplotlib draws of the same sheet."""

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from figures.clusters import cluster
from nodeportkit.figures.canvas import Canvas
from nodeportkit.figures.flow.build import build as build_flow
from nodeportkit.figures.flow.sheet import Sheet as Flow
from nodeportkit.figures.nodes.build import build as build_nodes
from nodeportkit.figures.nodes.sheet import Sheet as Nodes
from nodeportkit.figures.reach.build import build as build_reach
from nodeportkit.figures.reach.grid import Grid
from nodeportkit.figures.shares.build import build as build_shares
from nodeportkit.figures.shares.rows import Sheet as Shares
from nodeportkit.figures.text import Font, width
from nodeportkit.figures.theme import DARK, LIGHT, roles
from nodeportkit.figures.vector import Drawing, Vector
from nodeportkit.traffic.sharing import shares
from nodeportkit.traffic.simulation import simulate

SVG = "{http://www.w3.org/2000/svg}"
LOSES = cluster(nodes=4, pods=0, external_traffic_policy="Local").replace(pods=cluster(pods=3).pods)
COUNTS = simulate(LOSES, "web", 3000, seed=1)
SHEETS = {
    "flow": Flow(build_flow(LOSES, "web", None, COUNTS, None)),
    "shares": Shares(build_shares(shares(LOSES, "web"), COUNTS)),
    "nodes": Nodes(build_nodes(cluster(sick=(1, 4)), "web")),
    "reach": Grid(build_reach(LOSES, "web", None)),
}


def texts(svg):
    return ["".join(text.itertext()).replace("\xa0", " ") for text in ET.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("name", SHEETS)
def test_the_same_words_stand_at_the_same_places(name):
    drawing = Drawing(SHEETS[name], "title")
    picture = drawing.picture()
    svg = ET.fromstring(drawing.svg())
    written = sorted(
        (round(float(text.get("y")), 1), round(float(text.get("x")), 1), "".join(text.itertext()))
        for text in svg.iter(f"{SVG}text")
    )
    drawn = []
    for text in picture.texts:
        x, y = text.get_position()
        font = next(
            f for f in (Font(text.get_fontsize(), bold=b, mono=m) for b in (True, False) for m in (True, False))
            if f.properties().get_file() == text.get_fontproperties().get_file()
        )  # fmt: skip
        across = width(text.get_text(), font)
        x -= {"left": 0, "center": across / 2, "right": across}[text.get_horizontalalignment()]
        drawn.append((round(y, 1), round(x, 1), text.get_text()))
    assert written == [(pytest.approx(y, abs=0.11), pytest.approx(x, abs=0.11), words) for y, x, words in sorted(drawn)]
    across, down = picture.figure.get_size_inches() * 72
    assert [float(part) for part in svg.get("viewBox").split()[2:]] == pytest.approx([across, down], abs=0.01)


@pytest.mark.parametrize("name", SHEETS)
def test_as_many_marks_and_ports_are_drawn(name):
    drawing = Drawing(SHEETS[name], "title")
    svg = drawing.svg()
    for kind in ("mark-ready", "mark-wrong", "mark-not-ready", "mark-unknown", "node-port", "node", "pod-bar"):
        drawn = sum(patch.get_gid() == kind for patch in drawing.picture().patches)
        assert svg.count(f'class="npk-{kind}"') == drawn


def test_colours_are_set_by_the_page_where_it_is_themed():
    sheet = SHEETS["flow"]
    themed, plain = Drawing(sheet, "").svg(), Drawing(sheet, "").svg(themed=False)
    for role, colour in roles():
        assert re.search(rf"(?<!,){colour}", themed) is None  # only as what stands in for a variable
        assert (colour in plain) >= (f"var(--npk-{role.replace('_', '-')}," in themed)
    assert f'<rect width="100%" height="100%" fill="{LIGHT.paper}"/>' in plain
    canvas = Vector(sheet.size, DARK, themed=False)
    sheet.draw(canvas)
    assert DARK.ink in canvas.svg("")
    assert LIGHT.ink not in canvas.svg("")


def test_hatches_have_names_that_no_other_drawing_has():
    one, other = (Drawing(SHEETS[name], "").svg() for name in ("flow", "shares"))
    names = [set(re.findall(r'pattern id="([^"]+)"', svg)) for svg in (one, other)]
    assert all(names)
    assert not names[0] & names[1]
    for svg, known in zip((one, other), names, strict=True):
        assert set(re.findall(r"url\(#([^)]+)\)", svg)) == known


def test_words_for_those_who_cannot_see_it_come_first():
    svg = ET.fromstring(Drawing(SHEETS["nodes"], "the title\nline <b>\nline 2").svg())
    assert svg.get("role") == "img"
    assert [(child.tag.removeprefix(SVG), child.text) for child in svg[:2]] == [
        ("title", "the title"), ("desc", "line <b>\nline 2"),
    ]  # fmt: skip


class Line:
    """A sheet with a line of text."""

    size = (400.0, 40.0)

    def __init__(self, words: str) -> None:
        self.words = words

    def draw(self, canvas: Canvas) -> None:
        canvas.text(10, 20, self.words, Font(9, mono=True), "#123456")


def test_spaces_at_the_start_move_the_words():
    [text] = ET.fromstring(Drawing(Line("    -j DROP  now"), "").svg()).iter(f"{SVG}text")
    space = width("    ", Font(9, mono=True))
    assert float(text.get("x")) == pytest.approx(10 + space, abs=0.01)
    assert float(text.get("textLength")) == pytest.approx(width("-j DROP  now", Font(9, mono=True)), abs=0.01)
    assert texts(Drawing(Line("    -j DROP  now"), "").svg()) == ["-j DROP  now"]
    assert texts(Drawing(Line("   "), "").svg()) == []


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60))
def test_whatever_the_text_is_the_drawing_is_well_formed(words):
    svg = Drawing(Line(words), words).svg()
    ET.fromstring(svg)
    assert "<script" not in svg
