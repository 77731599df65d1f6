"""Tables that a terminal has wrapped are those that kubectl printed.

The oracle is the print itself: real prints are wrapped here as a terminal does it, and must read as they do unwrapped.
"""

import json
from pathlib import Path

import pytest

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
