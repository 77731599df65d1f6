"""YAML as Kubernetes reads it, and what it refuses; anything at all gives only errors of the package."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nodeportkit.errors import ManifestError, NodePortKitError
from nodeportkit.sources.objects.dict_form import read_objects
from nodeportkit.sources.objects.json.read import read_json
from nodeportkit.sources.objects.yaml.documents import Documents
from nodeportkit.sources.objects.yaml.form import read_yaml
from nodeportkit.sources.objects.yaml.scalars import resolve

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
OBJECTS = json.loads((FIXTURES / "real-cluster" / "objects.json").read_text(encoding="utf-8"))
SERVICE = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n"


def load(text):
    return list(Documents(text, "text"))


# goyaml.v2/resolve.go and decode_test.go of kubernetes-sigs/yaml
@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("true", True),
        ("y", True),
        ("Yes", True),
        ("ON", True),
        ("n", False),
        ("off", False),
        ("yEs", "yEs"),
        ("~", None),
        ("Null", None),
        ("", None),
        ("10", 10),
        ("-10", -10),
        ("+10", 10),
        ("0b10", 2),
        ("-0b101010", -42),
        ("0xA", 10),
        ("0o14", 12),
        ("014", 12),
        ("08", 8),
        ("1_000", 1000),
        ("4294967296", 4294967296),
        ("18446744073709551616", 18446744073709551616),
        ("0.1", 0.1),
        (".5", 0.5),
        ("1e3", 1000),
        ("80.0", 80),
        ("-.inf", float("-inf")),
        ("1:30", "1:30"),
        ("190:20:30.15", "190:20:30.15"),
        ("2015-01-01", "2015-01-01"),
        ("2015-02-24T18:19:39Z", "2015-02-24T18:19:39Z"),
        ("100m", "100m"),
        ("1.2.3.4", "1.2.3.4"),
        ("-", "-"),
        (".", "."),
        ("0x", "0x"),
        ("1e999", "1e999"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_an_unquoted_word_means_what_it_means_to_kubectl(word, value):
    found = resolve(word)
    assert found == value
    assert type(found) is type(value)


def test_keys_are_text_whatever_they_look_like():
    assert load("80: a\ntrue: b\n'1': c") == [{"80": "a", "true": "b", "1": "c"}]


def test_quotes_and_tags_make_text():
    assert load("""a: "80"\nb: '80'\nc: !!str 80\nd: ! 80\ne: !!int "80" """) == [
        {"a": "80", "b": "80", "c": "80", "d": "80", "e": 80}
    ]


def test_block_scalars_comments_and_several_documents():
    text = "# nothing\n---\na: |\n  x\n  y\nb: >-\n  x\n  y\n...\n---\n- 1\n---\n# nothing\n"
    assert load(text) == [{"a": "x\ny\n", "b": "x y"}, [1], None]


def test_aliases_and_merged_mappings():
    text = "base: &b {app: web, tier: x}\none: *b\ntwo: {<<: *b, tier: z}\nthree: {<<: [{a: 1}, {a: 2, b: 3}]}"
    assert load(text) == [
        {
            "base": {"app": "web", "tier": "x"},
            "one": {"app": "web", "tier": "x"},
            "two": {"app": "web", "tier": "z"},
            "three": {"a": 1, "b": 3},
        }
    ]


def test_anchors_end_with_their_document():
    with pytest.raises(ManifestError, match="stands for nothing"):
        load("a: &x 1\n---\nb: *x\n")


def test_documents_are_those_of_a_reference_parser():
    text = (FIXTURES / "real-cluster" / "text" / "14-get-pods--n-shop--o-yaml.txt").read_text(encoding="utf-8")
    text = text.partition("\n")[2]
    assert load(text) == list(yaml.safe_load_all(text))


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 10)
)


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        (BOMB, 6, None, "unfold to more than"),
        ("a: &a [*a]", 1, 8, "stands for nothing"),
        ("a: 1\nb: 2\na: 3\n", 3, 1, "`a` stands twice in one mapping, first on line 1"),
        ("a:\n  - b: 1\n    c: 2\n    b: 3\n", 4, 5, "first on line 2"),
        ("a: !!python/object/apply:os.system [x]", 1, 4, "means nothing to Kubernetes"),
        ("a: !Ref b", 1, 4, "means nothing to Kubernetes"),
        ("[" * 5000, 1, 201, "more than 200 levels deep"),
        ("? {a: b}\n: c", 1, None, "a key of a mapping must be text"),
        ("~: c", 1, 1, "a key of a mapping must be text"),
        ("<<: 1", 1, None, "takes a mapping"),
        ("a: \x01", 1, 4, "control characters are not allowed"),
        ("é: \x01", 1, 4, "control characters are not allowed"),
        ("a: \ud800", 1, 4, "half a character"),
        ("a: b: c", 1, 5, "mapping values are not allowed"),
        ("a: 'b", 1, 6, "the quote ' is not closed"),
        ("a: [b", 1, 6, "did not find expected ',' or ']'"),
        ("a: @b", 1, 4, "cannot start any token"),
        ("spec:\n  a: 1\n\tb: 2", 3, 1, "a tab indents the line"),
        ("a: {{ .Values.x }}", 1, 4, "template"),
        ("a: b\n{{- if .Values.x }}\nb: c\n{{- end }}", 2, 1, "template"),
        ("a:\n  b: 1\n c: 2", 3, 2, "did not find expected key"),
    ],
)
def test_what_is_no_manifest_is_named_with_its_place(text, line, column, words):
    with pytest.raises(ManifestError) as raised:
        read_yaml(text, "svc.yaml")
    error = raised.value
    assert words in str(error)
    assert (error.source, error.line) == ("svc.yaml", line)
    assert column is None or error.column == column


def test_lines_are_those_of_the_file_in_later_documents_too():
    text = SERVICE.replace("spec:\n", "") + "---\n" + SERVICE + "  ports: x\n"
    with pytest.raises(ManifestError, match=r"spec\.ports is text where a list belongs") as raised:
        read_yaml(text)
    assert raised.value.line == text.split("\n").index("  ports: x") + 1


def test_a_text_within_a_file_counts_from_its_line():
    for text, line in ((SERVICE + "  ports: x\n", 16), (SERVICE + "  typeNodePort\n  ports: []", 16)):
        with pytest.raises(ManifestError) as raised:
            read_yaml(text, first_line=11)
        assert raised.value.line == line
    assert [slip.line for slip in raised.value.slips] == [16]


def test_a_manifest_cut_off_in_a_mapping_is_read_as_far_as_it_goes():
    text = SERVICE + "  ports:\n  - port: 80\n    nodePort: 30008"
    assert read_yaml(text).fragments[1].rows.loc[0, "node_port"] == 30008
    assert read_yaml("").fragments == []


# Anything at all

ANY = st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=200)


def error_of(read, value):
    """The error that reading raises, None if it raises none; any other error fails the test."""
    try:
        read(value)
    except NodePortKitError as error:
        return error
    return None


@settings(max_examples=150, deadline=None)
@given(ANY)
def test_any_text_gives_objects_or_an_error_of_the_package(text):
    for read in (read_yaml, lambda value: read_json(value.encode("utf-8", "replace"))):
        error = error_of(read, text)
        assert error is None or error.line >= 1


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
@example(b"0}")
def test_any_bytes_give_objects_or_an_error_of_the_package(data):
    for start in (
        b"",
        b'{"kind": "Pod", "metadata": ',
        b"\xff\xfe",
        b'{"kind": "List", "apiVersion": "v1", "items": [',
    ):
        error = error_of(read_json, start + data)
        assert error is None or (error.line >= 1 and error.hint)


ITEMS = [json.dumps(item, indent=1) for item in OBJECTS["items"]]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(ITEMS),
    st.integers(0, 10_000),
    st.integers(0, 40),
    st.sampled_from(["", "\t", "{{ x }}", "null", "[]", '"', "}", "*a", "&a ", ": ", "\xa0", "5", '"x"']),
)
def test_a_damaged_object_gives_objects_or_an_error_of_the_package(text, at, length, instead):
    at %= len(text)
    damaged = text[:at] + instead + text[at + length :]
    for read in (read_yaml, lambda value: read_json(value.encode())):
        error = error_of(read, damaged)
        assert error is None or 1 <= error.line <= damaged.count("\n") + 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["kind", "apiVersion", "metadata", "spec", "status", "items", "name", "ports", "object", "type"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["Pod", "Service", "Node", "Endpoints", "List", "PodList", "Table", "Status"]), JSON)
def test_objects_of_any_shape(kind, thing):
    whole = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "a"}}
    for value in ({**whole, "spec": thing}, {**whole, "metadata": thing}, {**whole, "items": thing}, thing):
        told = []
        for read in (
            lambda v: read_objects([v]),
            lambda v: read_json(json.dumps(v).encode()),
            lambda v: read_yaml(json.dumps(v)),
        ):
            try:
                found = read(value)
                told.append([(f.frame, len(f.rows)) for f in found.fragments])
            except NodePortKitError:
                told.append("error")
        assert told[0] == told[1]


SERVICES = st.builds(
    lambda name, ports, labels: {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "labels": labels},
        "spec": {"type": "NodePort", "ports": ports, "selector": labels},
    },
    st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True),
    st.lists(
        st.fixed_dictionaries(
            {"port": st.integers(1, 65535), "nodePort": st.integers(30000, 32767)},
            optional={"targetPort": st.integers(1, 65535) | st.sampled_from(["http", "0x1F", "yes"])},
        ),
        max_size=3,
    ),
    st.dictionaries(
        st.sampled_from(["app", "y", "1"]), st.sampled_from(["web", "yes", "080", "1e3", "", "2024-01-01"])
    ),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(SERVICES, max_size=4, unique_by=lambda thing: thing["metadata"]["name"]))
def test_what_is_written_is_read(things):
    # Everything in quotes: Python's writer leaves some words bare that Kubernetes takes for true or for numbers.
    text = yaml.safe_dump_all(things, default_style='"')
    for found in (read_yaml(text), read_objects(things), read_json("\n".join(map(json.dumps, things)).encode())):
        frames = {fragment.frame: fragment.rows for fragment in found.fragments}
        if not things:
            assert frames == {}
            continue
        assert list(frames["services"]["name"]) == [thing["metadata"]["name"] for thing in things]
        assert list(frames["services"]["selector"]) == [thing["spec"]["selector"] for thing in things]
        ports = [(thing["metadata"]["name"], port) for thing in things for port in thing["spec"]["ports"]]
        assert list(frames["ports"]["node_port"]) == [port["nodePort"] for _, port in ports]
        assert list(frames["ports"]["target_port"]) == [str(port.get("targetPort", port["port"])) for _, port in ports]
