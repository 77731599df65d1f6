"""The audit as a whole: silence, what was not looked at, clusters that are right, and the real one."""

import json
from pathlib import Path

import pytest

import nodeportkit as npk
from nodeportkit.auditing import all_checks
from nodeportkit.faults import faulty_cluster, healthy_cluster

from .things import NODES, PODS, cluster, node, policy, port, service

REAL = Path(__file__).parent.parent / "fixtures" / "real-cluster"
LONELY = [*NODES, PODS[0]]


def checks(found, certainty=None):
    return set(found["check"] if certainty is None else found.loc[found["certainty"].isin(certainty), "check"])


# What kubectl shows of the real cluster, judged by hand: see 02-get-svc, 03-get-pods and 05-get-endpointslices.
PROVEN = {
    ("selector-matches-nothing", "Service shop/nobody"),  # SELECTOR app=web,type=front-end; no pod has a type
    ("endpoints-not-ready", "Service shop/old"),  # old-0 and old-1 are Terminating
    ("local-dead-nodes", "Service shop/api-local"),  # api-0 and api-1 are on node-2 and node-3
} | {
    ("endpoints-not-ready", f"Service shop/{name}")  # web-5 is 0/1
    for name in ("dual", "headless", "lb", "web", "web-local", "web-sticky")
}


def test_the_real_cluster_has_these_facts_and_no_others():
    found = npk.audit(npk.read(REAL / "objects.json"))
    facts = found[found["certainty"] == "fact"]
    assert set(zip(facts["check"], facts["object"], strict=True)) == PROVEN
    assert "hint" not in set(found["certainty"])


def test_text_alone_gives_no_fact_that_objects_do_not_give():
    found = npk.audit(npk.read(*sorted((REAL / "text").glob("0*.txt"))))
    facts = found[found["certainty"] == "fact"]
    # That listing is of all namespaces, and shows no slice of this one: its API server keeps none.
    apart = {("selector-missing", "Service default/kubernetes")}
    assert set(zip(facts["check"], facts["object"], strict=True)) <= PROVEN | apart
    assert ("selector-matches-nothing", "Service shop/nobody") in set(zip(facts["check"], facts["object"], strict=True))


@pytest.mark.parametrize("seed", range(900, 906))
def test_healthy_clusters_have_nothing_wrong(seed):
    found = npk.audit(npk.read(*healthy_cluster(seed)))
    assert checks(found, ("fact", "hint")) == set()


@pytest.mark.parametrize(
    ("cause", "check"),
    [
        ("selector-mismatch", "selector-matches-nothing"),
        ("no-selector", "selector-missing"),
        ("named-port-missing", "target-port-name-missing"),
        ("target-port-mismatch", "target-port-undeclared"),
        ("selector-too-wide", "mixed-owners"),
        ("kube-proxy-down", "kube-proxy-absent"),
        ("network-policy", "policy-blocks-nodes"),
        ("port-range-overlap", "node-port-ephemeral-overlap"),
        ("slice-drift", "slice-drift"),
        ("local-policy-no-local-pod", "local-dead-nodes"),
    ],
)
def test_a_planted_fault_is_found(cause, check):
    assert check in checks(npk.audit(faulty_cluster(cause, 3).cluster()), ("fact", "hint"))


def test_the_worst_comes_first():
    found = npk.audit(npk.read(REAL / "objects.json"))
    assert found["severity"].tolist() == sorted(found["severity"], key=["error", "warning", "note"].index)
    assert found["severity"].iloc[0] == "error"


def test_an_empty_cluster_has_no_findings():
    found = npk.audit(npk.Cluster())
    assert found.empty
    assert list(found)[:7] == ["check", "severity", "certainty", "object", "field", "message", "fix"]


@pytest.mark.parametrize(
    ("settings", "there"),
    [
        ({}, True),
        ({"ignore": ["single-endpoint"]}, False),
        ({"ignore": ["single-endpoint@shop"]}, False),
        ({"ignore": ["single-endpoint@shop/web"]}, False),
        ({"ignore": ["*@shop"]}, False),
        ({"ignore": ["*"]}, False),
        ({"ignore": ["single-endpoint@other", "single-endpoint@shop/api", "type-node-port"]}, True),
        ({"namespaces": ["shop"]}, True),
        ({"namespaces": ["other"]}, False),
    ],
)
def test_checks_are_silenced_by_id_namespace_and_object(settings, there):
    assert ("single-endpoint" in checks(npk.audit(cluster(*LONELY, service()), **settings))) == there


