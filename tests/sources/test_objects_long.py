"""Long lists, which are cut into pieces and not parsed as one: they tell what each of their objects tells alone."""

import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nodeportkit
from nodeportkit.errors import NodePortKitError, ReadError
from nodeportkit.sources.objects.dict_form import read_objects
from nodeportkit.sources.objects.json import lists
from nodeportkit.sources.objects.json.read import read_json

ITEMS = json.loads(
    (Path(__file__).resolve().parent.parent / "fixtures" / "real-cluster" / "objects.json").read_bytes()
)["items"]


@pytest.fixture(autouse=True, scope="module")
def _cut_short_lists_too():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lists, "_SHORTEST", 1)
        patch.setattr(lists, "_PIECE", 40)
        yield


def pod(name, text="", **more):
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "shop", "labels": {"text": text}},
        "spec": {"containers": [{"name": "app", "ports": [{"containerPort": 80}, {"containerPort": 81}]}]},
        **more,
    }


def service(name, text=""):
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": "shop", "annotations": {"text": text}},
        "spec": {"ports": [{"port": 80}], "selector": {"text": text}},
    }


def config(name, text=""):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"text": text}}


def told(objects):
    """Rows by frame, and what no frame tells of."""
    rows = {f.frame: f.rows.astype(object).where(f.rows.notna(), None).to_dict("list") for f in objects.fragments}
    return rows, [(other.text, other.kind) for other in objects.others]


def listed(items, *, kind="List", **more):
    return {"apiVersion": "v1", "items": items, "kind": kind, "metadata": {"resourceVersion": ""}, **more}


def was_cut(text, monkeypatch):
    """Whether a text is read piece by piece."""
    cuts = []
    plain = lists.pieces
    monkeypatch.setattr(lists, "pieces", lambda *given: cuts.append(1) or plain(*given))
    read_json(text.encode())
    return bool(cuts)


# What stands between two items in one or the other way of writing, as a text within an item may hold it.
SEAMS = [
    '},{"metadata":{',
    '},{"apiVersion":"v1","kind":"Pod","metadata":{',
    "\n    },\n    {",
    "    },\n    {\n",
    "}, {",
    "]}",
    '"}],"kind":"List"}',
    '\\"}, {\\"metadata\\": {',
    '{"items":[',
]
TEXTS = st.lists(st.sampled_from([*SEAMS, "\\", '"', "é", "\u2028", "a"]) | st.text(max_size=5), max_size=4).map(
    "".join
)
STYLES = [
    {"indent": 4},
    {"indent": 2},
    {"indent": 1},
    {"indent": 0},
    {"indent": "\t"},
    {"separators": (",", ":")},
    {"separators": (" , ", " : ")},
    {},
]


@st.composite
def things(draw):
    """Some objects, of one kind or of several; some have no fields but their metadata, some have these elsewhere."""
    makers = draw(st.sampled_from([[pod], [service], [pod, service], [pod, service, config]]))
    found = []
    for number in range(draw(st.integers(0, 7))):
        thing = draw(st.sampled_from(makers))(f"{draw(st.sampled_from('ab'))}-{number}", draw(TEXTS))
        order = draw(st.sampled_from([list, sorted, lambda keys: list(reversed(keys))]))
        found.append({key: thing[key] for key in order(list(thing))})
    return found


@settings(max_examples=80, deadline=None)
@given(
    things(),
    st.sampled_from(STYLES),
    st.sampled_from([1, 40, 700, 1 << 20]),
    st.sampled_from([1, 90, 1 << 20]),
    st.booleans(),
    st.booleans(),
)
def test_a_list_tells_what_its_items_tell(items, style, piece, chunk, ascii_only, items_last):
    whole = listed(items)
    if items_last:
        whole["items"] = whole.pop("items")
    text = json.dumps(whole, ensure_ascii=ascii_only, **style)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lists, "_PIECE", piece)
        patch.setattr(lists, "_CHUNK", chunk)
        found = read_json(text.encode("utf-8", "surrogatepass" if ascii_only else "strict"))
    rows, others = told(read_objects(items))
    found_rows, found_others = told(found)
    assert (found_rows, sorted(found_others)) == (rows, sorted(others))
    lines = text.split("\n")
    assert all(lines[other.line - 1].lstrip().startswith("{") or len(lines) == 1 for other in found.others)


def test_kubectl_and_the_api_server_write_lists_that_are_cut(monkeypatch):
    for items, style in ((ITEMS, {"indent": 4}), (ITEMS[:9], {"separators": (",", ":")})):
        assert was_cut(json.dumps(listed(items), **style), monkeypatch)
    raw = [{key: value for key, value in item.items() if key not in ("kind", "apiVersion")} for item in ITEMS[:3]]
    assert was_cut(json.dumps({"kind": "NodeList", "apiVersion": "v1", "metadata": {}, "items": raw}), monkeypatch)


def test_items_that_do_not_say_their_kind_are_what_the_list_says():
    bare = [{key: value for key, value in pod(f"a-{i}").items() if key not in ("kind", "apiVersion")} for i in range(9)]
    for style in STYLES:
        found = read_json(json.dumps(listed(bare, kind="PodList"), **style).encode())
        assert told(found) == told(read_objects([pod(f"a-{i}") for i in range(9)]))


def test_objects_listed_twice_count_once():
    items = [pod("a", "old"), pod("b"), pod("a", "new")]
    for style in STYLES:
        cluster = nodeportkit.read(json.dumps(listed(items), **style))
        assert list(cluster.pods["name"]) == ["a", "b"]
        assert list(cluster.pods["labels"]) == [{"text": "new"}, {"text": ""}]
        assert list(cluster.containers["container_port"]) == [80, 81, 80, 81]


