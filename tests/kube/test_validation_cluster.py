"""What is refused of Nodes, Namespaces, ConfigMaps, Secrets, ServiceAccounts and Events, in the API server's words.

Which are refused: kubernetes/kubernetes pkg/apis/core/validation/validation_test.go and events_test.go; the words:
validation.go and events.go beside them.
"""

import base64
import json
from pathlib import Path

import pytest

from nodeportkit.kube.defaults import with_defaults
from nodeportkit.kube.validation import KINDS, check_create, check_update
from nodeportkit.validation.explanations import explain

FIXTURES = Path(__file__).parents[1] / "fixtures"
IMMUTABLE = "field is immutable when `immutable` is set"
NO_RANGE = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
KEY = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
    "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
)
MEBIBYTE = 1024 * 1024


def thing(kind, metadata=None, **content):
    return {
        "apiVersion": KINDS[kind].api_version,
        "kind": kind,
        "metadata": {"name": "web"} | (metadata or {}),
        **content,
    }


def told(one):
    return [str(error) for error in check_create(with_defaults(one))]


def told_of_change(new, old):
    return [str(error) for error in check_update(with_defaults(new), with_defaults(old))]


def coded(text):
    return base64.b64encode(text.encode()).decode()


# Nodes


def node(**spec):
    return thing("Node", spec=spec)


def tainted(*taints):
    return node(taints=[{"key": key, "value": value, "effect": effect} for key, value, effect in taints])


NODES = [
    (node(), []),
    (node(podCIDR="192.168.0.0/16", podCIDRs=["192.168.0.0/16", "2000::/10"]), []),
    (tainted(("a", "b", "NoSchedule"), ("a", "b", "NoExecute")), []),
    (
        tainted(("a", "b", "Never")),
        [
            'metadata.taints[0].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", '
            '"NoExecute"'
        ],
    ),
    (tainted(("a", "b", "")), ["metadata.taints[0].effect: Required value"]),
    (
        tainted(("a", "b", "NoSchedule"), ("a", "c", "NoSchedule")),
        [
            'metadata.taints[1]: Duplicate value: {"Key":"a","Value":"c","Effect":"NoSchedule","TimeAdded":null}: taints '
            "must be unique by key and effect pair"
        ],
    ),
    (node(podCIDR="192.168.0.0"), [f'spec.podCIDRs[0]: Invalid value: "192.168.0.0": {NO_RANGE}']),
    (
        node(podCIDRs=["10.0.0.1/8"]),
        ['spec.podCIDRs[0]: Invalid value: "10.0.0.1/8": must not have bits set beyond the prefix length'],
    ),
    (
        node(podCIDRs=["10.0.0.0/16", "10.0.0.0/16"]),
        [
            'spec.podCIDRs: Invalid value: ["10.0.0.0/16","10.0.0.0/16"]: may specify no more than one CIDR for each IP '
            "family",
            'spec.podCIDRs[1]: Duplicate value: "10.0.0.0/16"',
        ],
    ),
    (
        thing("Node", status={"capacity": {"cpu": "-1"}}),
        [
            'status.capacity.cpu: Invalid value: "-1": must be greater than or equal to 0',
            'status.allocatable.cpu: Invalid value: "-1": must be greater than or equal to 0',
        ],
    ),
]


@pytest.mark.parametrize(("one", "errors"), NODES)
def test_nodes(one, errors):
    assert told(one) == errors


@pytest.mark.parametrize(
    ("new", "old", "errors"),
    [
        (node(podCIDR="10.0.0.0/24", providerID="a"), node(), []),
        (node(unschedulable=True), node(), []),
        (
            node(podCIDR="10.0.1.0/24"),
            node(podCIDR="10.0.0.0/24"),
            ['spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid'],
        ),
        (
            node(providerID="b"),
            node(providerID="a"),
            ['spec.providerID: Forbidden: node updates may not change providerID except from "" to valid'],
        ),
        (node(externalID="b"), node(), ["spec.externalID: Forbidden: may not be updated"]),
        (
            thing("Node", status={"addresses": [{"type": "InternalIP", "address": "10.0.0.1"}] * 2}),
            node(),
            ['status.addresses[1]: Duplicate value: {"Type":"InternalIP","Address":"10.0.0.1"}'],
        ),
    ],
)
def test_nodes_that_are_changed(new, old, errors):
    assert told_of_change(new, old) == errors


def test_nodes_of_a_real_server_are_as_they_are():
    objects = json.loads((FIXTURES / "real-cluster/objects.json").read_text(encoding="utf-8"))["items"]
    nodes = [one for one in objects if one["kind"] == "Node"]
    assert nodes
    for one in nodes:
        assert with_defaults(one) == one
        assert check_create(one) == check_update(one, one) == []


