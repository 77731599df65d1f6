"""What curl, wget and kubectl say about how a command ended.

Each pair under tests/fixtures/outcomes is a text and what it says, written by hand: the steps with their outcomes, the outcomes
that stand outside of a step, and the lines that stay unread. Of an outcome the file names what matters.
"""

import json
from pathlib import Path

import pytest

from nodeportkit.sources.command import parse_command
from nodeportkit.sources.outcomes.curl import target
from nodeportkit.sources.outcomes.reader import find
from nodeportkit.sources.reader import Context
from nodeportkit.sources.scan import scan

CASES = sorted((Path(__file__).parents[1] / "fixtures" / "outcomes").glob("*.txt"))


def told(outcome, expected):
    known = {"line": outcome.line, "kind": outcome.kind} | outcome.details
    return {name: known.get(name, "(not told)") for name in expected}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_what_is_said_is_kept_as_evidence(path):
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    found = scan(path.read_bytes(), path.name)
    assert [(step.line, step.command) for step in found.steps] == [(s["line"], s["command"]) for s in expected["steps"]]
    for step, wanted in zip(found.steps, expected["steps"], strict=True):
        assert [o.kind for o in step.outcomes] == [o["kind"] for o in wanted["outcomes"]], step.command
        assert [told(o, w) for o, w in zip(step.outcomes, wanted["outcomes"], strict=True)] == wanted["outcomes"]
    loose = [
        o
        for finding, owner in zip(found.findings, found.owners, strict=True)
        if owner is None
        for o in finding.outcomes
    ]
    assert [(o.line, o.kind) for o in loose] == [(o["line"], o["kind"]) for o in expected["loose"]]
    assert [told(o, w) for o, w in zip(loose, expected["loose"], strict=True)] == expected["loose"]
    assert [line for line, _ in found.unread] == expected["unread"]
    assert not found.errors


@pytest.mark.parametrize(
    "line",
    [
        "service/web",
        "service/web   NodePort   10.0.0.1",
        "the service/web created yesterday works",
        "No resources found that fit",
        "errors: none",
        "Warnings are good",
        "The Service is invalid",
        "created",
        'web "x" created by me',
        "Connecting people",
        "HTTP",
    ],
)
def test_other_lines_are_no_evidence(line):
    assert find([line], 0, Context()) is None


@pytest.mark.parametrize(
    ("line", "address", "port"),
    [
        ("curl 192.168.59.100:30008", "192.168.59.100", 30008),
        ("curl -X POST -H 'Host: a.example' -d x=1 http://web.shop/api", "web.shop", 80),
        ("curl -k https://10.0.0.1/", "10.0.0.1", 443),
        ("curl http://user:secret@10.0.0.1:30008/x?y=a:b", "10.0.0.1", 30008),
        ("curl 'http://[fd00::1]:30008/'", "fd00::1", 30008),
        ("curl --connect-timeout 5 -o /dev/null web:8080", "web", 8080),
        ("kubectl exec web -- wget -T 2 -qO- http://10.0.0.7:8080", "10.0.0.7", 8080),
        ("kubectl run tmp --rm -it --image=curlimages/curl -- curl -s http://web", "web", 80),
        ("curl $(minikube ip):30008", None, 30008),
        ("curl http://$NODE:30008", None, 30008),
        ("curl", None, None),
    ],
)
def test_where_a_command_was_to_go(line, address, port):
    details = target(parse_command(line))
    assert (details.get("address"), details.get("port")) == (address, port)


def test_a_listing_of_nothing_says_that_there_is_nothing():
    found = scan("$ kubectl get svc,pods -n shop\nNo resources found in shop namespace.\n")
    fragments = found.findings[0].fragments()
    assert [(f.frame, len(f.rows), f.complete) for f in fragments] == [
        ("services", 0, ("shop",)),
        ("pods", 0, ("shop",)),
    ]


@pytest.mark.parametrize(
    "command",
    ["kubectl get svc web -n shop", "kubectl get svc -l app=web -n shop", "kubectl describe svc -n shop", "ls"],
)
def test_a_narrowed_listing_of_nothing_says_no_such_thing(command):
    found = scan(f"$ {command}\nNo resources found in shop namespace.\n")
    assert found.findings[0].outcomes[0].kind == "empty"
    assert found.findings[0].fragments() == []


def test_passwords_in_a_url_are_not_kept():
    details = target(parse_command("curl http://user:secret@10.0.0.1:30008"))
    assert "secret" not in str(details)


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("192.168.59.100 port 30008 after 0 ms", "refused"),
        ("192.168.59.100 port 30008 after 2042 ms", "refused"),  # as Windows refuses
        ("192.168.59.100 port 30008 after 3062 ms", "unreachable"),  # as Linux finds nobody in its own network
        ("localhost port 30008 after 4071 ms", "refused"),  # Windows, and two addresses
        ("192.168.59.100 port 30008", "refused"),
    ],
)
def test_the_time_tells_a_refusal_from_nobody_there_where_curl_passes_no_words_on(place, kind):
    line = f"curl: (7) Failed to connect to {place}: Couldn't connect to server"
    (outcome,) = scan(f"$ curl http://192.168.59.100:30008\n{line}\n").steps[0].outcomes
    assert outcome.kind == kind
    assert outcome.details["reason"] == "Couldn't connect to server"
