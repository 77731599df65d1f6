"""What real kubectl prints when the playground refuses an object by the rules of its kind."""

import json

import pytest

from nodeportkit.kube.validation import KINDS
from nodeportkit.playground.resources import resources
from nodeportkit.validation import validate

INGRESS = """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop}
spec:
  rules:
  - host: shop.example.com
    http:
      paths:
      - path: cart//
        pathType: Prefix
        backend: {service: {name: cart}}
"""
POLICY = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: shop}
spec:
  podSelector: {}
  ingress:
  - from: [{ipBlock: {cidr: 10.0.0.0/8, except: [192.168.0.0/16]}}]
"""
SLICE = """
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: db-1, labels: {kubernetes.io/service-name: db}}
addressType: IPv4
endpoints: [{addresses: [127.244.1.250]}]
ports: [{port: 5432}]
"""


def test_every_resource_has_rules():
    assert {
        resource.kind: (resource.api_version, resource.plural, resource.namespaced) for resource in resources()
    } == {kind: (checks.api_version, checks.plural, checks.namespaced) for kind, checks in KINDS.items()}


def test_a_bad_ingress_is_refused_as_a_real_server_does(cluster):
    at = "spec.rules[0].http.paths[0]"
    told = [
        f'{at}.path: Invalid value: "cart//": must be an absolute path',
        f"{at}.path: Invalid value: \"cart//\": must not contain '//'",
        f"{at}.backend: Required value: port name or number is required",
    ]
    said = cluster.kubectl("create", "-f", "-", data=INGRESS, code=1)
    # kubectl prints a refusal with several causes one below the other.
    assert said == 'The Ingress "shop" is invalid: \n' + "".join(f"* {one}\n" for one in told)
    cluster.kubectl("get", "ingress", "shop", code=1)
    found = validate(INGRESS)
    assert [f"{row.field}: {row.message}" for row in found.itertuples()] == told


@pytest.mark.parametrize("text", [INGRESS, POLICY, SLICE.replace("IPv4", "IP")])
def test_validate_says_what_the_playground_says(cluster, text):
    said = cluster.kubectl("create", "-f", "-", data=text, code=1)
    for row in validate(text).itertuples():
        assert f"{row.field}: {row.message}" in said


def test_what_is_right_is_taken_with_its_defaults(cluster):
    right = INGRESS.replace("cart//", "/cart").replace("name: cart", "name: cart, port: {number: 80}")
    policy = POLICY.replace("192.168.0.0/16", "10.1.0.0/16")
    said = cluster.kubectl("apply", "-f", "-", data=f"{right}---{policy}")
    assert said == "ingress.networking.k8s.io/shop created\nnetworkpolicy.networking.k8s.io/shop created\n"
    kept = json.loads(cluster.kubectl("get", "networkpolicy", "shop", "-o", "json"))
    assert kept["spec"]["policyTypes"] == ["Ingress"]
    worse = cluster.kubectl("apply", "-f", "-", data=right.replace("Prefix", "prefix"), code=1)
    assert 'spec.rules[0].http.paths[0].pathType: Unsupported value: "prefix"' in worse
    cluster.kubectl("delete", "ingress,networkpolicy", "shop")


def test_pods_of_the_playground_have_loopback_addresses_and_stay_allowed(cluster):
    assert cluster.kubectl("create", "-f", "-", data=SLICE) == "endpointslice.discovery.k8s.io/db-1 created\n"
    cluster.kubectl("delete", "endpointslice", "db-1")


def test_what_is_immutable_stays(cluster):
    config = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "fixed"}, "immutable": true, "data": {"a": "b"}}'
    cluster.kubectl("create", "-f", "-", data=config)
    said = cluster.kubectl("patch", "configmap", "fixed", "-p", '{"data": {"a": "c"}}', code=1)
    assert said == ('The ConfigMap "fixed" is invalid: data: Forbidden: field is immutable when `immutable` is set\n')
    cluster.kubectl("delete", "configmap", "fixed")
    cluster.kubectl("create", "secret", "generic", "typed", "--from-literal=a=b")
    said = cluster.kubectl("patch", "secret", "typed", "-p", '{"type": "example.com/x"}', code=1)
    assert said == 'The Secret "typed" is invalid: type: Invalid value: "example.com/x": field is immutable\n'
    cluster.kubectl("delete", "secret", "typed")
    nodes = json.loads(cluster.kubectl("get", "nodes", "-o", "json"))["items"]
    name = nodes[0]["metadata"]["name"]
    taint = '{"spec": {"taints": [{"key": "a", "effect": "Never"}]}}'
    said = cluster.kubectl("patch", "node", name, "-p", taint, code=1)
    assert said == (
        f'The Node "{name}" is invalid: metadata.taints[0].effect: Unsupported value: "Never": supported values: '
        '"NoSchedule", "PreferNoSchedule", "NoExecute"\n'
    )
