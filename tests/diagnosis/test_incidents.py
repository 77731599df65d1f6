"""Sessions as people report them: the true cause stands first, for certain only where what was shown proves it."""

from pathlib import Path

import pytest

from nodeportkit.diagnosis import diagnose
from nodeportkit.sources.read import read

INCIDENTS = Path(__file__).parents[1] / "fixtures" / "incidents"


@pytest.mark.parametrize(
    ("incident", "service", "expected"),
    [
        # localhost of a machine that is no node, of a cluster that was not shown
        ("localhost", "ckad/nginx-svc", [("kind-port-mapping", "possible"), ("tunnel-closed", "possible")]),
        # an image that listens on 80 behind targetPort 8080
        ("targetport", "mynginx", [("target-port-mismatch", "possible")]),
        # a pod's address with the node port
        ("podip", "my-service", [("node-ip-unroutable", "possible")]),
        ("noroute", "example-service", [("node-ip-unroutable", "possible")]),
        # the cluster IP with the node port, from outside
        ("clusterip", "example-nginx", [("node-ip-unroutable", "fact")]),
        # refused on the cluster IP, on a node: kube-proxy answered
        ("creating", "example-service", [("pods-not-ready", "hint"), ("node-ip-unroutable", "possible")]),
        ("kind", "mynginx", [("kind-port-mapping", "fact")]),
        ("minikube-mac", "k8s-web-hello", [("minikube-driver", "fact")]),
        ("service-port", "my-app", [("wrong-port", "fact")]),
        ("lb-pending", "web", [("pods-not-ready", "hint")]),
        # only the pod's own node answers
        ("onenode", "nginx", [("cross-node-network", "hint")]),
        ("provided", "web", [("node-port-invalid", "fact")]),
        # the pods are in another namespace
        ("namespace", "prod/web", [("selector-mismatch", "possible"), ("no-pods", "possible")]),
        # two at once: each is told, in the order that a packet meets them
        ("two-selector-and-port", "my-app", [("wrong-port", "fact"), ("selector-mismatch", "fact")]),
        ("two-local-and-not-ready", "shop/web", [("node-not-ready", "fact"), ("local-policy-no-local-pod", "fact")]),
    ],
)
def test_the_cause_that_was_found(incident, service, expected):
    found = diagnose(read((INCIDENTS / f"{incident}.txt").read_text()), service)
    assert list(zip(found["cause"], found["certainty"], strict=True))[: len(expected)] == expected


def test_what_cannot_be_known_from_what_was_shown_is_not_claimed():
    for incident, service in (("calico", "my-dep"), ("minikube-linux", "smef")):
        found = diagnose(read((INCIDENTS / f"{incident}.txt").read_text()), service)
        assert set(found["certainty"]) == {"possible"}
        assert found["verify"].ne("").all()
