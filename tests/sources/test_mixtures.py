"""Prints of every kind, mixed in any order with lines that mean nothing: no line is lost, and nothing crashes."""

from collections import Counter
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nodeportkit import read
from nodeportkit.errors import NodePortKitError
from nodeportkit.sources.scan import scan
from nodeportkit.sources.text import clean

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
ROOMS = (
    "tables",
    "transcripts",
    "outcomes",
    "minikube",
    "wrapped",
    "evidence",
    "describe",
    "real-cluster/text",
    "article",
)
LONGEST = 120
NOISE = (
    "(END)",
    ":",
    "~",
    "Every 2.0s: kubectl get pods -n shop                    host: Mon Nov 23 01:23:45 2026",
    "10:22:33  + kubectl get svc",
    "+ ~~~~~~~",
    "│ web-0    ●  1/1   Running         0 │",
    "╭─ ~ ···························· ✔ minikube ⎈ 10:23:12",
    "╰─ kubectl get svc                              ─╯",
    "مرحبا kubectl get svc",
    "日本語   1/1     Running   0          5d",
    "🚀  web   1/1",
    "{code}",
    "```",
    "**web    NodePort   10.96.0.9**",
    "1. kubectl get svc",
    "real\t0m0.123s",
    "docker@127.0.0.1's password: |-----------|------|",
    "NAME",
    "NAMESPACE   NAME   READY   STATUS   RESTA",
    "RTS   AGE",
    "&lt;none&gt;",
    "^C",
    "> ",
    "$ ",
    "",
)


@cache
def blocks():
    """The paragraphs of all fixtures, the long ones cut."""
    found = []
    for room in ROOMS:
        for path in sorted((FIXTURES / room).glob("*.txt")):
            text = path.read_bytes().decode("utf-8", "replace").replace("\0", "")
            found.extend("\n".join(part.splitlines()[:LONGEST]) for part in text.split("\n\n") if part.strip())
    return found


MIXTURES = st.lists(
    st.one_of(st.deferred(lambda: st.sampled_from(blocks())), st.sampled_from(NOISE)), min_size=1, max_size=12
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(MIXTURES, st.sampled_from(("\n", "\n\n", "\r\n")))
def test_no_line_of_any_mixture_is_lost(parts, between):
    text = between.join(parts)
    lines = clean(text)
    assert len(lines) == len(text.splitlines())
    found = scan(text)
    count = Counter(line for step in found.steps for line in step.typed)
    for finding in found.findings:
        count.update(at + 1 for at in range(finding.start, finding.end) if at not in finding.unread)
    count.update(line for line, _ in found.unread)
    assert {at: count[at] for at, line in enumerate(lines, 1) if line and count[at] != 1} == {}
    try:
        cluster = read(text)
    except NodePortKitError:
        return  # a text that is nothing but a broken manifest
    assert cluster.unread["line"].dropna().between(1, len(lines)).all()
