"""Keep notebooks in the repository stripped: what a cell says, not what one run of it gave.

``python scripts/strip_notebooks.py`` strips every notebook in notebooks/. A test holds that they are.
"""

import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
# Without a kernelspec JupyterLab asks for one in a dialog before anything can be clicked. It names no minor version of
# Python, so that opening a notebook elsewhere changes nothing.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# What a cell may say about itself: tags (nbclient's and papermill's), and how lessons show and protect it.
CELL_METADATA = {"tags", "editable", "deletable", "slideshow", "jupyter"}


def notebook_paths(folder: Path = NOTEBOOKS) -> list[Path]:
    """Give the notebooks of a folder and its folders, in the order of their names."""
    return sorted(path for path in folder.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)


def stripped(text: str) -> str:
    """Give a notebook's text without outputs, execution counts and widget state, laid out as Jupyter lays it out."""
    notebook = nbformat.reads(text, as_version=4)
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata = {key: value for key, value in cell.metadata.items() if key in CELL_METADATA}
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
    return nbformat.writes(notebook) + "\n"


def main() -> None:
    for path in notebook_paths():
        text = path.read_text(encoding="utf-8")
        if (clean := stripped(text)) != text:
            path.write_text(clean, encoding="utf-8")
            print("stripped", path.relative_to(ROOT), file=sys.stderr)


if __name__ == "__main__":
    main()
