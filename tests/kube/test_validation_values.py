"""Addresses, names, and any object that servers can read."""

import base64
import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodeportkit.kube.allocation import Allocators, admit_create, admit_update
from nodeportkit.kube.decoding import decode
from nodeportkit.kube.decoding.types import types
from nodeportkit.kube.defaults import with_defaults
from nodeportkit.kube.validation import KINDS, check_create, check_update, refusal, warnings_of
from nodeportkit.kube.validation.addresses import check_address, check_not_special, check_range
from nodeportkit.kube.validation.names import label_value, qualified_name
from nodeportkit.selectors import match_labels
from nodeportkit.validation import validate

DIGITS = st.text(alphabet="0123456789abcdef.:/", max_size=18)
ADDRESSES = st.one_of(DIGITS, st.ip_addresses().map(str))
RANGES = st.builds("{}/{}".format, ADDRESSES, st.integers(0, 140)) | st.ip_addresses(network="10.0.0.0/8").map(str)


@settings(max_examples=300, deadline=None)
@given(ADDRESSES)
def test_addresses_are_those_that_python_takes(text):
    try:
        taken = getattr(ipaddress.ip_address(text), "ipv4_mapped", None) is None
    except ValueError:
        taken = False
    assert (check_address("f", text) == []) == taken


@settings(max_examples=300, deadline=None)
@given(RANGES)
def test_ranges_are_those_that_python_takes(text):
    try:
        network = ipaddress.ip_network(text)
        taken = getattr(network.network_address, "ipv4_mapped", None) is None and "/" in text
    except ValueError:
        taken = False
    assert (check_range("f", text) == []) == taken


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        # staging/src/k8s.io/apimachinery/pkg/util/validation/ip.go
        ("10.0.0", "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"),
        ("10.0.0.0/33", "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"),
        ("010.0.0.0/8", "must not have leading 0s in IP or prefix length"),
        ("10.0.0.0/08", "must not have leading 0s in IP or prefix length"),
        ("::ffff:10.0.0.0/104", "must not have an IPv4-mapped IPv6 address"),
        ("10.0.0.1/8", "must not have bits set beyond the prefix length"),
    ],
)
def test_what_is_said_of_ranges(text, detail):
    assert [error.detail for error in check_range("f", text)] == [detail]


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("0.0.0.0", "may not be unspecified (0.0.0.0)"),
        ("::", "may not be unspecified (::)"),
        ("127.1.2.3", "may not be in the loopback range (127.0.0.0/8, ::1/128)"),
        ("::1", "may not be in the loopback range (127.0.0.0/8, ::1/128)"),
        ("169.254.1.1", "may not be in the link-local range (169.254.0.0/16, fe80::/10)"),
        ("fe80::1", "may not be in the link-local range (169.254.0.0/16, fe80::/10)"),
        ("224.0.0.5", "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"),
        ("ff02::5", "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"),
    ],
)
def test_addresses_that_are_special(text, detail):
    assert [error.detail for error in check_not_special("f", text)] == [detail]


@pytest.mark.parametrize("text", ["10.0.0.1", "8.8.8.8", "224.0.1.5", "2001:db8::1", "ff05::5"])
def test_addresses_that_are_not(text):
    assert check_not_special("f", text) == []


KEYS = st.text(alphabet="aA0-_./ é", max_size=8) | st.just("a" * 64) | st.just("a" * 63)


@settings(max_examples=300, deadline=None)
@given(KEYS, KEYS)
def test_labels_are_those_that_selectors_take(key, value):
    selector = {"matchExpressions": [{"key": key, "operator": "In", "values": [value]}]}
    try:
        match_labels(selector, {})
        taken = True
    except ValueError:
        taken = False
    assert (not qualified_name(key) and not label_value(value)) == taken


