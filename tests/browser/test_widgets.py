"""Each widget in a real JupyterLab: a control is changed with the keyboard, and the picture follows."""

import nbformat
import pytest
from playwright.sync_api import expect

from strip_notebooks import METADATA

pytestmark = pytest.mark.browser

WIDGETS = [
    "import nodeportkit as npk\nnpk.TrafficExplorer()",
    """
cluster = npk.TrafficExplorer().cluster
services = cluster.services.assign(external_traffic_policy=["Local"])
ends = cluster.endpoints[cluster.endpoints["node"] != "node-3"]
cluster = cluster.replace(services=services, endpoints=ends)
npk.ReachMatrix(cluster)
""",
    "npk.PacketStepper(cluster)",
    "npk.plot_nodes(cluster, 'web')",
]


@pytest.fixture
def notebook(server, open_notebook):
    cells = [nbformat.v4.new_code_cell(source.strip()) for source in WIDGETS]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=METADATA), server.folder / "widgets.ipynb")
    notebook = open_notebook("widgets.ipynb")
    notebook.run_all()
    assert notebook.errors() == []
    return notebook


def test_widgets_answer_the_keyboard(notebook):
    page, before = notebook.page, notebook.wait_for_pictures(4)
    assert len(before) == 4

    def changes(which):
        """Wait until a picture changes, and tell that it is this one alone."""
        nonlocal before
        after = notebook.wait_for_change(before)
        assert [old == new for old, new in zip(before, after, strict=True)] == [i != which for i in range(4)]
        before = after
        return after[which]

    # The explorer of traffic: a slider, a dropdown, a field and a button.
    page.get_by_role("slider").first.focus()
    page.keyboard.press("ArrowRight")
    assert "10,000 connections" in changes(0)
    page.get_by_role("button", name="Local", exact=True).focus()
    page.keyboard.press("Enter")
    assert "externalTrafficPolicy: Local" in changes(0)
    page.get_by_label("node-3: pods", exact=True).focus()
    page.keyboard.press("ArrowDown")
    assert "web-5" in before[0]
    assert "web-5" not in changes(0)
    again = page.get_by_role("button", name="throw the dice again")
    again.focus()
    page.keyboard.press("Enter")
    changes(0)

    # The matrix: its cells are buttons.
    expect(page.get_by_role("button", name="timeout")).to_have_count(1)
    page.get_by_role("button", name="answers, 3 pods").first.focus()
    page.keyboard.press("Enter")
    assert "send it to one of 3" in changes(1)

    # The stepper: a button, and the slider beside it.
    page.get_by_role("button", name="next").focus()
    page.keyboard.press("Enter")
    assert "1. It is for" in changes(2)
    page.get_by_role("slider").last.focus()
    page.keyboard.press("ArrowRight")
    assert "2. " in changes(2)
    assert notebook.errors() == []
