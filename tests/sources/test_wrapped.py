"""Tables that a terminal has wrapped are those that kubectl printed.

The oracle is the print itself: real prints are wrapped here as a terminal does it, and must read as they do unwrapped.
"""

import json
from pathlib import Path

import pytest

from nodeportkit import read
from nodeportkit.sources.tables import read_tables

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
REAL = FIXTURES / "real-cluster" / "text"


def wrapped(text, width):
    """As a terminal of this width shows it, and copying drops the blanks at the ends of its lines."""
    lines = text.split("\n")
    return "\n".join(line[at : at + width].rstrip() for line in lines for at in range(0, len(line) or 1, width))


def told(text):
    return [(table.kind, list(table.frame.columns), table.frame.to_numpy().tolist()) for table in read_tables(text)]


def test_a_session_in_windows_of_80_and_100_columns():
    expected = json.loads((FIXTURES / "wrapped" / "wrapped-by-the-terminal.json").read_text(encoding="utf-8"))["tables"]
    tables = read_tables((FIXTURES / "wrapped" / "wrapped-by-the-terminal.txt").read_text(encoding="utf-8"))
    assert [(table.kind, table.line) for table in tables] == [(table["kind"], table["line"]) for table in expected]
    assert [table.frame.to_numpy().tolist() for table in tables] == [table["rows"] for table in expected]
    assert [list(table.frame.columns) for table in tables] == [table["columns"] for table in expected]


@pytest.mark.parametrize("width", [72, 80, 94, 100, 119, 132])
@pytest.mark.parametrize("name", sorted(path.stem for path in REAL.glob("*-get-*.txt")))
def test_a_real_print_reads_as_it_does_unwrapped(name, width):
    text = (REAL / f"{name}.txt").read_text(encoding="utf-8")
    found, expected = told(wrapped(text, width)), told(text)
    if found != expected:
        # What cannot be told apart stays unread: no cell is made up.
        cells = {cell for _, _, rows in expected for row in rows for cell in row}
        made_up = [
            cell for kind, _, rows in found if kind != "unknown" for row in rows for cell in row if cell not in cells
        ]
        assert not made_up


def test_a_description_in_a_narrow_window():
    text = """\
$ kubectl describe svc web
Name:              web
Namespace:         shop
Selector:          app=web
Type:              NodePort
IP:                10.96.0.9
Port:              <unset>  80/TCP
TargetPort:        8080/TCP
NodePort:          <unset>  30080/TCP
Endpoints:         10.244.1.10:8080,10.244.1.11:8080,10.244.2.12:8080
Session Affinity:  None
Events:            <none>
Bye
"""
    for width in range(45, 69):
        cluster = read(wrapped(text, width))
        assert cluster.endpoints["address"].tolist() == ["10.244.1.10", "10.244.1.11", "10.244.2.12"], width
        assert cluster.ports["node_port"].tolist() == [30080]
        assert cluster.unread["text"].tolist() == ["Bye"]


def test_half_an_address_is_none():
    cluster = read("Name:              web\nNamespace:         shop\nEndpoints:         10.244.1.10:8080,10.244.\n")
    assert "10.244." not in cluster.endpoints["address"].tolist()
