"""Every picture holds: no word is cut, covered or crossed by a line, whatever the names and numbers are."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from figures.oracle import faults
from figures.scenes import SCENES, WHOLE
from nodeportkit.figures.canvas import Canvas
from nodeportkit.figures.chain.scene import NodeSeen, PodSeen, PortSeen, Scene, TermSeen
from nodeportkit.figures.chain.sheet import Sheet
from nodeportkit.figures.chain.words import words
from nodeportkit.figures.picture import Picture, sheet
from nodeportkit.figures.theme import palette, roles

# A picture takes long to draw: a failure is shown as it was found, not made smaller.
SHORT = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)  # fmt: skip


def draw(scene: Scene, *, dark: bool = False) -> Picture:
    drawing = Sheet(scene)
    picture = sheet(*drawing.size, palette(dark=dark))
    picture.words = words(scene)
    drawing.draw(Canvas(picture, drawing.size, palette(dark=dark)))
    return picture


@pytest.mark.parametrize("name", SCENES)
def test_a_picture_holds(name):
    assert faults(draw(SCENES[name])) == []


def test_the_oracle_sees_faults():
    picture = draw(WHOLE)
    picture.texts[0].set_text("a title that is too long " * 20)
    picture.texts[5].set_position(picture.texts[6].get_position())
    found = faults(picture)
    assert any("leaves the page" in fault for fault in found)
    assert any(" over " in fault for fault in found)


# Any text at all, and text as Kubernetes has it.
anything = st.text(max_size=80)
names = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", fullmatch=True) | st.sampled_from(
    ["web", "w" * 63, "1" * 63]
)
addresses = st.lists(st.ip_addresses().map(str), max_size=4).map(tuple)
numbers = st.none() | st.integers(1, 65535)
ports = st.builds(
    PortSeen, name=names | st.just(""), protocol=st.sampled_from(["TCP", "UDP", "SCTP", ""]), port=numbers,
    target_port=names | st.integers(1, 65535).map(str) | st.just(""), node_port=numbers,
)  # fmt: skip
nodes = st.builds(
    NodeSeen, name=names | anything, addresses=addresses, ready=st.none() | st.booleans(), serves=st.booleans()
)
pods = st.builds(
    PodSeen, name=names | anything, address=st.ip_addresses().map(str) | st.just(""), node=names | st.just(""),
    ready=st.none() | st.booleans(), status=st.sampled_from(["", "CrashLoopBackOff", "Init:CreateContainerConfigError"]) | anything,
    ports=st.lists(numbers, max_size=5).map(tuple), share=st.none() | st.floats(0, 1), selected=st.booleans(),
    note=st.just("") | anything, reachable=st.booleans(),
)  # fmt: skip
scenes = st.builds(
    Scene, namespace=names, name=names | anything, type=st.sampled_from(["NodePort", "LoadBalancer", ""]), addresses=addresses,
    policy=st.sampled_from(["", "externalTrafficPolicy: Local"]), external_name=names | st.just(""),
    ports=st.lists(ports, max_size=9).map(tuple),
    terms=st.none() | st.lists(st.builds(TermSeen, names | anything, st.none() | st.integers(0, 150_000)), max_size=9).map(tuple),
    nodes=st.lists(nodes, max_size=7).map(tuple), pods=st.lists(pods, max_size=14).map(tuple), empty=anything,
    whole=st.sampled_from([True, False, None]), broken=st.sampled_from([None, "node", "service", "selector", "pods", "target-port"]),
    title=anything | st.text("W", min_size=200, max_size=300), symptom=anything, before=st.just("") | anything, reason=anything,
    explanation=anything | st.text(max_size=600), command=anything,
)  # fmt: skip


@SHORT
@given(scenes)
def test_a_picture_holds_for_any_names_and_numbers(scene):
    assert faults(draw(scene)) == []


@SHORT
@given(scenes)
def test_a_drawing_is_well_formed_and_says_what_it_shows(scene):
    drawing = draw(scene).svg()
    root = ET.fromstring(drawing)
    assert root.get("role") == "img"
    assert [child.tag.rpartition("}")[2] for child in root][:2] == ["title", "desc"]
    assert "<style" not in drawing
    assert "<script" not in drawing
    assert not re.search(r'<g id="', drawing)


def test_drawing_twice_gives_the_same_drawing():
    assert draw(WHOLE).svg() == draw(WHOLE).svg()


def test_a_dark_picture_differs_in_its_colours_alone():
    light, dark = draw(WHOLE).svg(), draw(WHOLE, dark=True).svg()
    assert light != dark
    assert re.sub("#[0-9a-f]{6}", "", light) == re.sub("#[0-9a-f]{6}", "", dark)


def test_a_page_can_set_the_colours_of_a_themed_drawing():
    plain, themed = draw(WHOLE).svg(), draw(WHOLE).svg(themed=True)
    colours = set(re.findall("#[0-9a-f]{6}", plain)) - {palette(dark=False).paper}
    assert colours == set(re.findall(r"var\(--npk-[a-z-]+, (#[0-9a-f]{6})\)", themed)) - {palette(dark=False).paper}
    assert not re.search(r"(?:fill|stroke): #", themed)


@pytest.mark.parametrize("box", [(12, 4), (16, 3), (8, 12), (40, 15)])
@pytest.mark.parametrize("name", ["twelve nodes, forty pods", "no pod matches", "long names, broken"])
def test_a_picture_fits_into_any_box(name, box):
    figure = Figure(figsize=box)
    axes = figure.add_subplot(1, 2, 2)
    drawing = Sheet(SCENES[name])
    drawing.draw(Canvas(axes, drawing.size, palette(dark=False)))
    assert [fault for fault in faults(axes, margin=0) if "leaves the page" in fault or " over " in fault] == []


def test_what_is_not_ready_is_told_even_where_it_is_folded():
    many = replace(
        WHOLE,
        nodes=tuple(NodeSeen(f"node-{i}", (), i % 2 == 0) for i in range(30)),
        pods=tuple(PodSeen(f"web-{i}", "", f"node-{i}", i % 3 != 0, "Error", (80,)) for i in range(30)),
    )
    told = [text.get_text() for text in draw(many).texts]
    assert "15 of 30 ready" in told  # the nodes
    assert "20 of 30 ready" in told  # the pods
    assert "12 NotReady" in told  # of the nodes that are folded: three of fifteen are drawn
    assert "20 of 23 ready" in told  # of the pods that are folded: seven of ten are drawn


@pytest.mark.parametrize("rank", ["node-port", "port", "target-port"])
def test_each_port_stands_where_it_applies(rank):
    picture = draw(SCENES["three nodes, six pods"])
    pills = [patch for patch in picture.patches if patch.get_gid() == rank]
    assert len(pills) == {"node-port": 3, "port": 1, "target-port": 6}[rank]


@pytest.mark.parametrize("dark", [False, True])
def test_words_can_be_read_on_what_they_stand_on(dark):
    """WCAG 2.2, 1.4.3: a contrast of at least 4.5 to 1 for words; 1.4.11: of 3 to 1 for lines that mean something."""
    colours = palette(dark=dark)
    for words_on, papers in {
        colours.ink: (colours.paper, colours.panel, colours.wrong_panel),
        colours.muted: (colours.paper, colours.panel),
        colours.wrong: (colours.paper, colours.panel, colours.wrong_panel),
        colours.good: (colours.panel,),
        colours.node_port: (colours.paper,),
        colours.port: (colours.paper,),
        colours.target_port: (colours.paper, colours.panel),
        colours.on_colour: (colours.node_port, colours.port, colours.target_port, colours.good),
    }.items():
        for paper in papers:
            assert contrast(words_on, paper) >= 4.5, (words_on, paper)
    assert contrast(colours.dashed, colours.paper) >= 3


def test_every_role_has_a_colour_of_its_own():
    assert len({colour for _, colour in roles()}) == len(roles())


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
