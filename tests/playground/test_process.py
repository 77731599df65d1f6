"""Playgrounds as processes: begun, found again, killed, in each other's way, and ended."""

import fcntl
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

import nodeportkit as npk
from nodeportkit.playground.playground import Playground
from nodeportkit.playground.process.pids import end, start_time

from .conftest import KUBECTL

BIN = Path(sys.executable).parent


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Runs `nodeportkit playground ...` with a state folder of its own; everything ends with the test."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    files = []

    def run(*arguments, code=0):
        if "--kubeconfig" in arguments:
            files.append(arguments[arguments.index("--kubeconfig") + 1])
        words = [str(BIN / "nodeportkit"), "playground", *map(str, arguments)]
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    run.folder = tmp_path / "state/nodeportkit"
    yield run
    for options in ([], *(["--kubeconfig", file] for file in files)):
        subprocess.run(
            [str(BIN / "nodeportkit"), "playground", "down", *map(str, options)], capture_output=True, check=False
        )


def state(command, name="default"):
    return json.loads((command.folder / name / "state.json").read_text())


def exports(printed):
    return dict(re.findall(r"^export (\w+)=(\S+)$", printed, flags=re.MULTILINE))


def nodes(environment):
    return subprocess.run(
        [KUBECTL, "get", "nodes", "-o", "jsonpath={.items[*].status.addresses[0].address}"],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
        env={**os.environ, **environment},
    ).stdout.split()


def clock(environment, name):
    """What time it is in the playground: when a namespace is made there."""
    asked = [KUBECTL, "create", "namespace", name, "-o", "jsonpath={.metadata.creationTimestamp}"]
    made = subprocess.run(
        asked, capture_output=True, text=True, timeout=30, check=True, env={**os.environ, **environment}
    )
    return datetime.fromisoformat(made.stdout).timestamp()


def test_up_status_and_down(command):
    assert "To begin: nodeportkit playground up" in command("status", code=1)
    found = exports(command("up", "--nodes", 2, "--speed", 50))
    assert len(nodes(found)) == 2
    began, real = clock(found, "sooner"), time.monotonic()
    clock(found, "meanwhile")
    real = time.monotonic() - real  # of our seconds; there, fifty times as many
    assert clock(found, "later") - began >= 50 * real - 2
    kubeconfig = Path(found["KUBECONFIG"])
    assert stat.S_IMODE(kubeconfig.stat().st_mode) == 0o600
    assert stat.S_IMODE(kubeconfig.parent.stat().st_mode) == 0o700
    assert Path(found["KUBECACHEDIR"]).parent == kubeconfig.parent
    assert "2 of 2 nodes ready" in command("status")
    again = command("up")
    assert "runs already" in again
    assert exports(again) == found
    pid = state(command)["pid"]
    resident = int(re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())[1])
    assert resident < 150 * 1024  # what Binder has room for beside a notebook
    assert command("down") == "The playground is gone.\n"
    assert not kubeconfig.parent.exists()
    assert start_time(pid) is None
    command("down", code=1)


def test_two_at_once_have_addresses_of_their_own_and_files_that_are_not_theirs_are_left(command, tmp_path):
    first, second = (exports(command("up", "--kubeconfig", tmp_path / name)) for name in ("one", "two"))
    assert not set(nodes(first)) & set(nodes(second))
    precious = tmp_path / "config"
    precious.write_text("apiVersion: v1\n")
    assert "no playground made it" in command("up", "--kubeconfig", precious, code=2)
    assert precious.read_text() == "apiVersion: v1\n"
    command("down", "--kubeconfig", tmp_path / "one")
    assert not (tmp_path / "one").exists()
    assert nodes(second)


def test_after_a_kill_the_next_start_cleans_up_and_a_number_that_another_has_by_now_is_let_be(command):
    command("up")
    killed = state(command)
    os.kill(killed["pid"], signal.SIGKILL)
    while start_time(killed["pid"]) is not None:
        time.sleep(0.02)
    assert "No playground runs" in command("status", code=1)
    # The number now belongs to somebody else: this test.
    (command.folder / "default/state.json").write_text(json.dumps({**killed, "pid": os.getpid()}))
    command("down", code=1)
    found = exports(command("up"))
    assert len(nodes(found)) == 3
    assert state(command)["pid"] != killed["pid"]