def test_pods_of_one_name_in_two_namespaces_are_two():
    items = [pod("a"), {**pod("a"), "metadata": {"name": "a", "namespace": "till"}}]
    cluster = nodeportkit.read(json.dumps(listed(items), indent=4))
    assert list(cluster.pods["namespace"]) == ["shop", "till"]
    assert list(cluster.containers["namespace"]) == ["shop", "shop", "till", "till"]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(listed([pod("a"), pod("b")])) + json.dumps(listed([pod("c")])),
        json.dumps(listed([pod("a"), pod("b")])) + "\n" + json.dumps(pod("c")),
        json.dumps(listed([pod("a"), pod("b"), pod("c")], remarks=["]", "[]"])),
        json.dumps({**listed([pod("a"), pod("b"), pod("c")]), "metadata": {"continue": "a]b"}}),
        json.dumps({"remarks": [], **listed([pod("a"), pod("b"), pod("c")])}),
        json.dumps(listed([pod("a"), pod("b"), pod("c")])).replace('"items"', '"items": [5], "items"'),
        json.dumps(listed([pod("a"), pod("b"), pod("c")])).replace('"items"', '"items": [{"a": 1}, {"b": 1}], "items"'),
    ],
)
def test_what_only_looks_like_one_list_is_read_as_what_it_is(text):
    found = read_json(text.encode())
    names = [name for fragment in found.fragments if fragment.frame == "pods" for name in fragment.rows["name"]]
    assert names == ["a", "b", "c"]
    assert found.others == []


def test_a_list_that_has_to_be_read_again_names_lines_as_they_are():
    """Some pieces of it were looked at one by one before it showed that it is no plain list."""
    text = json.dumps(listed([config("x"), pod("a"), config("y")], remarks=[{"a": 1}]), indent=4)
    found = read_json(text.encode())
    lines = text.split("\n")
    assert [other.line for other in found.others] == [
        number for number, line in enumerate(lines, 1) if line == "        {" and '"ConfigMap"' in lines[number + 1]
    ]


def test_a_list_of_anything_but_objects_names_what_stands_there():
    text = json.dumps(listed([pod("a"), 5, None, pod("b"), []]), indent=4)
    found = read_json(text.encode())
    assert list(found.fragments[0].rows["name"]) == ["a", "b"]
    lines = text.split("\n")
    assert [lines[other.line - 1].strip(" ,") for other in found.others] == ["5", "null", "[]"]


@pytest.mark.parametrize("style", STYLES)
def test_a_cut_off_list_is_an_error_with_its_place(style):
    text = json.dumps(listed([pod(f"a-{i}") for i in range(20)]), **style)
    for end in (len(text) // 2, len(text) - 1):
        with pytest.raises(ReadError) as raised:
            read_json(text[:end].encode(), "pods.json")
        assert raised.value.line == text[:end].count("\n") + 1


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"containerPort": "80"}, "containerPort is text where a whole number belongs"),
        ({"containerPort": 2**63}, "containerPort is larger than any number that Kubernetes has a place for"),
        ({"containerPort": 2**70}, "containerPort is larger than any number"),
    ],
)
def test_a_field_that_does_not_fit_is_named_with_its_line(style, change, words):
    wrong = pod("wrong")
    wrong["spec"]["containers"][0]["ports"] = [change]
    text = json.dumps(listed([pod("a"), pod("b"), wrong, pod("c")]), **style)
    with pytest.raises(ReadError, match=f"Pod shop/wrong: .*{words}") as raised:
        read_json(text.encode())
    assert '"containerPort"' in text.split("\n")[raised.value.line - 1]


@pytest.mark.parametrize("count", [1, 9])
def test_bytes_that_are_no_text_are_an_error_with_their_line(count):
    text = json.dumps(listed([pod(f"a-{i}") for i in range(count)]), indent=4)
    data = text.encode().replace(f'"a-{count - 1}"'.encode(), b'"a-\xff"')
    with pytest.raises(ReadError, match="not UTF-8") as raised:
        read_json(data, "pods.json")
    assert '"name": "a-' in text.split("\n")[raised.value.line - 1]
    assert raised.value.hint


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(STYLES),
    st.integers(0, 5000),
    st.integers(0, 60),
    st.sampled_from(["", "}", "]", '"', ",", "\0", "[", "{"]),
)
def test_a_damaged_list_gives_objects_or_an_error_of_the_package(style, at, length, instead):
    text = json.dumps(listed([pod(f"a-{i}", SEAMS[i % len(SEAMS)]) for i in range(8)]), **style)
    at %= len(text)
    damaged = text[:at] + instead + text[at + length :]
    found = []
    for shortest in (1, 1 << 30):  # cut, and not
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(lists, "_SHORTEST", shortest)
            try:
                objects = read_json(damaged.encode())
                found.append((told(objects), [other.line for other in objects.others]))
            except NodePortKitError as error:
                found.append((str(error), error.line))
    assert found[0] == found[1]


def test_years_that_no_frame_can_hold_are_unknown():
    years = ["0001", "1500", "2026", "3000", "9999"]
    items = [pod(y, metadata={"name": y, "creationTimestamp": f"{y}-06-01T00:00:00Z"}) for y in years]
    created = read_objects(items).fragments[0].rows["created"]
    assert list(created.isna()) == [True, True, False, True, True]
    assert created[2] == pd.Timestamp("2026-06-01", tz="UTC")
