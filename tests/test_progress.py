"""Reports of long work: what is heard while reading, asking and auditing, and that nobody else hears it."""

import json
import threading

import pytest

import nodeportkit as npk
from nodeportkit.auditing import all_checks
from nodeportkit.live.kinds import Kind
from nodeportkit.live.listing import pages
from nodeportkit.progress import heard_by, report, tracked


@pytest.fixture
def heard():
    told = []
    with heard_by(lambda *report: told.append(report)):
        yield told


def long_list():
    pods = [
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"web-{number}", "annotations": {"a": "x" * 900}}}
        for number in range(1500)
    ]
    return json.dumps({"kind": "List", "apiVersion": "v1", "items": pods}, indent=4).encode()


def test_reading_tells_how_many_bytes_are_read(heard, tmp_path):
    path = tmp_path / "pods.json"
    path.write_bytes(long_list())
    npk.read(path)
    of_bytes = [told for told in heard if told[3] == "bytes"]
    assert {(what, total) for what, _, total, _ in of_bytes} == {(f"Reading {path}", path.stat().st_size)}
    done = [done for _, done, _, _ in of_bytes]
    assert done == sorted(done)
    assert len(done) > 10
    assert done[-1] == path.stat().st_size
    assert heard[-1][0] == "Joining what was read"


def test_an_audit_tells_how_many_checks_are_done(heard, fixtures):
    npk.audit(npk.read(fixtures / "real-cluster/objects.json"))
    counts = [(done, total) for what, done, total, _ in heard if what == "Auditing"]
    every = len(all_checks())
    assert counts == [(done, every) for done in range(every + 1)]


class Server:
    """Has 1,200 pods; tells how many are left, or not, as servers do that filter."""

    def __init__(self, *, tells):
        self.tells = tells

    def get(self, path, **query):
        at = int(query.get("continue", 0))
        left = 1200 - at - query["limit"]
        metadata = {"resourceVersion": "7"}
        if left > 0:
            metadata |= {"continue": str(at + query["limit"])} | ({"remainingItemCount": left} if self.tells else {})
        return json.dumps({"metadata": metadata, "path": path}).encode()


@pytest.mark.parametrize(("tells", "total"), [(True, 1200), (False, None)])
def test_pages_tell_how_many_objects_came(heard, tells, total):
    found, version = pages(Server(tells=tells), Kind("Pod", "pods"), None)
    assert (len(found), version) == (3, "7")
    assert heard == [
        ("Asking the cluster", 0, None, "pods"),
        ("Asking the cluster", 500, total, "pods"),
        ("Asking the cluster", 1000, total, "pods"),
    ]


def test_where_nobody_listens_there_is_nothing_between_the_items_and_the_work():
    items = iter("abc")
    assert tracked(items, "Reading", "names") is items


def test_who_listens_hears_no_other_thread_and_nothing_afterwards():
    told = []
    with heard_by(lambda *report: told.append(report)):
        thread = threading.Thread(target=report, args=("elsewhere",))
        thread.start()
        thread.join()
        with heard_by(lambda *_: None):
            report("within")
        report("here")
    report("later")
    assert [what for what, *_ in told] == ["here"]