def test_what_keeps_it_from_beginning_is_one_line(command, tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = command("up", "--port", port, code=2)
    assert said == f"nodeportkit: the playground cannot begin: port {port}: Address already in use\n"
    assert not (command.folder / "default").exists()
    blocked = tmp_path / "file"
    blocked.write_text("")
    said = command("up", "--kubeconfig", blocked / "config", code=2)
    assert len(said.splitlines()) == 1
    assert f"{blocked}: File exists" in said


@pytest.mark.usefixtures("command")
def test_a_full_disk_is_told(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    kubeconfig = folder / "config"
    # A limit of the size of files has the same end as a disk that is full: the file cannot be written whole.
    words = f"ulimit -f 0; exec {BIN / 'nodeportkit'} playground up --kubeconfig {kubeconfig}"
    done = subprocess.run(["sh", "-c", words], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "cannot begin" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not kubeconfig.exists()


def test_only_the_process_that_began_then_is_ended():
    sleeping = subprocess.Popen(["sleep", "60"])
    try:
        began = start_time(sleeping.pid)
        end(sleeping.pid, "0", seconds=0.1)
        assert sleeping.poll() is None
        end(sleeping.pid, began, seconds=2)
        assert sleeping.wait(timeout=2) == -signal.SIGTERM
    finally:
        sleeping.kill()
        sleeping.wait()


def test_a_playground_ends_with_the_program_that_made_it(tmp_path):
    program = "import nodeportkit as npk, os, sys; p = npk.Playground(); print(p.kubeconfig, flush=True); os.kill(os.getpid(), 9)"
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False, env=environment
    )
    folder = Path(done.stdout.strip()).parent
    until = time.monotonic() + 15
    while folder.exists():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_what_was_killed_together_with_its_program_is_swept_away_by_the_next_start(tmp_path):
    program = "import nodeportkit as npk; p = npk.Playground(); print(p._state.pid, p.kubeconfig, flush=True); input()"
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as made:
        pid, kubeconfig = made.stdout.readline().split()
        # Both at once: stopped first, so that neither notices the other's end.
        os.kill(int(pid), signal.SIGSTOP)
        made.kill()
        os.kill(int(pid), signal.SIGKILL)
        made.wait()
    while start_time(int(pid)) is not None:
        time.sleep(0.02)
    left = Path(kubeconfig).parent
    assert left.exists()
    (left.parent / ".notebook-begins.lock").touch()
    (left.parent / "notebook-begins").mkdir()
    with (left.parent / ".notebook-begins.lock").open("w") as begins:  # another that begins at this moment
        fcntl.flock(begins, fcntl.LOCK_EX)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_STATE_HOME", str(tmp_path))
            with Playground(nodes=1) as mine, Playground(nodes=1) as other:
                assert not left.exists()
                assert not (left.parent / f".{left.name}.lock").exists()
                assert (left.parent / "notebook-begins").exists()
                assert mine.running  # the start of the other let it be
                assert other.running


@pytest.fixture(scope="module")
def playground(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        with Playground(speed=5) as made:
            yield made
    assert repr(made) == "Playground(stopped)"


def test_real_load_spreads_as_shares_foretell(playground):
    playground.kubectl("create deployment even --image=httpd --replicas=3")
    playground.kubectl("expose deployment even --type=NodePort --port=80")
    playground.kubectl("rollout status deployment/even --timeout=30s")
    until = time.monotonic() + 15
    while set(playground.load("even", 9)["pod"].dropna()) == set():
        assert time.monotonic() < until
    found = playground.load("even", 240, clients=8)
    assert found["connections"].sum() == 240
    assert set(found["outcome"]) == {"answered"}
    assert set(found["node"]) == {"node-1", "node-2", "node-3"}
    assert found["client"].nunique() == 8
    cluster = playground.cluster()
    assert set(found["pod"]) == set(cluster.pods["name"])
    assert npk.compare(npk.shares(cluster, "even"), found).p > 1e-6
    with pytest.raises(npk.NotFound, match="default/even"):
        playground.load("evn")
    playground.reset()


def test_use_lets_whatever_is_started_talk_to_it_and_stop_puts_the_environment_back(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("KUBECONFIG", "mine")
    monkeypatch.delenv("KUBECACHEDIR", raising=False)
    with Playground(nodes=1).use():
        done = subprocess.run(
            ["kubectl", "get", "nodes", "-o", "name"], capture_output=True, text=True, check=True, timeout=30
        )
        assert done.stdout == "node/node-1\n"
    assert os.environ["KUBECONFIG"] == "mine"
    assert "KUBECACHEDIR" not in os.environ