@pytest.mark.parametrize(
    ("annotation", "silent"), [("single-endpoint", True), ("a, single-endpoint", True), ("all", True), ("other", False)]
)
def test_checks_are_silenced_by_annotation_of_the_service(annotation, silent):
    other = service("api", ports=[port(node_port=30081)])
    found = npk.audit(cluster(*LONELY, service(ignore=annotation), other))
    mine = found[found["check"] == "single-endpoint"]["service"].tolist()
    assert mine == (["api"] if silent else ["api", "web"])


def test_a_check_that_is_not_there_cannot_be_ignored():
    with pytest.raises(npk.NodePortKitError, match=r"no check 'single-endpoints'.*single-endpoint"):
        npk.audit(npk.Cluster(), ignore=["single-endpoints"])


def test_ranges_that_are_none_are_refused():
    with pytest.raises(npk.ReadError, match="x"):
        npk.audit(cluster(service()), node_port_range="x")
    with pytest.raises(npk.NodePortKitError, match="no range of ports"):
        npk.audit(cluster(service()), ephemeral_ports="60999 32768")


def test_what_nobody_listed_is_told():
    missing = npk.not_looked_at(cluster(*NODES, *PODS, service()))
    assert {"pods-without-policy", "ingress-backend-missing", "warning-events"} <= set(missing["check"])
    listed = cluster(*NODES, *PODS, service(), collected=["policies", "backends", "events", "endpoints", "specs"])
    assert npk.not_looked_at(listed).empty


def test_nothing_is_said_of_namespaces_whose_pods_were_not_listed():
    told = """
    $ kubectl get services -A -o wide
    NAMESPACE  NAME  TYPE      CLUSTER-IP  EXTERNAL-IP  PORT(S)       AGE  SELECTOR
    shop       web   NodePort  10.96.7.20  <none>       80:30080/TCP  5d   app=web
    other      api   NodePort  10.96.7.21  <none>       80:30081/TCP  5d   app=api
    $ kubectl get pods -n shop --show-labels
    NAME   READY  STATUS   RESTARTS  AGE  LABELS
    db-0   1/1    Running  0         5d   app=db
    """
    found = npk.audit(npk.read(told.replace("\n    ", "\n")))
    assert found.loc[found["check"] == "selector-matches-nothing", "object"].tolist() == ["Service shop/web"]


def test_what_is_narrowed_by_a_label_is_no_listing():
    told = """
    $ kubectl get services -o wide
    NAME  TYPE      CLUSTER-IP  EXTERNAL-IP  PORT(S)       AGE  SELECTOR
    web   NodePort  10.96.7.20  <none>       80:30080/TCP  5d   app=web
    $ kubectl get pods -l app=db --show-labels
    NAME   READY  STATUS   RESTARTS  AGE  LABELS
    db-0   1/1    Running  0         5d   app=db
    """
    assert "selector-matches-nothing" not in checks(npk.audit(npk.read(told.replace("\n    ", "\n"))))


def test_names_and_labels_are_quoted_in_commands():
    web = service(selector={"app": "$(reboot)"})
    found = npk.audit(cluster(*NODES, *PODS, web))
    [fix] = found.loc[found["check"] == "selector-matches-nothing", "fix"]
    assert "$(reboot)" not in fix or "'" in fix


def test_every_check_says_what_it_is():
    for name, check in all_checks().items():
        assert name == name.lower()
        assert check.title
        assert check.about.endswith(".")
        assert json.dumps(check.needs)


def test_a_policy_that_keeps_nodes_out_is_told_once_a_service():
    two = service(ports=[port(name="a"), port(81, "http", 30081, name="b")])
    found = npk.audit(cluster(*NODES, *PODS, two, policy()))
    assert (found["check"] == "policy-blocks-nodes").sum() == 1


def test_nodes_of_two_families():
    both = [node(number, internal=[f"192.168.1.{number}", f"fd00::{number}"]) for number in (1, 2)]
    found = npk.audit(
        cluster(*both, *PODS[:2], service(), policy(ingress=[{"from": [{"ipBlock": {"cidr": "fd00::/64"}}]}]))
    )
    assert "policy-blocks-nodes" in checks(found)
