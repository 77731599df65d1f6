"""The harness sees what a person would see: an error is an error, also inside a widget; a picture changes."""

import nbformat
import pytest

from strip_notebooks import METADATA

pytestmark = pytest.mark.browser

LESSON = [
    """
import ipywidgets as widgets
picture = widgets.HTML()
service = widgets.Dropdown(options=["web", "api"], description="service")
def draw(change=None):
    picture.value = f'<svg width="300" height="80"><text x="9" y="40">{service.value}</text></svg>'
service.observe(draw, "value")
draw()
widgets.VBox([service, picture])
""",
    "out = widgets.Output()\nwith out:\n    1 / 0\nout",
    "2 / 0",
]


@pytest.fixture
def lesson(server):
    cells = [nbformat.v4.new_code_cell(source.strip()) for source in LESSON]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=METADATA), server.folder / "lesson.ipynb")
    return "lesson.ipynb"


def test_errors_pictures_and_widgets_are_seen(open_notebook, lesson):
    notebook = open_notebook(lesson)
    notebook.run_all()
    assert [text.count("ZeroDivisionError") > 0 for text in notebook.errors()] == [True, True]
    before = notebook.wait_for_pictures(1)
    assert len(before) == 1
    assert "web" in before[0]
    notebook.choose("service", "api")
    after = notebook.wait_for_change(before)
    assert "api" in after[0]
