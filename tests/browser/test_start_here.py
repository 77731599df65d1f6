"""The first notebook as a learner meets it: run all cells, see the pictures, choose another service."""

import nbformat
import pytest

from strip_notebooks import NOTEBOOKS

pytestmark = pytest.mark.browser

NAME = "00-start-here.ipynb"


def test_pictures_are_seen_and_the_explorer_answers(open_notebook):
    notebook = open_notebook(f"notebooks/{NAME}")
    notebook.run_all()
    assert notebook.errors() == []
    code = [cell.source for cell in nbformat.read(NOTEBOOKS / NAME, as_version=4).cells if cell.cell_type == "code"]
    drawn = sum(source.count(name) for source in code for name in ("plot_chain(", "ChainExplorer(", "ManifestBuilder("))
    before = notebook.wait_for_pictures(drawn)
    assert len(before) == drawn
    notebook.choose("service", "kubernetes")
    after = notebook.wait_for_change(before)
    assert [old == new for old, new in zip(before, after, strict=True)].count(False) == 1
    assert notebook.errors() == []


def test_in_a_narrow_window_words_are_broken_and_what_is_wide_is_scrolled(open_notebook):
    notebook = open_notebook(f"notebooks/{NAME}")
    notebook.run_all()
    notebook.wait_for_pictures(1)
    notebook.page.set_viewport_size({"width": 500, "height": 1000})
    beyond = """words => words.filter(it => it.checkVisibility() && it.scrollWidth > it.closest('.widget-html').clientWidth)
        .map(it => it.innerText)"""
    words = notebook.page.locator(".widget-html .npk p")
    assert words.count() > 0
    assert words.evaluate_all(beyond) == []
    drawn = notebook.page.locator(".npk-picture:has(svg)").first
    assert drawn.evaluate("it => it.scrollWidth > it.clientWidth")
