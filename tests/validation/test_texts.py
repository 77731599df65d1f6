"""Manifests as text: slips of YAML, lines, several documents, JSON."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from nodeportkit.errors import NodePortKitError, NotFound
from nodeportkit.validation import validate

FIXTURES = Path(__file__).parents[1] / "fixtures"
CASES = yaml.safe_load((FIXTURES / "validation/no-yaml.yaml").read_text(encoding="utf-8"))
SERVICE = """apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  type: NodePort
  ports:
  - port: 80
    nodePort: 30080
"""


def errors(manifest, **more):
    found = validate(manifest, **more)
    return found[found.severity == "error"]


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_of_what_is_no_yaml_kubectl_s_words_are_told(case):
    found = validate(case["text"])
    assert (found.severity[0], found.message[0]) == ("error", case["kubectl"])
    assert found.explanation[0]
    assert found.line[0] >= 1


@pytest.mark.parametrize(
    ("case", "line", "words"),
    [
        ("a colon and a blank missing", 6, "Write `type: NodePort`."),
        ("a word run together", 6, "Write `type: NodePort`."),
        ("a blank missing after a colon", 6, "Write `type: NodePort`."),
        ("an equals sign, last", 8, "Write `type: NodePort`."),
        ("a tab before a later key", 7, "Write `ports:`."),
        ("an open quote", 4, 'Write `name: "web"`.'),
        ("the second document", 14, "Write `type: NodePort`."),
    ],
)
def test_the_line_is_that_of_the_slip(case, line, words):
    found = validate(next(one["text"] for one in CASES if one["case"] == case))
    assert found.line[0] == line
    assert words in found.explanation[0]


def test_the_article_s_manifest():
    text = next(one["text"] for one in CASES if "article" in one["case"])
    found = validate(text)
    assert list(found.severity) == ["error", "error"]
    assert list(found.line) == [2, 6]
    assert "The same on lines 4, 6, 7, 8, 9, 10, 11, 12, 13." in found.explanation[0]
    assert found.message[1] == "a colon and a blank are missing after `type` in `typeNodePort`"
    assert found.explanation[1] == "Write `type: NodePort`."


def test_the_article_s_manifest_with_plain_blanks():
    text = next(one["text"] for one in CASES if "article" in one["case"]).replace("\xa0", " ")
    assert list(zip(validate(text).severity, validate(text).line, strict=True)) == [("error", 6)]
    assert validate(text.replace("typeNodePort", "type: NodePort")).empty


def test_a_slip_that_is_yaml_explains_the_server_s_error():
    # Of `spec:` with a single word below, kubectl sees no error; the server does.
    found = validate(SERVICE.partition("  type")[0] + "  typeNodePort\n")
    assert found.message[0] == "json: cannot unmarshal string into Go struct field Service.spec of type v1.ServiceSpec"
    assert found.field[0] == "spec"
    assert "write `type: NodePort`" in found.explanation[0]
    assert len(found) == 1


def test_what_follows_a_slip_is_looked_at():
    found = validate(SERVICE.replace("type: NodePort", "type NodePort").replace("30080", "80"))
    assert list(found.line) == [6, 9]
    assert found.field[1] == "spec.ports[0].nodePort"


def test_a_good_manifest_has_nothing_to_say():
    assert validate(SERVICE).empty
    assert validate(SERVICE.encode()).empty
    assert list(validate(SERVICE).columns) == ["severity", "object", "field", "message", "explanation", "line"]
    assert validate(SERVICE).dtypes.astype(str).tolist() == ["string"] * 5 + ["Int64"]


def test_lines_of_fields():
    text = SERVICE.replace("port: 80\n", "port: 0\n").replace("NodePort\n", "Nodeport\n").replace("web", "Web")
    found = validate(f"# comment\n\n{text}").set_index("field").line
    assert found.to_dict() == {
        "metadata.name": 6,
        "spec.type": 8,
        "spec.ports[0].port": 10,
        "spec.ports[0].targetPort": 10,
    }


def test_lines_of_later_documents_and_of_items():
    wrong = SERVICE.replace("30080", "80")
    assert list(validate(f"{SERVICE}---\n{wrong.replace('web', 'b')}").line) == [19]
    items = "".join(f"  {line}\n" for line in wrong.splitlines())
    listed = f"apiVersion: v1\nkind: List\nitems:\n-{items[1:]}"
    found = validate(listed)
    assert list(found.line) == [12]
    assert list(found.object) == ["Service default/web"]


def test_json_has_lines_too():
    thing = yaml.safe_load(SERVICE.replace("30080", "80"))
    text = json.dumps(thing, indent=2)
    line = next(at for at, told in enumerate(text.splitlines(), 1) if "nodePort" in told)
    assert list(validate(text).line) == [line]
    assert list(validate(json.dumps(thing, indent="\t")).line) == [line]


def test_a_comma_too_many_is_refused_by_older_clients_only():
    found = validate(
        '{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web",}, "spec": {"ports": [{"port": 80}]}}'
    )
    assert list(found.severity) == ["warning"]
    assert "before 1.33" in found.explanation[0]


def test_broken_json_is_one_error():
    found = validate('{"apiVersion": "v1", "kind": "Service"')
    assert list(found.severity) == ["error"]


def test_a_key_twice_is_an_error():
    found = validate(SERVICE.replace("  ports:", "  type: ClusterIP\n  ports:"))
    assert list(found.severity) == ["error"]
    assert found.message[0] == "`type` stands twice in one mapping, first on line 6"
    assert found.line[0] == 7


def test_a_template_is_none():
    found = validate(SERVICE.replace("NodePort", "{{ .Values.type }}"))
    assert list(found.message) == ["this is a template, not a manifest"]
    assert "helm template" in found.explanation[0]


def test_blanks_of_web_pages_inside_are_told():
    found = validate(SERVICE.replace("type: NodePort", "type:\xa0 NodePort"))
    assert "no-break space" in found.message[0] + found.explanation[0]
    assert found.line[0] == 6


@pytest.mark.parametrize("text", ["", "\n\n", "---\n", "# nothing\n"])
def test_nothing_is_an_error(text):
    found = validate(text.encode())
    assert list(found.message) == ["no objects passed to create"]


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("metadata:\n  name: web\n", "Object 'Kind' is missing", 1),
        ("kind: Service\nmetadata:\n  name: web\n", "Object 'apiVersion' is missing", 1),
        ("- a\n- b\n", "Object 'Kind' is missing", 1),
        (SERVICE.replace("v1", "apps/v1"), 'no matches for kind "Service" in version "apps/v1"', 1),
        (SERVICE.replace("Service", "service"), 'no matches for kind "service" in version "v1"', 2),
        (SERVICE.replace("Service", "Sevice"), 'no matches for kind "Sevice" in version "v1"', 2),
    ],
)
def test_what_is_no_object(text, message, line):
    found = validate(text.encode())
    assert found.severity[0] == "error"
    assert found.message[0] == message
    assert found.line[0] == line


def test_other_kinds_are_not_checked():
    found = validate("apiVersion: v1\nkind: LimitRange\nmetadata:\n  name: a\nspec: 5\n")
    assert list(zip(found.severity, found.object, strict=True)) == [("note", "LimitRange default/a")]
    found = validate("apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata:\n  name: a\n")
    assert list(found.severity) == ["note"]


def test_paths_and_open_files_and_several(tmp_path):
    path = tmp_path / "web.yaml"
    path.write_text(SERVICE.replace("30080", "80"), encoding="utf-8")
    assert list(validate(path).line) == [9]
    assert list(validate(str(path)).line) == [9]
    with path.open(encoding="utf-8") as file:
        assert list(validate(file).line) == [9]
    assert len(validate([path, SERVICE.replace("web", "b")])) == 1
    with pytest.raises(NotFound):
        validate(tmp_path / "none.yaml")


def test_dicts_have_no_lines():
    found = validate(yaml.safe_load(SERVICE.replace("30080", "80")))
    assert found.line.isna().all()
    both = [yaml.safe_load(SERVICE), yaml.safe_load(SERVICE.replace("web", "b"))]
    found = validate(both)
    assert list(found.object) == ["Service default/b"]
    assert "It belongs to default/web." in found.explanation[0]


def test_a_manifest_is_left_as_it_is():
    thing = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}, "spec": {"Ports": [{"port": 80}]}}
    before = json.dumps(thing)
    assert list(validate(thing).field) == ["spec.Ports"]
    assert json.dumps(thing) == before


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [*SERVICE.splitlines(), "---", "- a", "  selector:", "\ttype: x", "kind: Pod", "items:", "{", "}"]
        ),
        st.text(alphabet="abckind:- {}[]\"'\t\xa0#&*!|>%@`0123456789", max_size=12),
    ),
    max_size=14,
)


@settings(max_examples=150, deadline=None)
@given(LINES)
def test_any_text_is_told_about_or_refused_in_words(lines):
    text = "\n".join(lines) + "\n"
    try:
        found = validate(text.encode())
    except NodePortKitError:
        return
    assert set(found.severity) <= {"error", "warning", "note"}
    assert found.line.dropna().between(1, text.count("\n") + 1).all()
    assert (found.message.str.len() > 0).all()
