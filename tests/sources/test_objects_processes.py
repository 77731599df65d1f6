"""Long lists read by several processes: they tell what they tell where one reads them, whatever becomes of the others."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nodeportkit as npk
from nodeportkit.frames import SCHEMAS
from nodeportkit.sources.objects.json import lists, processes, read
from nodeportkit.sources.objects.json.read import read_json

REAL = Path(__file__).resolve().parent.parent / "fixtures" / "real-cluster" / "objects.json"
ITEMS = json.loads(REAL.read_bytes())["items"]
PODS = [item for item in ITEMS if item["kind"] == "Pod"]
STYLES = [{"indent": 4}, {"separators": (",", ":")}]


@pytest.fixture(autouse=True)
def short_lists_are_long(monkeypatch):
    monkeypatch.setattr(lists, "_SHORTEST", 1)
    monkeypatch.setattr(lists, "_PIECE", 4000)
    monkeypatch.setattr("nodeportkit.sources.origins._LARGE", 1)


@pytest.fixture
def answers(monkeypatch):
    """How much each process told: all, some or nothing of what it was given."""
    given = []
    plain = processes.SpanProcess.answer

    def answer(process):
        columns, left = plain(process)
        some = columns is not None and columns.parts
        given.append("all" if some and not len(left) else "some" if some else "nothing")
        return columns, left

    monkeypatch.setattr(processes.SpanProcess, "answer", answer)
    return given


def listed(items, *, kind="List", **style):
    """A list as kubectl writes it, or with separators as the API server does, which has the metadata first."""
    items = [{"kind": item.get("kind"), "metadata": item["metadata"], **item} for item in items]
    return json.dumps({"apiVersion": "v1", "items": items, "kind": kind, "metadata": {"resourceVersion": ""}}, **style)


def read_by(count, source, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(read, "processes_for", lambda _: count)
        return npk.read(source) if isinstance(source, str | Path) else read_json(source)


def same(one, other):
    for name in SCHEMAS:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    pd.testing.assert_frame_equal(one.unread[["line", "text"]], other.unread[["line", "text"]])
    assert one.proxy == other.proxy
    assert one.collected == other.collected


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("count", [2, 4])
@pytest.mark.parametrize("kind", ["Pod", "Service", "EndpointSlice", "Node"])
def test_processes_read_what_one_reads(kind, count, style, monkeypatch, tmp_path, answers):
    items = [item for item in ITEMS if item["kind"] == kind]
    many = [
        {**one, "metadata": {**one["metadata"], "name": f"{one['metadata']['name']}-{i}"}}
        for i in range(9)
        for one in items
    ]
    text = listed(many, **style)
    path = tmp_path / "list.json"
    path.write_text(text, "utf-8")
    alone = read_by(1, text, monkeypatch)
    assert not answers
    same(read_by(count, path, monkeypatch), alone)  # from the file
    same(read_by(count, text, monkeypatch), alone)  # through a pipe
    assert answers == ["all"] * 2 * (count - 1)


def test_what_components_are_told_is_known_from_another_process_too(monkeypatch, answers):
    flags = ["--proxy-mode=nftables", "--cluster-cidr=10.9.0.0/16"]
    proxy = {
        "metadata": {"name": "kube-proxy-x", "namespace": "kube-system"},
        "spec": {"containers": [{"name": "kube-proxy", "command": ["kube-proxy", *flags]}]},
    }
    text = listed([*PODS, proxy], kind="PodList", indent=4)
    cluster = read_by(2, text, monkeypatch)
    assert answers == ["all"]
    assert (cluster.proxy.mode, cluster.proxy.cluster_cidrs) == ("nftables", ("10.9.0.0/16",))


def test_items_of_other_kinds_are_read_here(monkeypatch, answers):
    configs = [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"c-{i}"}} for i in range(40)]
    for items, told in (
        ([*PODS * 20, *configs], "some"),
        ([*PODS, *configs, *configs], "nothing"),
        ([*configs, *PODS * 20], "all"),
        (PODS + ITEMS + PODS, None),
    ):
        text = listed(items, indent=4)
        same(read_by(2, text, monkeypatch), read_by(1, text, monkeypatch))
        assert told in (answers.pop(), None)
        same(read_by(4, text, monkeypatch), read_by(1, text, monkeypatch))
        answers.clear()


@pytest.mark.parametrize("style", STYLES)
def test_a_field_that_does_not_fit_is_named_with_its_line_wherever_it_is_read(style, monkeypatch, answers):
    wrong = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "wrong"}, "spec": {"hostNetwork": "yes"}}
    text = listed([*PODS * 20, wrong, *PODS[:2]], **style)
    with pytest.raises(npk.ReadError, match=r"Pod wrong: .*hostNetwork") as raised:
        read_by(2, text.encode(), monkeypatch)
    assert answers == ["some"]
    assert '"hostNetwork": "yes"' in text.replace(":", ": ").replace(":  ", ": ").split("\n")[raised.value.line - 1]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 60), st.sampled_from(["", "}", "]", '"', ",", "\0", "[", "{"]))
def test_a_damaged_list_is_what_it_is_where_one_reads_it(at, length, instead):
    text = listed(PODS, indent=4)
    at %= len(text)
    damaged = (text[:at] + instead + text[at + length :]).encode()
    found = []
    for count in (1, 2):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(read, "processes_for", lambda _, count=count: count)
            try:
                objects = read_json(damaged)
                found.append([(f.frame, f.rows.to_dict("list")) for f in objects.fragments])
            except npk.NodePortKitError as error:
                found.append([str(error)])
    assert found[0] == found[1]


def killed(process):
    os.kill(process._process.pid, signal.SIGKILL)


def not_started(*_given, **_more):
    raise BlockingIOError("Resource temporarily unavailable")


@pytest.mark.parametrize("trouble", ["killed", "not started", "not python", "speaks of other things"])
def test_what_a_process_does_not_tell_is_read_here(trouble, monkeypatch, tmp_path, answers):
    text = listed(PODS * 3, indent=4)
    path = tmp_path / "pods.json"
    path.write_text(text, "utf-8")
    alone = read_by(1, path, monkeypatch)
    if trouble == "killed":
        plain = processes.SpanProcess.__init__
        monkeypatch.setattr(processes.SpanProcess, "__init__", lambda *given: plain(*given) or killed(given[0]))
    elif trouble == "not started":
        monkeypatch.setattr(processes.subprocess, "Popen", not_started)
    else:
        program = tmp_path / "python"
        program.write_text("#!/bin/sh\n" + ("exit 1" if trouble == "not python" else "echo hello; cat >/dev/null"))
        program.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(program))
    for source in (path, text):
        same(read_by(3, source, monkeypatch), alone)
    assert answers == ["nothing"] * 4


def test_a_file_that_was_replaced_meanwhile_is_read_as_it_was(monkeypatch, tmp_path, answers):
    path = tmp_path / "pods.json"
    path.write_text(listed(PODS * 3, indent=4), "utf-8")
    before = read_by(1, path, monkeypatch)
    plain = read.SpanProcess

    def replaced_first(*given):
        new = tmp_path / "new"
        new.write_text(listed(list(reversed(PODS * 3)), indent=4), "utf-8")
        new.rename(path)
        return plain(*given)

    monkeypatch.setattr(read, "SpanProcess", replaced_first)
    same(read_by(2, path, monkeypatch), before)
    assert answers == ["all"]


def test_no_process_outlives_an_error(monkeypatch):
    started = []
    plain = processes.subprocess.Popen
    monkeypatch.setattr(
        processes.subprocess, "Popen", lambda *given, **more: started.append(plain(*given, **more)) or started[-1]
    )
    wrong = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "wrong"}, "spec": {"hostNetwork": "yes"}}
    with pytest.raises(npk.ReadError):
        read_by(3, listed([wrong, *PODS * 9], indent=4).encode(), monkeypatch)
    assert len(started) == 2
    assert all(process.returncode is not None for process in started)


def test_the_process_needs_none_of_what_is_dear_to_import():
    dear = ["pandas", "numpy", "yaml", "matplotlib", "asyncio"]
    code = (
        f"import sys, {processes.__name__} as p; p.kind_of('v1', 'Pod'); print([n for n in {dear} if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_there_are_as_many_processes_as_processors_and_work(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    for processors, size, count in (
        (8, 1 << 20, 1),
        (8, 60 << 20, 2),
        (8, 400 << 20, 4),
        (2, 400 << 20, 2),
        (1, 400 << 20, 1),
        (None, 400 << 20, 1),
    ):
        monkeypatch.setattr(os, "cpu_count", lambda processors=processors: processors)
        assert processes.processes_for(size) == count
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert processes.processes_for(400 << 20) == 1
    monkeypatch.delattr(sys, "frozen")
    monkeypatch.setattr(sys, "executable", "")
    assert processes.processes_for(400 << 20) == 1
