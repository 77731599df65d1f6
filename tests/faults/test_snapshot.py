"""The shipped snapshot: what was planted in it is what an audit of it finds."""

import gzip
import json
from collections import Counter

import pytest

import audit_snapshot
import nodeportkit as npk


@pytest.fixture(scope="module")
def cluster():
    return npk.Cluster.load(audit_snapshot.SNAPSHOT)


@pytest.fixture(scope="module")
def planted():
    return json.loads(audit_snapshot.PLANTED.read_text(encoding="utf-8"))


def test_it_is_what_its_script_writes(tmp_path, planted):
    made, listed = audit_snapshot.snapshot()
    hint = "run: python scripts/audit_snapshot.py"
    assert listed == planted, hint
    again = json.loads(gzip.decompress(made.save(tmp_path / "again.json.gz").read_bytes()))
    kept = json.loads(gzip.decompress(audit_snapshot.SNAPSHOT.read_bytes()))
    for frame, columns in kept["frames"].items():  # frames and columns may have come since
        assert columns == {name: again["frames"][frame][name] for name in columns}, hint


def test_it_has_the_size_it_says(cluster):
    assert (len(cluster.nodes), len(cluster.services), len(cluster.pods)) == (12, 60, 300)
    assert audit_snapshot.SNAPSHOT.stat().st_size < 150_000


def test_each_service_asked_about_without_a_symptom_names_its_own_fault_first(cluster, planted):
    """One node of twelve is without kube-proxy: true of every service, and the first reason of none but that which met it."""
    asked = [fault for fault in planted if fault["cause"]]
    assert len(asked) == len(audit_snapshot.FAULTS)
    for fault in asked:
        answer = npk.diagnose(cluster, fault["service"])
        assert answer["cause"].iloc[0] == fault["cause"], (fault, answer["cause"].tolist())
        assert set(answer["cause"]) <= {fault["cause"], "kube-proxy-down"}, fault


def test_an_audit_finds_every_planted_fault_and_no_other_fact(cluster, planted):
    findings = npk.audit(cluster)
    found = findings[["check", "object", "certainty"]].itertuples(index=False, name=None)
    told = {(check, kind_and_name.partition(" ")[2]) for check, kind_and_name, _ in found}
    expected = [(check, fault["service"]) for fault in planted for check in fault["checks"]]
    # These tell of the node, the pod or the workload that is at fault, not of the service that suffers.
    elsewhere = {"kube-proxy-absent", "node-port-ephemeral-overlap", "warning-events"}
    assert {pair for pair in expected if pair[0] not in elsewhere} <= told
    facts = Counter(findings.loc[findings["certainty"] == "fact", "check"])
    hints = {"mixed-owners", "protocol-mismatch", "target-port-undeclared"}
    assert facts == Counter(check for check, _ in expected if check not in hints)
