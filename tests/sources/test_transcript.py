"""The steps of terminal transcripts.

Each pair under tests/fixtures/transcripts is a text and its steps, written by hand: line, command and output of each, its
namespace and the lines it takes where that matters, and the lines that stay unread.
"""

import json
from pathlib import Path

import pytest

from nodeportkit.sources.scan import scan
from nodeportkit.sources.transcript import read_transcript

CASES = sorted((Path(__file__).parents[1] / "fixtures" / "transcripts").glob("*.txt"))

ARTICLE = [
    (1, "kubectl create -f service-definition.yaml", ["created"]),
    (4, "kubectl get services", []),
    (9, "minikube node list", []),
    (12, "minikube ip", ["address"]),
    (15, "minikube service list", []),
    (26, "minikube service myapp-service --url", ["url"]),
    (29, "kubectl get all", []),
    (55, "curl http://192.168.59.100:30008", ["refused"]),
    (58, "kubectl get pods -A --show-labels", []),
    (76, "kubectl get service myapp-service -o yaml", []),
    (107, "kubectl edit service myapp-service", []),
    (109, "curl http://192.168.59.100:30008", ["http"]),
    (136, "kubectl delete service myapp-service", []),
]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_steps(path):
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    found = scan(path.read_bytes(), path.name)
    assert [(step.line, step.command) for step in found.steps] == [(s["line"], s["command"]) for s in expected["steps"]]
    assert [step.output.splitlines() for step in found.steps] == [s["output"] for s in expected["steps"]]
    for step, wanted in zip(found.steps, expected["steps"], strict=True):
        assert step.parsed.text == step.command
        assert step.parsed.namespace == wanted.get("namespace", step.parsed.namespace)
        assert list(step.typed) == wanted.get("typed", [step.line])
    assert [line for line, _ in found.unread] == expected["unread"]
    assert not found.errors


def test_the_articles_transcript(fixtures):
    text = (fixtures / "article" / "nodeport-transcript.txt").read_text(encoding="utf-8")
    steps = read_transcript(text)
    assert [(step.line, step.command, [o.kind for o in step.outcomes]) for step in steps] == ARTICLE
    refused, answered = steps[7].outcomes[0], steps[11].outcomes[0]
    assert (refused.details["address"], refused.details["port"], refused.line) == ("192.168.59.100", 30008, 56)
    assert (answered.details["status"], answered.details["title"], answered.line) == (None, "Welcome to nginx!", 110)
    assert steps[0].outcomes[0].details["name"] == "myapp-service"
    assert steps[1].output.splitlines()[-1].endswith("80:30008/TCP   49s")
    assert (len(steps[11].output.splitlines()), steps[12].output) == (25, "")


def test_nothing_of_the_articles_transcript_stays_unread(fixtures):
    found = scan((fixtures / "article" / "nodeport-transcript.txt").read_bytes())
    assert (found.unread, found.errors) == ([], [])


def test_what_stands_before_the_first_command_is_of_no_step():
    assert read_transcript("Here is what I see:\nNAME   AGE\n") == []


def test_output_holds_what_was_printed_without_what_copying_added():
    (step,) = read_transcript("$ kubectl get svc\r\n\x1b[1mNAME\x1b[0m\xa0\xa0 AGE\r\nweb    5d\r\n\r\n\r\n")
    assert step.output == "NAME   AGE\nweb    5d"


def test_the_namespace_of_the_context_that_is_marked_as_current():
    steps = read_transcript("""\
$ kubectl config get-contexts
CURRENT   NAME       CLUSTER    AUTHINFO   NAMESPACE
          kind       kind       kind       test
*         minikube   minikube   minikube   shop
$ kubectl get svc
NAME   TYPE       CLUSTER-IP   EXTERNAL-IP   PORT(S)        AGE
web    NodePort   10.96.0.9    <none>        80:30080/TCP   5d
Every 2.0s: kubectl get svc -n pay          host: Mon Nov 23 01:23:45 2026

NAME   TYPE       CLUSTER-IP   EXTERNAL-IP   PORT(S)        AGE
web    NodePort   10.96.0.8    <none>        80:30081/TCP   5d
""")
    assert [step.parsed.namespace for step in steps] == [None, "shop", "pay"]
    assert [step.parsed.complete for step in steps[1:]] == [("shop",), ()]
