"""What one types in a terminal to a playground that runs: faults, nodes, load, minikube's questions."""

import csv
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import nodeportkit as npk
from nodeportkit.playground.playground import Playground

BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def state_home(tmp_path_factory):
    """Where a playground with two nodes, begun by a command, is known; it ends with the tests."""
    home = tmp_path_factory.mktemp("state")
    typed(home, "up --nodes 2")
    yield home
    typed(home, "down")


def typed(home, command, code=0, **exported):
    done = subprocess.run(
        [str(BIN / "nodeportkit"), "playground", *command.split()],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "XDG_STATE_HOME": str(home), "PATH": f"{BIN}:{os.environ['PATH']}"} | exported,
    )
    assert code is None or done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def curl(url):
    return subprocess.run(["curl", "-s", "-m", "3", "-o", os.devnull, url], check=False).returncode


def outcomes(printed):
    return {row["outcome"]: row for row in csv.DictReader(io.StringIO(printed))}


def test_a_surprise_breaks_a_service_and_healing_mends_it(state_home):
    said = typed(state_home, "plant selector-mismatch")
    url = re.search(r"http://\S+/", said)[0]
    assert curl(url) == 7  # refused
    assert "refused" in typed(state_home, "load web --connections 10", code=1)
    typed(state_home, "heal")
    assert set(outcomes(typed(state_home, "load web --connections 20 -o csv"))) == {"answered"}
    assert curl(url) == 0
    surprise = typed(state_home, "plant")
    assert re.match(r"A fault is planted in default/web\.", surprise)
    assert not re.search("|".join(typed(state_home, "plant --list").split()), surprise)
    typed(state_home, "reset")


def test_a_node_is_switched_off_and_on(state_home):
    typed(state_home, "plant not-exposed")  # for its service
    typed(state_home, "heal")
    typed(state_home, "stop-node node-2")
    told = typed(state_home, "load web --connections 10 --node node-2", code=1)
    assert "answered" not in told
    typed(state_home, "start-node node-2")
    while "answered" not in typed(state_home, "load web --connections 4 --node node-2 -o csv", code=None):
        pass
    assert 'nodes "node-9" not found' in typed(state_home, "stop-node node-9", code=2)


def test_minikube_is_answered_and_python_finds_the_same_playground(state_home, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(state_home))
    with Playground.attach() as playground:
        assert typed(state_home, "minikube ip") == playground.addresses["node-1"] + "\n"
        assert typed(state_home, "minikube node list") == playground.minikube("node list")
        assert len(playground.cluster().nodes) == 2
    assert "2 of 2 nodes" in typed(state_home, "status")  # letting go does not end it


def test_without_a_playground_it_says_how_to_begin_one(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    for command in ("minikube ip", "plant", "heal", "reset", "load web", "stop-node node-1"):
        said = typed(tmp_path, command, code=2)
        assert said == "nodeportkit: no playground runs. To begin one: nodeportkit playground up\n"
    with pytest.raises(npk.NodePortKitError, match="no playground runs"):
        Playground.attach()


def test_a_command_that_is_not_there_is_told_with_the_nearest(tmp_path):
    assert "Did you mean plant?" in typed(tmp_path, "plat", code=2)


def test_a_shell_that_exports_the_kubeconfig_of_a_playground_means_that_one(state_home, tmp_path):
    path = str(tmp_path / "other")
    typed(state_home, f"up --nodes 1 --kubeconfig {path}")
    assert f"kubeconfig  {path}\n" in typed(state_home, "status", KUBECONFIG=path)
    assert typed(state_home, "minikube node list", KUBECONFIG=path).count("\n") == 1
    # A kubeconfig of anything else leads to no playground: the user's own is meant.
    assert path not in typed(state_home, "status", KUBECONFIG="/nowhere:/else")
    assert typed(state_home, "down", KUBECONFIG=path) == "The playground is gone.\n"
    assert "2 of 2 nodes" in typed(state_home, "status")
