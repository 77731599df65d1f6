"""The playground's panel in a real JupyterLab: buttons are clicked, and what they do is seen."""

import nbformat
import pytest
from playwright.sync_api import expect

from browser.jupyterlab import RUN_SECONDS
from strip_notebooks import METADATA

pytestmark = pytest.mark.browser

PANEL = """
import nodeportkit as npk
playground = npk.Playground(speed=10)
playground.kubectl("create deployment web --image=nginx --replicas=2")
playground.kubectl("expose deployment web --type=NodePort --port=80")
playground.kubectl("rollout status deployment web --timeout=60s")
npk.PlaygroundPanel(playground)
"""


@pytest.fixture
def notebook(server, open_notebook):
    cells = [nbformat.v4.new_code_cell(PANEL.strip()), nbformat.v4.new_code_cell("playground.stop()")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=METADATA), server.folder / "panel.ipynb")
    notebook = open_notebook("panel.ipynb")
    yield notebook
    notebook.page.get_by_text("playground.stop()").last.click()
    notebook.page.keyboard.press("Shift+Enter")
    expect(notebook.page.get_by_text("The playground has ended")).to_be_visible(timeout=RUN_SECONDS * 1000)
    assert notebook.errors() == []


def test_a_playground_is_scaled_stopped_and_dialled(notebook):
    page, picture = notebook.page, notebook.page.locator(".npk-picture svg")

    def seen(text, count=None):
        """Wait until the picture has a text; so many times, if that is asked."""
        found = picture.locator("text").filter(has_text=text)
        if count is None:
            expect(found.first).to_be_visible(timeout=RUN_SECONDS * 1000)
        else:
            expect(found).to_have_count(count, timeout=RUN_SECONDS * 1000)

    def button(name):
        return page.locator(".jupyter-button").filter(has_text=name)

    page.get_by_text("create deployment web").first.click()
    page.keyboard.press("Shift+Enter")
    seen("leads to 2 ready pods")
    button("more").click()
    seen("leads to 3 ready pods")
    seen("web-", 3)
    button("send").click()
    seen("Requests: 20 answered")
    seen("came in", 3)
    expect(page.get_by_role("region", name="The last requests")).to_be_visible()
    notebook.choose("node", "node-2")
    button("stop node").click()
    seen("but not on node-2")
    seen("stopped, NotReady")
    expect(button("start node")).to_be_visible()
    notebook.choose("through", "node-2")
    button("send").click()
    seen("20 timed out")
    assert notebook.errors() == []