def test_ranges_of_a_node_are_kept_in_step():
    # pkg/apis/core/v1/conversion.go: the older field wins where they differ.
    assert with_defaults(node(podCIDR="10.0.0.0/24"))["spec"]["podCIDRs"] == ["10.0.0.0/24"]
    assert with_defaults(node(podCIDRs=["10.0.0.0/24"]))["spec"]["podCIDR"] == "10.0.0.0/24"
    made = with_defaults(node(podCIDR="10.0.0.0/24", podCIDRs=["10.1.0.0/24", "fd00::/64"]))
    assert made["spec"]["podCIDRs"] == ["10.0.0.0/24"]


# Namespaces


def test_namespaces():
    assert told(thing("Namespace", {"name": "shop"})) == []
    assert told(thing("Namespace", {"name": "shop.web"})) == [
        'metadata.name: Invalid value: "shop.web": must not contain dots'
    ]
    assert told(thing("Namespace", spec={"finalizers": ["kubernetes", "example.com/x"]})) == []
    assert told(thing("Namespace", spec={"finalizers": ["mine"]})) == [
        'spec.finalizers: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified'
    ]
    assert with_defaults(thing("Namespace"))["metadata"]["labels"] == {"kubernetes.io/metadata.name": "web"}


# ConfigMaps

