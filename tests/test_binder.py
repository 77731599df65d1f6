"""What Binder builds, built here: the pinned requirements in a clean environment, postBuild, the first notebook."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "binder" / "requirements.txt"


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}:\n{done.stdout}"
    return done.stdout


def pins() -> dict[str, str]:
    found = {}
    for line in REQUIREMENTS.read_text().splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            requirement = Requirement(line)
            (specifier,) = requirement.specifier
            assert specifier.operator == "==", line
            found[canonicalize_name(requirement.name)] = specifier.version
    return found


def test_pins_satisfy_what_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pinned = pins()
    extras = project["optional-dependencies"]
    for line in project["dependencies"] + extras["notebook"] + extras["playground"] + extras["live"]:
        wanted = Requirement(line)
        assert pinned[canonicalize_name(wanted.name)] in wanted.specifier, "run: make binder-lock"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files that Binder gets: those that git keeps, and no more."""
    folder = tmp_path / "clone"
    files = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT).split("\0")
    for name in filter(None, files):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.mark.binder
def test_repo2docker_takes_the_folder_as_meant(clone):
    # --no-build needs no container engine: repo2docker detects what the folder is, and writes its Dockerfile.
    said = run(sys.executable, "-m", "repo2docker", "--no-build", "--debug", clone, cwd=clone)
    assert "Building conda environment for python=3.11\n" in said
    assert re.search(r'^RUN \S+/bin/pip install .*-r "binder/requirements\.txt"$', said, flags=re.MULTILINE)
    assert re.search(r"^RUN \./binder/postBuild$", said, flags=re.MULTILINE)


def install_requirements(venv: Path, cwd: Path) -> None:
    """Install the pins into a new environment with pip, as Binder does; uv does the same in a tenth of the time."""
    if shutil.which("uv"):
        run("uv", "venv", "--seed", "--python", sys.executable, venv, cwd=cwd)
        run("uv", "pip", "install", "--python", venv / "bin" / "python", "-r", "binder/requirements.txt", cwd=cwd)
    else:
        run(sys.executable, "-m", "venv", venv, cwd=cwd)
        run(venv / "bin" / "pip", "install", "-r", "binder/requirements.txt", cwd=cwd)


@pytest.mark.binder
def test_the_first_notebook_runs_in_what_binder_builds(clone, tmp_path):
    venv, home = tmp_path / "venv", tmp_path / "home"
    home.mkdir()
    install_requirements(venv, clone)
    there = {"HOME": str(home), "PATH": f"{venv / 'bin'}:{os.environ['PATH']}", "VIRTUAL_ENV": str(venv)}
    run("./binder/postBuild", cwd=clone, **there)
    # The pins are the whole closure, and nothing among them contradicts another.
    assert "No broken requirements found." in run("pip", "check", cwd=clone, **there)
    assert (venv / "share" / "jupyter" / "lab" / "settings" / "overrides.json").is_file()
    # The package that the notebook imports is the one installed, not the folder beside it.
    where = run("python", "-c", "import nodeportkit; print(nodeportkit.__file__)", cwd=home, **there)
    assert where.startswith(str(venv))
    run("jupyter", "execute", "notebooks/00-start-here.ipynb", cwd=clone, **there)  # fails on the first error
