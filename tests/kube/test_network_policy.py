"""NetworkPolicies against clients, by the documented recipes (kubernetes.io/docs/concepts/services-networking/network-policies)."""

import pytest

from nodeportkit.frames import conform
from nodeportkit.kube.network_policy import Peer, admits, isolating, labels_of_namespace

WEB = {"app": "web"}
NODE = Peer("192.168.1.3")
OUTSIDE = Peer("203.0.113.9")
UNKNOWN = Peer()
POD = Peer("10.244.1.7", "shop", {"role": "front"})
ELSEWHERE = Peer("10.244.1.8", "other", {"role": "front"})


LABELLED = Peer("10.244.1.8", "other", {"role": "front"}, {"team": "a"})


def policies(*ingress, selector=None, types=("Ingress",)):
    return conform(
        "policies",
        {
            "namespace": ["shop"],
            "name": ["it"],
            "pod_selector": [selector or {}],
            "policy_types": [list(types)],
            "ingress": [list(ingress)],
        },
    )


def block(cidr, *left_out):
    return {"ipBlock": {"cidr": cidr, "except": list(left_out) or None}}


def rule(*peers, ports=()):
    return {"from": list(peers), "ports": list(ports)}


@pytest.mark.parametrize(
    ("ingress", "peer", "expected"),
    [
        # default deny all ingress traffic
        ([], NODE, False),
        ([], POD, False),
        # allow all ingress traffic: `ingress: [{}]`
        ([rule()], UNKNOWN, True),
        # the policy of the documentation's first example: a range with a hole, a namespace, pods
        ([rule(block("172.17.0.0/16", "172.17.1.0/24"))], Peer("172.17.2.1"), True),
        ([rule(block("172.17.0.0/16", "172.17.1.0/24"))], Peer("172.17.1.1"), False),
        ([rule(block("0.0.0.0/0"))], UNKNOWN, True),
        ([rule(block("0.0.0.0/0", "10.0.0.0/8"))], UNKNOWN, None),
        ([rule(block("203.0.113.0/24"))], NODE, False),
        ([rule(block("2001:db8::/32"))], OUTSIDE, False),
        ([rule({"podSelector": {"matchLabels": {"role": "front"}}})], POD, True),
        ([rule({"podSelector": {"matchLabels": {"role": "front"}}})], ELSEWHERE, False),
        ([rule({"podSelector": {}})], POD, True),
        ([rule({"podSelector": {}})], OUTSIDE, False),
        ([rule({"podSelector": {}})], NODE, False),
        ([rule({"namespaceSelector": {}})], ELSEWHERE, True),
        ([rule({"namespaceSelector": {}})], UNKNOWN, False),
        ([rule({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "other"}}})], ELSEWHERE, True),
        ([rule({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "other"}}})], POD, False),
        ([rule({"namespaceSelector": {"matchLabels": {"team": "a"}}})], ELSEWHERE, None),
        ([rule({"namespaceSelector": {"matchLabels": {"team": "a"}}})], LABELLED, True),
        ([rule({"namespaceSelector": {"matchLabels": {"team": "b"}}})], LABELLED, False),
        # the API server sets this label, whatever labels a source showed
        ([rule({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "other"}}})], LABELLED, True),
        ([rule({"namespaceSelector": {"matchExpressions": [{"key": "team", "operator": "Exists"}]}})], LABELLED, True),
        ([rule({"namespaceSelector": {"matchExpressions": [{"key": "team", "operator": "Exists"}]}})], ELSEWHERE, None),
        # one entry with both selectors: pods of these namespaces; two entries: either
        ([rule({"namespaceSelector": {}, "podSelector": {"matchLabels": {"role": "db"}}})], ELSEWHERE, False),
        ([rule({"namespaceSelector": {}}, {"podSelector": {"matchLabels": {"role": "db"}}})], ELSEWHERE, True),
        ([rule(block("10.0.0.0/8")), rule(block("192.168.0.0/16"))], NODE, True),
    ],
)
def test_who_is_admitted(ingress, peer, expected):
    assert admits(policies(*ingress), peer, 8080) is expected


@pytest.mark.parametrize(
    ("port", "expected"),
    [
        ({"port": 8080}, True),
        ({"port": 8080, "protocol": "UDP"}, False),
        ({"port": 80}, False),
        ({"protocol": "TCP"}, True),
        ({"port": 8000, "endPort": 8100}, True),
        ({"port": 9000, "endPort": 9100}, False),
        ({"port": "http"}, True),
        ({"port": "metrics"}, False),
    ],
)
def test_to_which_ports(port, expected):
    assert admits(policies(rule(ports=[port])), OUTSIDE, 8080, "TCP", names=["http"]) is expected


def test_only_policies_for_ingress_that_select_the_pod_isolate_it():
    assert isolating(policies(), "shop", WEB)["name"].tolist() == ["it"]
    assert isolating(policies(), "other", WEB).empty
    assert isolating(policies(types=["Egress"]), "shop", WEB).empty
    assert isolating(policies(selector={"matchLabels": {"app": "db"}}), "shop", WEB).empty
    expression = {"matchExpressions": [{"key": "app", "operator": "In", "values": ["web", "api"]}]}
    assert len(isolating(policies(selector=expression), "shop", WEB)) == 1


def test_whom_no_policy_isolates_everybody_may_reach():
    assert admits(policies().iloc[:0], UNKNOWN, 1) is True


def test_labels_of_a_namespace_are_those_shown():
    namespaces = conform("namespaces", {"name": ["shop", "other"], "labels": [{"team": "a"}, None]})
    assert labels_of_namespace(namespaces, "shop") == {"team": "a"}
    assert labels_of_namespace(namespaces, "other") is None
    assert labels_of_namespace(namespaces, "third") is None
    assert labels_of_namespace(namespaces, None) is None
