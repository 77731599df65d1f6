"""The builder of manifests in a real JupyterLab: a field and the YAML are changed with the keyboard, and follow each other."""

import re

import nbformat
import pytest
from playwright.sync_api import expect

from strip_notebooks import METADATA

pytestmark = pytest.mark.browser

BUILDER = """
import nodeportkit as npk
npk.ManifestBuilder(npk.read('''
NAME     STATUS   ROLES    AGE   VERSION   INTERNAL-IP
node-1   Ready    <none>   5d    v1.36.0   192.168.1.2

NAMESPACE   NAME    READY   STATUS    RESTARTS   AGE   IP           NODE     LABELS
shop        web-0   1/1     Running   0          5d    10.244.1.4   node-1   app=web,tier=front
shop        web-1   1/1     Running   0          5d    10.244.1.5   node-1   app=web,tier=front
shop        db-0    1/1     Running   0          5d    10.244.1.6   node-1   app=db
'''))
"""


def test_fields_and_yaml_follow_each_other(server, open_notebook):
    cells = [nbformat.v4.new_code_cell(BUILDER.strip())]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=METADATA), server.folder / "builder.ipynb")
    notebook = open_notebook("builder.ipynb")
    notebook.run_all()
    page, before = notebook.page, notebook.wait_for_pictures(1)
    text = page.locator(".npk-yaml textarea")
    expect(page.get_by_text("2 pods match")).to_be_visible()

    # A field: the YAML, the answer and the picture follow.
    page.get_by_label("node port").fill("8080")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The API server would refuse this: 1 thing to mend.")).to_be_visible()
    expect(text).to_have_value(re.compile("nodePort: 8080"))
    page.get_by_label("node port").fill("30080")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The API server would accept this.")).to_be_visible()
    assert "30080" in notebook.wait_for_change(before)[0]

    # The YAML: the fields and the count of pods follow.
    text.fill(text.input_value().replace("app: web", "app: wep"))
    page.keyboard.press("Tab")
    expect(page.get_by_label("=")).to_have_value("wep")
    expect(page.get_by_text("no pod matches").first).to_be_visible()
    assert notebook.errors() == []
