"""What minikube prints: pairs of print and what it tells, and anything else."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeportkit.errors import NodePortKitError
from nodeportkit.sources.command import parse_command
from nodeportkit.sources.minikube.addresses import Place, node_port, parse_url
from nodeportkit.sources.minikube.reader import find
from nodeportkit.sources.reader import Context
from nodeportkit.sources.scan import scan
from nodeportkit.sources.text import clean
from prints import told

CASES = sorted((Path(__file__).resolve().parent.parent / "fixtures" / "minikube").glob("*.txt"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_print_tells_what_stands_beside_it(path):
    assert told(path.read_text(encoding="utf-8")) == json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("url", "place", "port"),
    [
        ("http://192.168.59.100:30008", Place("192.168.59.100", 30008), 30008),
        ("https://192.168.59.100:30008/", Place("192.168.59.100", 30008), 30008),
        ("192.168.59.100:30008", Place("192.168.59.100", 30008), 30008),
        ("http://[fd00::2]:30081", Place("fd00::2", 30081), 30081),
        ("http://127.0.0.1:61853", Place("127.0.0.1", 61853), None),
        ("http://[::1]:61853", Place("::1", 61853), None),
        ("http://localhost:61853", Place("localhost", 61853), None),
        ("http://192.168.59.100", None, None),
        ("http://192.168.59.100:0", None, None),
        ("http://192.168.59.100:99999", None, None),
        ("No node port", None, None),
        ("", None, None),
    ],
)
def test_a_tunnel_has_no_node_port(url, place, port):
    assert parse_url(url) == place
    assert node_port(url) == port


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (None, "192.168.49.2"),
        (None, "http://192.168.49.2:30008"),
        (None, "host   192.168.49.2"),
        ("kubectl get pods", "192.168.49.2"),
        ("curl -s http://192.168.49.2:30008", "http://192.168.49.2:30008"),
        ("minikube ip", "not an address"),
        ("minikube service web", "http://192.168.49.2:30008"),
        (None, "🚀  Deploying to production"),
        (None, "| a | b |"),
        (None, "! not minikube's"),
        (None, "┌───┬───┐"),
    ],
)
def test_these_are_not_minikubes(command, line):
    assert find([line], 0, Context(command=parse_command(command) if command else None)) is None


bars = st.sampled_from(
    ["|", "│", "|---|", "┌──┬──┐", "├──┼──┤", "└──┴──┘", "| NAMESPACE | NAME | URL |", "│ NAMESPACE │ NAME │ URL │"]
)
lines = st.lists(
    st.one_of(
        bars,
        st.text(max_size=30),
        st.sampled_from(["| default | web | http://10.0.0.1:30000 |", "minikube", "type: Worker", "🏃  x"]),
    )
)
commands = st.sampled_from(
    [
        "",
        "$ minikube service list",
        "$ minikube status",
        "$ minikube ip",
        "$ minikube node list",
        "$ minikube service web --url",
    ]
)


@given(commands, lines)
def test_any_text_is_either_understood_or_unread(command, lines):
    text = "\n".join([command, *lines])
    try:
        found = scan(text)
    except NodePortKitError:  # such as binary data
        return
    understood = {at for finding in found.findings for at in range(finding.start, finding.end)}
    typed = {line - 1 for step in found.steps for line in step.typed}
    unread = {line - 1 for line, _ in found.unread}
    for at, line in enumerate(clean(text)):
        assert not line or at in understood | typed | unread
    for finding in found.findings:
        for part in finding.fragments():
            assert "" not in set(part.rows[part.rows.columns[0]].dropna())
