"""Every line of a text ends in a step's command, in a finding, or unread; broken regions lose nothing else."""

from collections import Counter
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodeportkit.errors import NodePortKitError, ReadError
from nodeportkit.sources import scan as room
from nodeportkit.sources.reader import Finding
from nodeportkit.sources.scan import scan
from nodeportkit.sources.text import clean

LINES = st.sampled_from(
    [
        "$ kubectl get svc -n shop",
        "kubectl get pods -A",
        "user@host:~$ minikube service list",
        "$ kubectl apply -f - <<EOF",
        "EOF",
        "$ kubectl get svc \\",
        "  -o wide",
        "$ curl http://10.0.0.1:30008",
        "curl: (7) Failed to connect to 10.0.0.1 port 30008: Connection refused",
        "HTTP/1.1 200 OK",
        "Server: nginx",
        "<html>",
        "</html>",
        "* Trying 10.0.0.1:80...",
        "NAME   TYPE       CLUSTER-IP   EXTERNAL-IP   PORT(S)        AGE",
        "web    NodePort   10.96.0.7    <none>        80:30080/TCP   5d",
        "web",
        "NAME:",
        "Name:              web",
        "Namespace:         shop",
        "Type:              NodePort",
        "Events:            <none>",
        "apiVersion: v1",
        "kind: Service",
        "metadata:",
        "  name: web",
        "\tname: web",
        "spec: {",
        "- a: b",
        "---",
        "{",
        '"kind": "Service"',
        "}",
        "|-----------|------|",
        "| NAMESPACE | NAME |",
        "| default   | web  |",
        "192.168.59.100",
        "minikube        192.168.59.100",
        "service/web created",
        'The Service "web" is invalid: ',
        "* spec.ports: Required value",
        "No resources found in shop namespace.",
        "error: what",
        "```",
        "```console",
        "> quoted",
        "# comment",
        "$",
        "prose that means nothing",
        "",
        "",
    ]
)


def accounted(text):
    """How often each line that is not blank is accounted for."""
    found = scan(text)
    lines = clean(text)
    count = Counter(line for step in found.steps for line in step.typed)
    for finding in found.findings:
        count.update(at + 1 for at in range(finding.start, finding.end) if at not in finding.unread)
    count.update(line for line, _ in found.unread)
    return {at + 1: count[at + 1] for at, line in enumerate(lines) if line}


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES, max_size=25).map("\n".join))
def test_every_line_of_a_paste_is_accounted_for_once(text):
    assert set(accounted(text).values()) <= {1}


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_every_line_of_any_text_is_accounted_for_once(text):
    try:
        assert set(accounted(text).values()) <= {1}
    except NodePortKitError:
        assert "\0" in text


@settings(max_examples=100, deadline=None)
@given(st.lists(LINES, max_size=25).map("\n".join), st.randoms(use_true_random=False))
def test_a_text_cut_off_anywhere_is_read_as_far_as_it_goes(text, random):
    scan(text[: random.randint(0, len(text))])


def reader(find):
    return SimpleNamespace(PRIORITY=50, find=find)


def test_a_region_that_cannot_be_read_does_not_take_the_rest_with_it(monkeypatch):
    def broken(lines, at, context):
        if lines[at].startswith("apiVersion"):
            raise ReadError("no YAML", source=context.source, line=at + 3)
        return

    def counts(lines, at, _context):
        return Finding(at, at + 1) if lines[at].isdigit() else None

    monkeypatch.setattr(room, "readers", lambda: (reader(broken), reader(counts)))
    found = scan("1\n$ cat x\napiVersion: v1\nkind: Service\n\nspec {\nmore\n\n2\n$ ls\n3\n", "paste")
    assert [finding.start + 1 for finding in found.findings] == [1, 9, 11]
    assert [line for line, _ in found.unread] == [3, 4, 6, 7]
    assert [(error.source, error.line) for error in found.errors] == [("paste", 5)]
    assert found.steps[0].output.splitlines() == ["apiVersion: v1", "kind: Service", "", "spec {", "more", "", "2"]


def test_another_reader_may_know_what_one_cannot_read(monkeypatch):
    def broken(_lines, _at, _context):
        raise ReadError("not mine after all")

    monkeypatch.setattr(
        room, "readers", lambda: (reader(broken), reader(lambda _lines, at, _context: Finding(at, at + 2)))
    )
    found = scan("one\ntwo\nthree")
    assert [(finding.start, finding.end) for finding in found.findings] == [(0, 2), (2, 4)]
    assert (found.unread, found.errors) == ([], [])


def test_readers_see_no_further_than_the_next_command_and_know_theirs(monkeypatch):
    seen = []

    def look(lines, at, context):
        seen.append((at, len(lines), context.source, context.command and context.command.text))

    monkeypatch.setattr(room, "readers", lambda: (reader(look),))
    scan("zero\n$ kubectl get svc\ntwo\n\nfour\n```\nsix\n```\n$ ls\nnine", "paste")
    assert seen == [
        (0, 1, "paste", None),
        (2, 5, "paste", "kubectl get svc"),
        (4, 5, "paste", "kubectl get svc"),
        (6, 7, "paste", "kubectl get svc"),
        (9, 10, "paste", "ls"),
    ]


def test_lines_that_a_reader_gives_back_are_unread(monkeypatch):
    monkeypatch.setattr(
        room, "readers", lambda: (reader(lambda lines, at, _context: Finding(at, len(lines), unread=(at + 1, at + 2))),)
    )
    assert scan("one\ntwo\n\nfour").unread == [(2, "two")]


@pytest.mark.parametrize("text", ["", "\n\n", "   "])
def test_nothing_holds_nothing(text):
    found = scan(text)
    assert (found.steps, found.findings, found.unread, found.errors) == ([], [], [], [])


def test_lines_may_be_given_cleaned():
    assert scan(["$ kubectl get svc", "what"]).unread == [(2, "what")]


def test_each_finding_knows_the_step_that_printed_it():
    found = scan("service/a created\n$ kubectl create ns x\nnamespace/x created\n$ ls\n")
    assert found.owners == [None, 0]
