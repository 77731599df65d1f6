"""YAML and JSON in transcripts: pairs of a text and what it tells, and that nothing takes long or falls over."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodeportkit.errors import NodePortKitError
from nodeportkit.sources.command import parse_command
from nodeportkit.sources.objects.reader import find
from nodeportkit.sources.reader import Context, Finding
from nodeportkit.sources.scan import scan
from nodeportkit.sources.text import clean
from prints import told

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
CASES = sorted((FIXTURES / "objects" / "transcripts").glob("*.txt"))
REAL = FIXTURES / "real-cluster" / "text"


def all_told(text):
    """What a text tells, with the errors of what could not be read."""
    errors = [[error.line, error.message] for error in scan(text).errors]
    return json.loads(json.dumps({**told(text), "errors": errors}, default=str))  # times as text


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_text_tells_what_stands_beside_it(path):
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert all_told(path.read_text(encoding="utf-8")) == expected


@pytest.mark.parametrize(
    "path", sorted(REAL.glob("*yaml.txt")) + sorted(REAL.glob("*raw*.txt")), ids=lambda path: path.stem
)
def test_what_a_real_cluster_prints_as_yaml_and_json_is_one_region(path):
    text = path.read_text(encoding="utf-8")
    (found,) = scan(text).findings
    assert (found.start, found.end) == (1, len(clean(text.rstrip("\n"))))
    assert found.unread == ()


def test_a_list_is_complete_if_the_command_asked_for_everything():
    lines = ["apiVersion: v1", "items:", "- {apiVersion: v1, kind: Pod, metadata: {name: a}}", "kind: List"]

    def complete(command):
        fragments = find(lines, 0, Context("text", parse_command(command))).fragments()
        return {fragment.frame: fragment.complete for fragment in fragments}

    assert complete("kubectl get pods -n shop -o yaml") == {"pods": ("shop",), "containers": ()}
    assert complete("kubectl get po,svc -A -o yaml") == {"pods": ("*",), "containers": (), "services": ("*",)}
    assert complete("kubectl get pods -l app=web -o yaml") == {"pods": (), "containers": ()}
    assert complete("cat pods.yaml") == {"pods": (), "containers": ()}
    assert find(lines, 0, Context()).fragments()[0].complete == ()


def test_a_list_of_deployments_is_complete_without_claiming_replica_sets():
    line = '{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "apps/v1", "kind": "%s", "metadata": {"name": "a"}}]}'
    asked = Context("text", parse_command("kubectl get deploy -o json"))
    assert find([line % "Deployment"], 0, asked).fragments()[0].complete == ("default",)
    assert find([line % "ReplicaSet"], 0, asked).fragments()[0].complete == ()


def test_objects_without_a_namespace_are_in_the_one_of_the_command():
    command = parse_command("kubectl create --dry-run=client -o yaml -n shop deployment web")
    found = find(["apiVersion: apps/v1", "kind: Deployment", "metadata: {name: web}"], 0, Context("text", command))
    assert found.fragments()[0].rows.loc[0, "namespace"] == "shop"


def test_the_data_of_a_secret_stays_out_of_what_is_unread():
    line = '{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "data": {"token": "c2VjcmV0"}}'
    assert scan(line).unread == []
    lines = ["kind: Secret", "apiVersion: v1", "metadata: {name: a}", "data: {token: c2VjcmV0}"]
    assert scan("\n".join(lines)).unread == [(1, "kind: Secret")]


PIECES = st.sampled_from(
    [
        *[
            "apiVersion: v1",
            "kind: Service",
            "kind: List",
            "metadata:",
            "  name: web",
            "items:",
            "- apiVersion: v1",
            "---",
            "",
        ],
        *[
            "spec:",
            "  typeNodePort",
            "  a: b: c",
            "\ta: b",
            "status: {}",
            "# x",
            "NAME   READY",
            "web   1/1",
            "Name:   web",
        ],
        *[
            '{"kind": "Pod",',
            '"metadata": {"name": "a"}}',
            "}",
            "]",
            "[",
            '{"a": 1}',
            "$ kubectl get pods -o yaml",
            "prose",
            "...",
        ],
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=15))
def test_any_lines_give_findings_within_them_or_an_error_of_the_package(lines):
    for at, line in enumerate(lines):
        if not line:
            continue
        try:
            found = find(lines, at, Context())
        except NodePortKitError as error:
            found, last = None, error.last_line
            assert last is None or at < last <= len(lines)
        if isinstance(found, Finding):
            assert at == found.start < found.end <= len(lines)
            assert all(at <= place < found.end for place in found.unread)
            found.fragments()