TEXTS = st.sampled_from(
    ["", "web", "None", "10.96.0.1", "fd00::1", "Local", "Cluster", "IPv4", "IPv6", "NodePort"]
) | st.text(max_size=6)
VALUES = {
    "time": st.datetimes().map(lambda moment: f"{moment:%Y-%m-%dT%H:%M:%S}Z".zfill(20)),
    "bytes": st.binary(max_size=8).map(lambda data: base64.b64encode(data).decode()),
    "bool": st.booleans(),
    "int32": st.sampled_from([-1, 0, 1, 80, 30080, 65536, 2**31 - 1]),
    "int64": st.sampled_from([-1, 0, 1, 2**63 - 1]),
    "intstr": st.sampled_from([0, 80, 65536, "http", "80", "25%", ""]),
    "quantity": st.sampled_from([1, 0.5, "64Mi"]),
    "any": st.dictionaries(TEXTS, TEXTS, max_size=1),
}
NAMED = {
    "ServiceType": ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName", "x"],
    "ServiceAffinity": ["None", "ClientIP", "x"],
    "Protocol": ["TCP", "UDP", "tcp"],
    "IPFamilyPolicy": ["SingleStack", "PreferDualStack", "RequireDualStack", "x"],
    "IPFamily": ["IPv4", "IPv6", "x"],
    "ServiceExternalTrafficPolicy": ["Local", "Cluster", "x"],
}


def of_type(type_, depth=0):
    """Values of a type of the API; deep inside, fewer."""
    if type_.startswith("[]"):
        return st.lists(of_type(type_.removeprefix("[]"), depth), max_size=3 if depth < 4 else 1)
    if type_.startswith("map[string]"):
        return st.dictionaries(TEXTS, of_type(type_.removeprefix("map[string]"), depth), max_size=2)
    if type_ in types():
        fields = types()[type_] if depth < 8 else {}
        kept = {field: it for field, it in fields.items() if depth < 3 or field in SHALLOW or it in NAMED}
        return st.fixed_dictionaries(
            {},
            optional={
                field: st.none() | st.deferred(lambda it=it: of_type(it, depth + 1)) for field, it in kept.items()
            },
        )
    return st.sampled_from(NAMED[type_]) if type_ in NAMED else VALUES.get(type_, TEXTS)


SHALLOW = (
    {
        "http",
        "paths",
        "path",
        "pathType",
        "backend",
        "service",
        "resource",
        "number",
        "kind",
        "apiGroup",
        "from",
        "to",
        "ipBlock",
        "cidr",
        "except",
        "podSelector",
        "namespaceSelector",
        "endPort",
        "protocol",
        "addresses",
        "ip",
        "hints",
        "forZones",
        "taints",
        "effect",
    }
    | {
        "containers",
        "initContainers",
        "ports",
        "containerPort",
        "hostPort",
        "name",
        "image",
        "metadata",
        "labels",
    }
    | {
        "readinessProbe",
        "livenessProbe",
        "httpGet",
        "tcpSocket",
        "port",
        "targetPort",
        "nodePort",
        "clientIP",
        "timeoutSeconds",
        "matchLabels",
        "matchExpressions",
        "key",
        "operator",
        "values",
        "rollingUpdate",
        "maxSurge",
        "maxUnavailable",
        "lifecycle",
        "preStop",
        "hostNetwork",
    }
)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_whatever_a_server_can_read_is_judged(kind):
    @settings(max_examples=60, deadline=None)
    @given(of_type(kind), of_type(kind))
    def judged(thing, old):
        thing |= {"apiVersion": KINDS[kind].api_version, "kind": kind}
        old |= {"apiVersion": KINDS[kind].api_version, "kind": kind}
        assert decode(thing, kind) == ([], [])
        made, before = with_defaults(thing), with_defaults(old)
        for errors in (check_create(made), check_update(made, before)):
            if errors:
                assert refusal(kind, "x", errors)["code"] in (422, 500)
        warnings_of(made)
        if kind == "Service":
            allocators = Allocators()
            free = allocators.node_ports.free
            for _, errors in (admit_create(thing, allocators), admit_update(thing, old, Allocators())):
                assert all(error.message for error in errors)
            assert allocators.node_ports.free <= free
        found = validate(thing, old=old)
        assert (found.message.str.len() > 0).all()

    judged()
