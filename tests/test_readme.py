"""README.md and CONTRIBUTING.md say what is so: their Python runs, their links lead somewhere, their map is the house."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_its_python_runs():
    blocks = re.findall(r"^```python\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})


@pytest.mark.parametrize("text", [README, CONTRIBUTING], ids=["README", "CONTRIBUTING"])
def test_its_links_to_files_lead_there(text):
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("text", [README, CONTRIBUTING], ids=["README", "CONTRIBUTING"])
def test_its_make_targets_are_there(text):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", text, flags=re.MULTILINE))
    assert named
    assert named <= targets


def test_its_map_shows_every_room_there_is():
    rooms = {path.name for path in (ROOT / "nodeportkit").iterdir() if path.suffix == ".py" or path.is_dir()}
    shown = {name.rstrip("/") for name in re.findall(r"`([a-z]+(?:\.py|/))`", README)}
    assert rooms - shown - {"__init__.py", "__main__.py", "__pycache__"} == set()
