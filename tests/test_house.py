"""The rules of the house: who may import whom, how long a module may be, what the public names are."""

import ast
import graphlib
import importlib
import inspect
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import nodeportkit

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "nodeportkit"

# The rooms, each standing on those before it.
ORDER = [
    "errors",
    "untrusted",
    "progress",
    "cells",
    "selectors",
    "frames",
    "kube",
    "cluster",
    "sources",
    "live",
    "validation",
    "chains",
    "standings",
    "traffic",
    "migration",
    "diagnosis",
    "auditing",
    "faults",
    "figures",
    "reports",
    "widgets",
    "playground",
    "course",
    "cli",
    "__main__",
]

# Dear to import or not always installed: first needed when first used.
LAZY = ["IPython", "ipywidgets", "kubernetes", "matplotlib", "yaml"]


def modules() -> dict[str, Path]:
    """Every module of the package by its dotted name, without the front door, which opens to all rooms."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = path
    del found["nodeportkit"]
    return found


MODULES = modules()


def nodes_that_run(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node of a module but those that only a type checker reads."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        yield node
        yield from nodes_that_run(node)


def imported_names(name: str, path: Path) -> Iterator[str]:
    """Every dotted name that a module imports, anywhere in it, relative ones made absolute."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in nodes_that_run(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{source}.{alias.name}" for alias in node.names)


def imported_modules(name: str, path: Path, known: dict[str, Path]) -> set[str]:
    """The modules of the package that a module imports; "nodeportkit" itself where it asks the front door for a name."""
    found = set()
    for wanted in imported_names(name, path):
        if wanted.split(".")[0] == "nodeportkit":
            while wanted not in known and "." in wanted:
                wanted = wanted.rpartition(".")[0]
            found.add(wanted)
    return found - {name}


IMPORTS = {name: imported_modules(name, path, MODULES) for name, path in MODULES.items()}


def room(module: str) -> str:
    return module.split(".")[1]


def test_every_module_stands_in_a_room_of_the_house():
    assert {room(name) for name in MODULES} <= set(ORDER)


def test_a_module_imports_only_what_stands_above_it():
    wrong = [
        f"{name} imports {other}"
        for name, others in IMPORTS.items()
        for other in others
        if other == "nodeportkit" or ORDER.index(room(other)) > ORDER.index(room(name))
    ]
    assert not wrong


def test_no_module_imports_itself_by_way_of_others():
    graphlib.TopologicalSorter(IMPORTS).prepare()  # raises CycleError, which names the circle


def test_the_tests_above_see_what_they_look_for(tmp_path):
    paths = {}
    for name, text in {
        "nodeportkit.sources.tables": "from . import lines\nfrom ..cells import parse_age\nimport pandas as pd",
        "nodeportkit.sources.lines": (
            "if TYPE_CHECKING:\n    from nodeportkit import cells\n"
            "def late():\n    from nodeportkit.sources import tables"
        ),
        "nodeportkit.cells": "from nodeportkit import parse_age\nimport nodeportkit.sources.tables as t",
    }.items():
        paths[name] = tmp_path / f"{name}.py"
        paths[name].write_text(text)
    found = {name: imported_modules(name, path, paths) for name, path in paths.items()}
    assert found == {
        "nodeportkit.sources.tables": {"nodeportkit.sources.lines", "nodeportkit.cells"},
        "nodeportkit.sources.lines": {"nodeportkit.sources.tables"},
        "nodeportkit.cells": {"nodeportkit", "nodeportkit.sources.tables"},
    }
    with pytest.raises(graphlib.CycleError):
        graphlib.TopologicalSorter(found).prepare()


def test_a_module_fits_on_a_few_screens():
    long = {name: count for name, path in MODULES.items() if (count := len(path.read_bytes().splitlines())) > 400}
    assert not long


def test_public_names_are_there_and_say_what_they_are():
    npk = importlib.import_module("nodeportkit")
    assert len(set(npk.__all__)) == len(npk.__all__)
    for name in npk.__all__:
        value = getattr(npk, name)
        assert name in dir(npk)
        if inspect.isclass(value) or inspect.isroutine(value):
            assert inspect.getdoc(value), f"{name} has no docstring"


def test_each_public_name_stands_in_all_places_of_the_front_door():
    npk = importlib.import_module("nodeportkit")
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    for_checkers = next(it for it in tree.body if isinstance(it, ast.If) and ast.unparse(it.test) == "TYPE_CHECKING")
    imported = {
        alias.asname: (node.module.removeprefix("nodeportkit."), alias.name)
        for node in for_checkers.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert imported == {name: (home, name) for name, home in npk._HOMES.items()}
    assert set(npk.__all__) == set(imported)


def test_the_front_door_opens_fast():
    code = f"import json, sys, nodeportkit; print(json.dumps([m for m in {LAZY} if m in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True, cwd=ROOT)
    assert json.loads(done.stdout) == []


def test_the_package_says_that_it_is_typed():
    assert (PACKAGE / "py.typed").is_file()


@pytest.mark.parametrize("name", ["ChainExplorer", "PlaygroundPanel"])
def test_a_name_that_needs_more_than_is_installed_says_what_to_install(name):
    code = f"import sys; sys.modules['ipywidgets'] = None; from nodeportkit import {name}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == (
        f"ModuleNotFoundError: {name} needs ipywidgets. Install it: pip install 'nodeportkit[notebook]'"
    )


def test_every_extra_that_is_named_brings_what_it_is_named_for():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    brought = {extra: {re.match(r"[\w-]+", one)[0] for one in wanted} for extra, wanted in extras.items()}
    brought["notebook"].add("IPython")  # by ipykernel
    assert all(package in brought[extra] for package, extra in nodeportkit._EXTRAS.items())