CONFIG = {"nginx.conf": "a", "KEY_NAME": "b", ".hidden": "c"}
CONFIGS = [
    ({}, []),
    ({"data": CONFIG, "binaryData": {"logo": coded("\x00")}}, []),
    ({"data": {"a b": ""}}, [f'data[a b]: Invalid value: "a b": {KEY}']),
    ({"data": {"..": ""}}, ["data[..]: Invalid value: \"..\": must not be '..'"]),
    ({"binaryData": {"..data": ""}}, ["binaryData[..data]: Invalid value: \"..data\": must not start with '..'"]),
    (
        {"data": {"a": ""}, "binaryData": {"a": ""}},
        ['data[a]: Invalid value: "a": duplicate of key present in binaryData'],
    ),
    ({"data": {"a": "x" * MEBIBYTE}}, []),
    ({"data": {"a": "x" * MEBIBYTE, "b": "x"}}, ["[]: Too long: may not be more than 1048576 bytes"]),
    (
        {"data": {"a": "é" * (MEBIBYTE // 2)}, "binaryData": {"b": coded("x")}},
        ["[]: Too long: may not be more than 1048576 bytes"],
    ),
]


@pytest.mark.parametrize(("content", "errors"), CONFIGS)
def test_config_maps(content, errors):
    assert told(thing("ConfigMap", **content)) == errors


@pytest.mark.parametrize("kind", ["ConfigMap", "Secret"])
def test_what_is_immutable_stays(kind):
    value = coded("x") if kind == "Secret" else "x"
    old = thing(kind, immutable=True, data={"a": value})
    assert told_of_change(old, old) == []
    assert told_of_change(thing(kind, {"labels": {"a": "b"}}, immutable=True, data={"a": value}), old) == []
    assert told_of_change(thing(kind, data={"a": coded("y")}), old) == [
        f"immutable: Forbidden: {IMMUTABLE}",
        f"data: Forbidden: {IMMUTABLE}",
    ]
    assert told_of_change(thing(kind, immutable=True, data={"a": "eQ=="}), thing(kind, data={"a": value})) == []


# Secrets


def secret(kind=None, data=None, annotations=None):
    content = ({"type": kind} if kind else {}) | ({"data": data} if data is not None else {})
    return thing("Secret", {"annotations": annotations or {}}, **content)


DOCKER = "kubernetes.io/dockerconfigjson"
SECRETS = [
    (secret(), []),
    (secret("Opaque", {"a": coded("b")}), []),
    (secret("example.com/own", {}), []),
    (secret(data={"a/b": ""}), [f'data[a/b]: Invalid value: "a/b": {KEY}']),
    (secret(data={"a": coded("x" * (MEBIBYTE + 1))}), ["data: Too long: may not be more than 1048576 bytes"]),
    (secret(data={"a": coded("x" * MEBIBYTE)}), []),
    (secret("kubernetes.io/tls", {"tls.crt": "", "tls.key": ""}), []),
    (
        secret("kubernetes.io/tls", {}),
        ["data[tls.crt]: Required value", "data[tls.key]: Required value"],
    ),
    (secret("kubernetes.io/basic-auth", {"username": coded("u")}), []),
    (
        secret("kubernetes.io/basic-auth", {"user": coded("u")}),
        ["data[username]: Required value", "data[password]: Required value"],
    ),
    (secret("kubernetes.io/ssh-auth", {"ssh-privatekey": ""}), ["data[ssh-privatekey]: Required value"]),
    (
        secret("kubernetes.io/service-account-token"),
        ["metadata.annotations[kubernetes.io/service-account.name]: Required value"],
    ),
    (secret("kubernetes.io/service-account-token", annotations={"kubernetes.io/service-account.name": "a"}), []),
    (secret(DOCKER, {".dockerconfigjson": coded('{"auths": {}}')}), []),
    (secret(DOCKER, {}), ["data[.dockerconfigjson]: Required value"]),
    *(
        (
            secret(DOCKER, {".dockerconfigjson": coded(text)}),
            [f'data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": {said}'],
        )
        # What Go's json.Unmarshal into a map says of these.
        for text, said in (
            ("", "unexpected end of JSON input"),
            ('{"auths"', "unexpected end of JSON input"),
            ("hunter2", "invalid character 'h' looking for beginning of value"),
            ("{hunter2}", "invalid character 'h' looking for beginning of object key string"),
            ('{"a" "b"}', "invalid character '\"' after object key"),
            ('{"a": 1} x', "invalid character 'x' after top-level value"),
            ("[]", "json: cannot unmarshal array into Go value of type map[string]interface {}"),
        )
    ),
]


@pytest.mark.parametrize(("one", "errors"), SECRETS)
def test_secrets(one, errors):
    assert told(one) == errors
    assert not any("hunter2" in error for error in told(one))


def test_the_type_of_a_secret_stays():
    assert told_of_change(secret("Opaque"), secret("example.com/own")) == [
        'type: Invalid value: "Opaque": field is immutable'
    ]


def test_plain_text_of_a_secret_is_moved():
    made = with_defaults(
        thing("Secret", stringData={"b": "new", "c": ""}, data={"a": coded("kept"), "b": coded("old")})
    )
    assert "stringData" not in made
    assert made["data"] == {"a": coded("kept"), "b": coded("new"), "c": ""}
    assert made["type"] == "Opaque"


# ServiceAccounts and events


def test_service_accounts():
    assert told(thing("ServiceAccount")) == []
    assert told(thing("ServiceAccount", {"name": "A"}))[0].startswith('metadata.name: Invalid value: "A": a lowercase')


def event(namespace, about, **content):
    return thing("Event", {"namespace": namespace}, involvedObject={"namespace": about} if about else {}, **content)


APART = "does not match event.namespace"
NOW = "2026-11-22T15:00:00.000000Z"
EVENTS = [
    (event("default", None), []),
    (event("shop", "shop"), []),
    (
        event(
            "kube-system",
            None,
            eventTime=NOW,
            reportingComponent="a.b/c",
            reportingInstance="d",
            action="e",
            reason="f",
        ),
        [],
    ),
    (event("shop", None), [f'involvedObject.namespace: Invalid value: "": {APART}']),
    (event("shop", "ops"), [f'involvedObject.namespace: Invalid value: "ops": {APART}']),
    (
        event("shop", "shop", eventTime=NOW, reportingComponent="a", reportingInstance="b" * 129, message="m" * 1025),
        [
            'reportingInstance: Invalid value: "": can have at most 128 characters',
            "action: Required value",
            "reason: Required value",
            'message: Invalid value: "": can have at most 1024 characters',
        ],
    ),
]


@pytest.mark.parametrize(("one", "errors"), EVENTS)
def test_events(one, errors):
    assert told(one) == errors
    assert told_of_change(one, event("shop", "shop")) == errors


# Metadata


def test_one_controller_at_most():
    # The answer of a real server, quoted in crossplane/crossplane's issue of function-sequencer.
    owner = {"apiVersion": "pkg.crossplane.io/v1", "kind": "FunctionRevision", "controller": True}
    owners = [
        owner | {"name": f"function-sequencer-{end}", "uid": uid, "blockOwnerDeletion": True}
        for end, uid in (("77518d1ebbf7", "f866d50b"), ("bdbbc83b7f94", "ca0276a5"))
    ]
    said = (
        'metadata.ownerReferences: Invalid value: [{"apiVersion":"pkg.crossplane.io/v1","kind":"FunctionRevision",'
        '"name":"function-sequencer-77518d1ebbf7","uid":"f866d50b","controller":true,"blockOwnerDeletion":true},'
        '{"apiVersion":"pkg.crossplane.io/v1","kind":"FunctionRevision","name":"function-sequencer-bdbbc83b7f94",'
        '"uid":"ca0276a5","controller":true,"blockOwnerDeletion":true}]: Only one reference can have Controller set to '
        'true. Found "true" in references for FunctionRevision/function-sequencer-77518d1ebbf7 and '
        "FunctionRevision/function-sequencer-bdbbc83b7f94"
    )
    assert told(thing("ServiceAccount", {"ownerReferences": owners})) == [said]


def test_finalizers():
    assert told(thing("ConfigMap", {"finalizers": ["orphan", "example.com/x"]})) == []
    assert told(thing("ConfigMap", {"finalizers": ["orphan", "foregroundDeletion", "mine"]})) == [
        'metadata.finalizers: Invalid value: ["orphan","foregroundDeletion","mine"]: finalizer orphan and '
        "foregroundDeletion cannot be both set",
        'metadata.finalizers[2]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
    ]


def test_every_message_has_an_explanation_of_its_own():
    errors = [error for _, errors in (*NODES, *CONFIGS, *SECRETS, *EVENTS) for error in errors]
    words = {error: explain(*error.split(": ", 1)) for error in errors}
    assert [error for error, said in words.items() if not said or said.startswith("This must be given")] == []
