"""Every notebook runs from top to bottom without an error, and is kept without what one run of it gave."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbclient
import nbformat
import pytest

import strip_notebooks

PATHS = strip_notebooks.notebook_paths()
IDS = [path.relative_to(strip_notebooks.NOTEBOOKS).as_posix() for path in PATHS]
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def run_notebook(path: Path) -> nbformat.NotebookNode:
    """Run a notebook in its folder and give it back with its outputs and the state of its widgets."""
    notebook = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=300, allow_errors=True, resources={"metadata": {"path": str(path.parent)}}
    )
    return client.execute()


def complaints(notebook: nbformat.NotebookNode) -> Iterator[str]:
    """Everything that went wrong in a run, also what an Output widget caught and nobody saw."""
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    for widgets in notebook.metadata.get("widgets", {}).values():
        for model in widgets["state"].values():
            outputs += [nbformat.from_dict(output) for output in model["state"].get("outputs", ())]
    for output in outputs:
        if output.output_type == "error":
            yield COLOURS.sub("", "\n".join([f"{output.ename}: {output.evalue}", *output.traceback]))
        elif output.output_type == "stream" and output.name == "stderr":
            yield output.text


def test_there_are_notebooks():
    assert "00-start-here.ipynb" in IDS


@pytest.mark.parametrize("path", PATHS, ids=IDS)
def test_notebook_is_stripped(path):
    text = path.read_text(encoding="utf-8")
    assert text == strip_notebooks.stripped(text), "run: make strip"


@pytest.mark.notebook
@pytest.mark.parametrize("path", PATHS, ids=IDS)
def test_notebook_runs(path, tmp_path):
    # In a copy: a lesson may write files, and must need nothing from outside its folder.
    folder = tmp_path / "notebooks"
    shutil.copytree(strip_notebooks.NOTEBOOKS, folder)
    found = list(complaints(run_notebook(folder / path.relative_to(strip_notebooks.NOTEBOOKS))))
    assert not found, "\n\n".join(found)


def notebook_of(*sources: str) -> nbformat.NotebookNode:
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return nbformat.v4.new_notebook(cells=cells, metadata=strip_notebooks.METADATA)


@pytest.mark.notebook
@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("out = widgets.Output()\nwith out:\n    1 / 0", "ZeroDivisionError"),
        (
            "button = widgets.Button()\nbutton.on_click(lambda _: print('slow', file=sys.stderr))\nbutton.click()",
            "slow",
        ),
    ],
    ids=["in a cell", "in an Output widget", "on stderr"],
)
def test_a_notebook_that_fails_is_seen_to_fail(source, complaint, tmp_path):
    path = tmp_path / "fails.ipynb"
    nbformat.write(notebook_of("import sys\nimport ipywidgets as widgets", source, "'the end'"), path)
    found = list(complaints(run_notebook(path)))
    assert len(found) == 1
    assert complaint in found[0]


def test_stripping_leaves_what_cells_say():
    notebook = notebook_of("1 + 1")
    cell = notebook.cells[0]
    cell.outputs = [nbformat.v4.new_output("stream", text="2")]
    cell.execution_count = 7
    cell.metadata = nbformat.from_dict({"tags": ["exercise"], "collapsed": True})
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    clean = nbformat.reads(strip_notebooks.stripped(nbformat.writes(notebook)), as_version=4)
    assert clean.metadata == strip_notebooks.METADATA
    assert clean.cells[0].source == "1 + 1"
    assert clean.cells[0].metadata == {"tags": ["exercise"]}
    assert clean.cells[0].outputs == []
    assert clean.cells[0].execution_count is None
