"""Slips of manifests: pairs of a manifest as copied and what is wrong with it, and that mending never makes worse."""

from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nodeportkit.errors import ManifestError
from nodeportkit.sources.objects.slips.mend import find_slips, mend
from nodeportkit.sources.objects.yaml.form import read_yaml

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
SLIPS = FIXTURES / "objects" / "slips"
CASES = sorted(path for path in SLIPS.glob("*.yaml") if ".corrected" not in path.name)
ARTICLE = FIXTURES / "article" / "service-definition-as-published.yaml"


def text_of(path):
    return path.read_bytes().decode()


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_what_is_wrong_stands_beside_the_manifest(path):
    slips, corrected = mend(text_of(path))
    assert "".join(f"{slip}\n" for slip in slips) == text_of(path.with_suffix(".slips"))
    expected = path.with_suffix(".corrected.yaml")
    assert corrected == (text_of(expected) if expected.exists() else None)


@pytest.mark.parametrize("path", [path for path in CASES if path.with_suffix(".corrected.yaml").exists()], ids=str)
def test_a_corrected_manifest_is_yaml_without_slips(path):
    corrected = mend(text_of(path))[1]
    assert find_slips(corrected) == []
    for document in yaml.safe_load_all(corrected):
        assert isinstance(document, dict)
        assert document["kind"]
    read_yaml(corrected)


def test_the_manifest_of_the_article_is_read_to_the_point_of_what_is_wrong():
    with pytest.raises(ManifestError) as raised:
        read_yaml(text_of(ARTICLE), "service-definition.yaml")
    error = raised.value
    assert (error.source, error.line) == ("service-definition.yaml", 6)
    slip = next(slip for slip in error.slips if "colon" in slip.message)
    assert (slip.line, slip.corrected) == (6, "  type: NodePort")
    # Every line with a no-break space, as a hex dump of the file shows them.
    marked = [number for number, line in enumerate(text_of(ARTICLE).split("\n"), 1) if "\xa0" in line]
    assert [slip.line for slip in error.slips if "no-break" in slip.message] == marked
    services, ports = read_yaml(error.corrected).fragments
    assert services.rows[["name", "type"]].to_numpy().tolist() == [["myapp-service", "NodePort"]]
    assert services.rows.loc[0, "selector"] == {"app": "myapp", "type": "front-end"}
    assert ports.rows[["port", "target_port", "node_port"]].to_numpy().tolist() == [[80, "80", 30008]]


def test_a_manifest_with_no_break_spaces_alone_is_read_and_its_slips_are_found():
    text = text_of(SLIPS / "no-break-spaces-only.yaml")
    services, ports = read_yaml(text).fragments
    assert services.rows.loc[0, "name"] == "myapp-service"
    assert ports.rows.loc[0, "node_port"] == 30008
    assert [slip.column for slip in find_slips(text)][:2] == [12, 6]


def test_a_slip_is_named_where_it_is_though_the_parser_stops_later():
    for wrong in ("typeNodePort", "type NodePort", "type:NodePort"):
        text = f"apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  {wrong}\n  ports:\n  - port: 80\n"
        with pytest.raises(ManifestError) as raised:
            read_yaml(text)
        # kubectl names line 7 (reference: kubectl 1.27 to 1.33 on such a file).
        assert raised.value.line == 6
        assert "line 7: mapping values are not allowed in this context" in raised.value.hint


def test_a_spec_that_is_but_a_word():
    with pytest.raises(ManifestError, match="in `typeNodePort`") as raised:
        read_yaml("apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  typeNodePort\n")
    assert raised.value.line == 6
    assert "spec is text where a mapping belongs" in raised.value.hint
    assert raised.value.corrected.endswith("spec:\n  type: NodePort\n")


FIELDS = ["kind", "Service", "spec", "type", "NodePort", "ports", "port", "80", "selector", "app", "name", "web"]
SIGNS = ["-", ":", "=", "|", ">", "#", "{", "}", "---", "```", "&quot;", "- ", ": ", "  ", "    "]
WORDS = st.sampled_from([*FIELDS, *SIGNS, *" \n\t\xa0“”’–：\u200b\"'"])


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=40).map("".join))
@example('&quot;": kind&quot;')
@example("–\xa0–")
def test_mending_finds_its_way_through_anything(text):
    slips, corrected = mend(text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for slip in slips:
        assert 1 <= slip.line <= len(lines)
        assert 1 <= slip.column <= len(lines[slip.line - 1]) + 1
    if corrected is not None:
        list(yaml.parse(corrected, Loader=yaml.CSafeLoader))
        assert corrected.count("\n") == len(lines) - 1
        assert find_slips(corrected) == []


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(["app", "tier", "type"]), st.sampled_from(["web", "a b", "x: y", "it's", "80"])))
def test_what_is_right_has_no_slips(labels):
    thing = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "annotations": labels}}
    text = yaml.safe_dump(thing)
    assert mend(text) == ([], None)


def test_a_long_manifest_is_mended_in_linear_time():
    lines = 20_000
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n" + "\xa0 key: “value”\n" * lines
    assert len(find_slips(text)) == 2 * lines
