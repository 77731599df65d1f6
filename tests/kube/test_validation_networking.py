"""What is refused of Ingresses, NetworkPolicies, EndpointSlices and Endpoints, in the API server's words.

Which are refused: kubernetes/kubernetes pkg/apis/networking/validation/validation_test.go and
pkg/apis/discovery/validation/validation_test.go; the words: validation.go beside them and staging/src/k8s.io/apimachinery/pkg.
"""

import copy
import json
from pathlib import Path

import kubernetes.client
import pytest

from nodeportkit.kube.defaults import with_defaults
from nodeportkit.kube.validation import KINDS, check_create, check_update, refusal, warnings_of
from nodeportkit.validation.explanations import explain

FIXTURES = Path(__file__).parents[1] / "fixtures"
LABEL = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an "
    "alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
SUBDOMAIN = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end "
    "with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
WILDCARD = (
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case "
    "alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for "
    "validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
KEY = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
ONE_TO_65535 = "must be between 1 and 65535, inclusive"
LOOPBACK = "may not be in the loopback range (127.0.0.0/8, ::1/128)"
NO_IP = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
NO_RANGE = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
BACKEND = {"service": {"name": "web", "port": {"number": 80}}}


def thing(kind, **content):
    return {"apiVersion": KINDS[kind].api_version, "kind": kind, "metadata": {"name": "web"}, **content}


def told(one):
    return [str(error) for error in check_create(with_defaults(one))]


# Ingress


def ingress(*, annotations=None, **spec):
    made = thing("Ingress", spec=spec)
    return made | {"metadata": {"name": "web", "annotations": annotations}} if annotations else made


def path(value="/", kind="Prefix", **backend):
    given = {"path": value, "pathType": kind, "backend": backend or BACKEND}
    return {key: value for key, value in given.items() if value is not None}


def rule(*paths, host=None):
    return ingress(rules=[({"host": host} if host else {}) | {"http": {"paths": list(paths)}}])


P = "spec.rules[0].http.paths[0]"
INGRESSES = [
    (rule(path()), []),
    (rule(path("/a/b.c", "Exact"), host="foo.bar.com"), []),
    (rule(path(), host="*.bar.com"), []),
    (rule(path("", "ImplementationSpecific")), []),
    (ingress(defaultBackend=BACKEND), []),
    (ingress(defaultBackend={"resource": {"apiGroup": "k8s.example.com", "kind": "Bucket", "name": "icons"}}), []),
    (ingress(rules=[{"host": "foo.bar.com"}], tls=[{"hosts": ["*.bar.com"], "secretName": "tls"}]), []),
    (ingress(), ["spec: Invalid value: null: either `defaultBackend` or `rules` must be specified"]),
    (ingress(rules=[]), ["spec: Invalid value: []: either `defaultBackend` or `rules` must be specified"]),
    (rule(), ["spec.rules[0].http.paths: Required value"]),
    (rule(path(kind=None)), [f"{P}.pathType: Required value: pathType must be specified"]),
    (
        rule(path(kind="prefix")),
        [f'{P}.pathType: Unsupported value: "prefix": supported values: "Exact", "ImplementationSpecific", "Prefix"'],
    ),
    (rule(path("")), [f'{P}.path: Invalid value: "": must be an absolute path']),
    (rule(path("foo", "Exact")), [f'{P}.path: Invalid value: "foo": must be an absolute path']),
    (
        rule(path("foo", "ImplementationSpecific")),
        [f'{P}.path: Invalid value: "foo": must be an absolute path'],
    ),
    *(
        (rule(path(f"/foo{part}bar", kind)), [f"{P}.path: Invalid value: \"/foo{part}bar\": must not contain '{part}'"])
        for part in ("//", "/./", "/../", "%2f", "%2F")
        for kind in ("Exact", "Prefix")
    ),
    *(
        (rule(path(f"/foo{end}")), [f"{P}.path: Invalid value: \"/foo{end}\": cannot end with '{end}'"])
        for end in ("/..", "/.")
    ),
    (rule(path("/a//b/.%2f", "ImplementationSpecific")), []),
    (
        rule(path(), host="127.0.0.1:80"),
        [f'spec.rules[0].host: Invalid value: "127.0.0.1:80": {SUBDOMAIN}'],
    ),
    (
        rule(path(), host="10.0.0.1"),
        ['spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address'],
    ),
    (rule(path(), host="foobar:80"), [f'spec.rules[0].host: Invalid value: "foobar:80": {SUBDOMAIN}']),
    (rule(path(), host="foo.*.bar.com"), [f'spec.rules[0].host: Invalid value: "foo.*.bar.com": {WILDCARD}']),
    (rule(path(), host="*"), [f'spec.rules[0].host: Invalid value: "*": {WILDCARD}']),
    (rule(path(service={"name": "web"})), [f"{P}.backend: Required value: port name or number is required"]),
    (rule(path(service={"port": {"number": 80}})), [f"{P}.backend.service.name: Required value"]),
    (
        rule(path(service={"name": "Web", "port": {"number": 80}})),
        [f'{P}.backend.service.name: Invalid value: "Web": {LABEL}'],
    ),
    (rule(path(service={"name": "1web", "port": {"number": 80}})), []),  # since 1.36
    (
        rule(path(service={"name": "web", "port": {"number": 80, "name": "http"}})),
        [f'{P}.backend: Invalid value: "": cannot set both port name & port number'],
    ),
    (
        rule(path(service={"name": "web", "port": {"number": 65536}})),
        [f"{P}.backend.service.port.number: Invalid value: 65536: {ONE_TO_65535}"],
    ),
    (
        rule(path(service={"name": "web", "port": {"name": "80"}})),
        [f'{P}.backend.service.port.name: Invalid value: "80": must contain at least one letter (a-z)'],
    ),
    (
        ingress(defaultBackend={}),
        ['spec.defaultBackend: Invalid value: "": resource or service backend is required'],
    ),
    (
        ingress(defaultBackend=BACKEND | {"resource": {"kind": "Bucket", "name": "icons"}}),
        ['spec.defaultBackend: Invalid value: "": cannot set both resource and service backends'],
    ),
    (
        ingress(defaultBackend={"resource": {"apiGroup": "Example", "kind": "a/b"}}),
        [
            f'spec.defaultBackend.resource.apiGroup: Invalid value: "Example": {SUBDOMAIN}',
            "spec.defaultBackend.resource.kind: Invalid value: \"a/b\": may not contain '/'",
            "spec.defaultBackend.resource.name: Required value",
        ],
    ),
    (
        ingress(defaultBackend=BACKEND, tls=[{"hosts": ["a.com", "*.*.com", "A"], "secretName": "name with space"}]),
        [
            f'spec.tls[0].hosts[1]: Invalid value: "*.*.com": {WILDCARD}',
            f'spec.tls[0].hosts[2]: Invalid value: "A": {SUBDOMAIN}',
            f'spec.tls[0].secretName: Invalid value: "name with space": {SUBDOMAIN}',
        ],
    ),
    (
        ingress(defaultBackend=BACKEND, ingressClassName="Nginx"),
        [f'spec.ingressClassName: Invalid value: "Nginx": {SUBDOMAIN}'],
    ),
    (
        ingress(defaultBackend=BACKEND, ingressClassName="a", annotations={"kubernetes.io/ingress.class": "b"}),
        [
            'annotations.kubernetes.io/ingress.class: Invalid value: "b": must match `ingressClassName` when both are '
            "specified"
        ],
    ),
    (ingress(defaultBackend=BACKEND, ingressClassName="a", annotations={"kubernetes.io/ingress.class": "a"}), []),
]


@pytest.mark.parametrize(("one", "errors"), INGRESSES)
def test_ingresses(one, errors):
    assert told(one) == errors


def test_the_whole_answer():
    message = refusal("Ingress", "web", check_create(ingress()), "networking.k8s.io")["message"]
    assert message == (
        'Ingress.networking.k8s.io "web" is invalid: spec: Invalid value: null: either `defaultBackend` or `rules` must be '
        "specified"
    )


def test_ingresses_that_are_changed():
    old = ingress(defaultBackend=BACKEND)
    assert check_update(rule(path()), old) == []
    assert [error.field for error in check_update(rule(path("foo")), old)] == [f"{P}.path"]
    # What was stored before there was a rule for it stays.
    assert check_update(rule(path("foo"), host="*.a.com"), rule(path("foo"), host="*.a.com")) == []
    lax = ingress(defaultBackend=BACKEND, tls=[{"secretName": "A B"}])
    assert check_update(lax, lax) == []
    assert check_update(ingress(defaultBackend=BACKEND, annotations={"kubernetes.io/ingress.class": "b"}), old) == []


def test_the_old_annotation_is_told():
    made = ingress(defaultBackend=BACKEND, annotations={"kubernetes.io/ingress.class": "a"})
    assert warnings_of(made) == [
        "annotation \"kubernetes.io/ingress.class\" is deprecated, please use 'spec.ingressClassName' instead"
    ]
    # pkg/registry/networking/ingress/strategy.go: `WarningsOnUpdate` has none.
    assert warnings_of(made, made) == []
    made["spec"]["ingressClassName"] = "a"
    assert warnings_of(made) == []


# NetworkPolicy


def policy(**spec):
    return thing("NetworkPolicy", spec={"podSelector": {}, **spec})


def to_ports(*ports):
    return policy(ingress=[{"ports": list(ports)}])


def peers(*given):
    return policy(egress=[{"to": list(given)}])


def block(cidr, *parts):
    return peers({"ipBlock": {"cidr": cidr} | ({"except": list(parts)} if parts else {})})


SELECTOR = {"matchLabels": {"c": "d"}}
BAD = {"matchLabels": {"NoSpecialCharsLike=Equals": "b"}}
PORT, PEER = "spec.ingress[0].ports[0]", "spec.egress[0].to[0]"
POLICIES = [
    (policy(), []),
    (policy(ingress=[{"from": [], "ports": []}]), []),
    (to_ports({"port": 80}, {"protocol": "TCP"}, {"protocol": "UDP", "port": "dns"}), []),
    (to_ports({"port": 32000, "endPort": 32768}), []),
    (peers({"podSelector": SELECTOR}, {"namespaceSelector": {}}), []),
    (peers({"podSelector": SELECTOR, "namespaceSelector": SELECTOR}), []),
    (block("192.168.0.0/16", "192.168.3.0/24", "192.168.4.0/24"), []),
    (block("fd00:192:168::/48", "fd00:192:168:3::/64"), []),
    (policy(policyTypes=["Ingress", "Egress"]), []),
    (
        policy(podSelector=BAD),
        [f'spec.podSelector.matchLabels: Invalid value: "NoSpecialCharsLike=Equals": {KEY}'],
    ),
    (
        to_ports({"protocol": "ICMP", "port": 80}),
        [f'{PORT}.protocol: Unsupported value: "ICMP": supported values: "TCP", "UDP", "SCTP"'],
    ),
    (to_ports({"port": 123456789}), [f"{PORT}.port: Invalid value: 123456789: {ONE_TO_65535}"]),
    (
        to_ports({"port": "!@#$"}),
        [
            f'{PORT}.port: Invalid value: "!@#$": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
            f'{PORT}.port: Invalid value: "!@#$": must contain at least one letter (a-z)',
        ],
    ),
    (
        to_ports({"port": "dns", "endPort": 32768}),
        [f"{PORT}.endPort: Invalid value: 32768: may not be specified when `port` is non-numeric"],
    ),
    (
        to_ports({"endPort": 32768}),
        [f"{PORT}.endPort: Invalid value: 32768: may not be specified when `port` is not specified"],
    ),
    (
        to_ports({"port": 32000, "endPort": 31000}),
        [f"{PORT}.endPort: Invalid value: 31000: must be greater than or equal to `port`"],
    ),
    (to_ports({"port": 32000, "endPort": 65537}), [f"{PORT}.endPort: Invalid value: 65537: {ONE_TO_65535}"]),
    (peers({}), [f"{PEER}: Required value: must specify a peer"]),
    (
        peers({"ipBlock": {"cidr": "192.168.0.0/16"}, "namespaceSelector": SELECTOR}),
        [f"{PEER}: Forbidden: may not specify both ipBlock and another peer"],
    ),
    (
        peers({"namespaceSelector": BAD}),
        [f'{PEER}.namespaceSelector.matchLabels: Invalid value: "NoSpecialCharsLike=Equals": {KEY}'],
    ),
    (peers({"ipBlock": {}}), [f"{PEER}.ipBlock.cidr: Required value"]),
    (block("192.168.5.6"), [f'{PEER}.ipBlock.cidr: Invalid value: "192.168.5.6": {NO_RANGE}']),
    (
        block("192.168.5.6/16"),  # since 1.36
        [f'{PEER}.ipBlock.cidr: Invalid value: "192.168.5.6/16": must not have bits set beyond the prefix length'],
    ),
    *(
        (
            block("192.168.0.0/24", part),
            [f'{PEER}.ipBlock.except[0]: Invalid value: "{part}": must be a strict subset of `cidr`'],
        )
        for part in ("192.168.0.0/24", "192.168.0.0/16", "10.0.0.0/30", "fd00::/64")
    ),
    (
        policy(policyTypes=["foo", "Egress"]),
        ['spec.policyTypes[0]: Unsupported value: "foo": supported values: "Ingress", "Egress"'],
    ),
    (
        policy(policyTypes=["Ingress", "Egress", "foo"]),
        [
            'spec.policyTypes: Invalid value: ["Ingress","Egress","foo"]: may not specify more than two policyTypes',
        ],
    ),
]


@pytest.mark.parametrize(("one", "errors"), POLICIES)
def test_network_policies(one, errors):
    assert told(one) == errors


def test_ranges_that_a_policy_had_stay():
    old = block("192.168.5.6/16")
    assert check_update(copy.deepcopy(old), old) == []
    assert len(check_update(block("192.168.5.7/16"), old)) == 1


@pytest.mark.parametrize(
    ("spec", "types"),
    [
        ({}, ["Ingress"]),
        ({"ingress": [{}]}, ["Ingress"]),
        ({"egress": [{}]}, ["Ingress", "Egress"]),
        ({"egress": []}, ["Ingress"]),
        ({"policyTypes": ["Egress"]}, ["Egress"]),
    ],
)
def test_the_directions_of_a_policy(spec, types):
    # https://kubernetes.io/docs/concepts/services-networking/network-policies/: "If no policyTypes are specified ..."
    assert with_defaults(policy(**spec))["spec"]["policyTypes"] == types


def test_the_protocol_of_a_policy():
    made = with_defaults(policy(ingress=[{"ports": [{"port": 1}]}], egress=[{"ports": [{"protocol": "UDP"}]}]))["spec"]
    assert made["ingress"][0]["ports"] == [{"port": 1, "protocol": "TCP"}]
    assert made["egress"][0]["ports"] == [{"protocol": "UDP"}]


# EndpointSlice


def slice_(*endpoints, kind="IPv4", ports=()):
    return thing("EndpointSlice", addressType=kind, endpoints=list(endpoints), ports=list(ports))


def at(*addresses, **more):
    return {"addresses": list(addresses), **more}


E = "endpoints[0]"
SLICES = [
    (slice_(at("10.1.2.3", hostname="valid-123")), []),
    (slice_(at("a00:100::4"), kind="IPv6"), []),
    (slice_(at("foo.example.com", "example.com", "example.com."), kind="FQDN"), []),
    (slice_(ports=[{"name": "tcp"}, {"name": "udp", "protocol": "UDP"}, {"name": "sctp", "protocol": "SCTP"}]), []),
    (slice_(ports=[{}, {"name": "http", "appProtocol": "example.com/custom-protocol"}]), []),
    (slice_(ports=[{"name": "a" * 63}]), []),
    (slice_(), []),
    (slice_(*[at("10.1.2.3")] * 1000), []),
    (slice_(at(*["10.1.2.3"] * 100)), []),
    (thing("EndpointSlice", endpoints=None), ["addressType: Required value"]),
    (
        slice_(kind="IP"),
        ['addressType: Unsupported value: "IP": supported values: "FQDN", "IPv4", "IPv6"'],
    ),
    (slice_(*[at("10.1.2.3")] * 1001), ["endpoints: Too many: 1001: must have at most 1000 items"]),
    (slice_(at()), [f"{E}.addresses: Required value: must contain at least 1 address"]),
    (slice_(at(*["10.1.2.3"] * 101)), [f"{E}.addresses: Too many: 101: must have at most 100 items"]),
    (slice_(at("123.456.789.012")), [f'{E}.addresses[0]: Invalid value: "123.456.789.012": {NO_IP}']),
    (
        slice_(at("10.1.2.3", "2001:4860:4860::8888")),
        [f'{E}.addresses[1]: Invalid value: "2001:4860:4860::8888": must be an IPv4 address'],
    ),
    (slice_(at("10.1.2.3"), kind="IPv6"), [f'{E}.addresses[0]: Invalid value: "10.1.2.3": must be an IPv6 address']),
    (slice_(at("127.0.0.1")), [f'{E}.addresses[0]: Invalid value: "127.0.0.1": {LOOPBACK}']),
    (
        slice_(at("fe80::9656:d028:8652:66b6"), kind="IPv6"),
        [
            f'{E}.addresses[0]: Invalid value: "fe80::9656:d028:8652:66b6": may not be in the link-local range '
            "(169.254.0.0/16, fe80::/10)"
        ],
    ),
    *(
        (slice_(at(name), kind="FQDN"), [f'{E}.addresses[0]: Invalid value: "{name}": {SUBDOMAIN}'])
        for name in ("foo.*", "FOO.example.com", "underscores_are_bad.example.com", "*.example.com")
    ),
    (
        slice_(at("example"), kind="FQDN"),
        [
            f'{E}.addresses[0]: Invalid value: "example": should be a domain with at least two segments separated by dots'
        ],
    ),
    (slice_(at(""), kind="FQDN"), [f"{E}.addresses[0]: Required value"]),
    (slice_(ports=[{}, {}]), ['ports[1].name: Duplicate value: ""']),
    (slice_(ports=[{"name": "almost_valid"}]), [f'ports[0].name: Invalid value: "almost_valid": {LABEL}']),
    (
        slice_(ports=[{"name": "a" * 64}]),
        [f'ports[0].name: Invalid value: "{"a" * 64}": must be no more than 63 bytes'],
    ),
    (
        slice_(ports=[{"protocol": "foo"}]),
        ['ports[0].protocol: Unsupported value: "foo": supported values: "SCTP", "TCP", "UDP"'],
    ),
    (slice_(ports=[{"appProtocol": "--"}]), [f'ports[0].appProtocol: Invalid value: "--": {KEY}']),
    (slice_(at("10.1.2.3", hostname="--INVALID")), [f'{E}.hostname: Invalid value: "--INVALID": {LABEL}']),
    (slice_(at("10.1.2.3", nodeName="INVALID")), [f'{E}.nodeName: Invalid value: "INVALID": {SUBDOMAIN}']),
    (
        slice_(at("10.1.2.3", deprecatedTopology={"--INVALID": "example"})),
        [f'{E}.deprecatedTopology: Invalid value: "--INVALID": {KEY}'],
    ),
    (
        slice_(at("10.1.2.3", deprecatedTopology={f"key-{number}": "a" for number in range(17)})),
        [f"{E}.deprecatedTopology: Too many: 17: must have at most 16 items"],
    ),
    (
        slice_(at("10.1.2.3", hints={"forZones": [{"name": f"zone-{number}"} for number in range(9)]})),
        [f"{E}.hints.forZones: Too many: 9: must have at most 8 items"],
    ),
    (
        slice_(at("10.1.2.3", hints={"forZones": [{"name": "zone-a"}, {"name": "zone-a"}]})),
        [f'{E}.hints.forZones[1].name: Duplicate value: "zone-a"'],
    ),
    (slice_(at("10.1.2.3", hints={"forNodes": [{"name": "node-1"}]})), []),
]


@pytest.mark.parametrize(("one", "errors"), SLICES)
def test_endpoint_slices(one, errors):
    assert told(one) == errors


def test_the_sort_of_addresses_stays():
    errors = check_update(slice_(kind="IPv6"), slice_())
    assert [str(error) for error in errors] == ['addressType: Invalid value: "IPv6": field is immutable']


def test_slices_that_are_accepted_with_a_warning():
    assert warnings_of(slice_(kind="FQDN")) == ["spec.addressType: FQDN endpoints are deprecated"]
    assert warnings_of(slice_(at("2001:DB8::1"), kind="IPv6")) == [
        'endpoints[0].addresses[0]: IPv6 address "2001:DB8::1" should be in RFC 5952 canonical format ("2001:db8::1")'
    ]


def test_slices_of_a_real_server_are_as_they_are():
    objects = json.loads((FIXTURES / "real-cluster/objects.json").read_text(encoding="utf-8"))["items"]
    slices = [one for one in objects if one["kind"] == "EndpointSlice"]
    assert slices
    for one in slices:
        assert with_defaults(one) == one
        assert check_create(one) == check_update(one, one) == warnings_of(one) == []


# Endpoints


def endpoints(*subsets):
    return thing("Endpoints", subsets=list(subsets))


S = "subsets[0]"
READY = {"addresses": [{"ip": "10.10.1.1"}]}
ENDPOINTS = [
    (endpoints(), []),
    (endpoints(READY | {"ports": [{"port": 80}]}), []),
    (endpoints({"notReadyAddresses": [{"ip": "10.10.1.1"}], "ports": [{"port": 80}]}), []),
    (endpoints({"ports": [{"port": 80}]}), [f"{S}: Required value: must specify `addresses` or `notReadyAddresses`"]),
    (
        endpoints({"addresses": [{"ip": "[10.10.1.1]"}]}),
        [f'{S}.addresses[0].ip: Invalid value: "[10.10.1.1]": {NO_IP}'],
    ),
    (endpoints({"addresses": [{"ip": "127.0.0.1"}]}), [f'{S}.addresses[0].ip: Invalid value: "127.0.0.1": {LOOPBACK}']),
    (
        endpoints(READY | {"ports": [{"port": 80}, {"port": 81, "name": "b"}]}),
        [f"{S}.ports[0].name: Required value"],
    ),
    (endpoints(READY | {"ports": [{"port": 66000}]}), [f"{S}.ports[0].port: Invalid value: 66000: {ONE_TO_65535}"]),
    (
        endpoints(READY | {"ports": [{"port": 80, "protocol": "Prot"}]}),
        [f'{S}.ports[0].protocol: Unsupported value: "Prot": supported values: "SCTP", "TCP", "UDP"'],
    ),
    (
        endpoints({"addresses": [{"ip": "10.10.1.1", "hostname": "a.b", "nodeName": "A"}]}),
        [
            f'{S}.addresses[0].hostname: Invalid value: "a.b": must not contain dots',
            f'{S}.addresses[0].nodeName: Invalid value: "A": {SUBDOMAIN}',
        ],
    ),
]


@pytest.mark.parametrize(("one", "errors"), ENDPOINTS)
def test_endpoints(one, errors):
    assert told(one) == errors
    assert [str(error) for error in check_update(with_defaults(one), endpoints())] == errors


# Addresses and ranges that are taken, though they are written oddly


# The words of the Kubernetes Enhancement Proposal on IP and CIDR validation (sig-network, 4858), and of apimachinery's
# pkg/util/validation/ip_test.go.
ODD_RANGES = [
    ("192.12.2.0/24", ""),
    (
        "192.12.2.8/24",
        'CIDR value "192.12.2.8/24" is ambiguous in this context (should be "192.12.2.0/24" or "192.12.2.8/32"?)',
    ),
    (
        "192.012.2.0/24",
        'non-standard CIDR value "192.012.2.0/24" will be considered invalid in a future Kubernetes release: use '
        '"192.12.2.0/24"',
    ),
    (
        "2001:db8:0:0::/64",
        'IPv6 CIDR value "2001:db8:0:0::/64" should be in RFC 5952 canonical format ("2001:db8::/64")',
    ),
]


@pytest.mark.parametrize(("cidr", "said"), ODD_RANGES)
def test_ranges_that_are_written_oddly(cidr, said):
    made = policy(egress=[{"to": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": [cidr]}}]}])
    assert warnings_of(made) == ([f"spec.egress[0].to[0].ipBlock.except[0]: {said}"] if said else [])


@pytest.mark.parametrize(
    ("ip", "said"),
    [
        ("192.12.2.2", ""),
        (
            "192.012.2.2",
            'non-standard IP address "192.012.2.2" will be considered invalid in a future Kubernetes release: use '
            '"192.12.2.2"',
        ),
        (
            "::ffff:192.12.2.2",
            'non-standard IP address "::ffff:192.12.2.2" will be considered invalid in a future Kubernetes release: use '
            '"192.12.2.2"',
        ),
        ("2001:db8:0:0::2", 'IPv6 address "2001:db8:0:0::2" should be in RFC 5952 canonical format ("2001:db8::2")'),
    ],
)
def test_addresses_that_are_written_oddly(ip, said):
    made = endpoints({"addresses": [{"ip": ip}]})
    assert warnings_of(made) == ([f"subsets[0].addresses[0].ip: {said}"] if said else [])


# All of them


@pytest.mark.parametrize("one", [case[0] for case in [*INGRESSES, *POLICIES, *SLICES, *ENDPOINTS] if not case[1]])
def test_what_is_accepted_has_what_the_client_asks_for(one):
    """The models of the `kubernetes` package refuse an object that lacks a required field."""
    models = {"Ingress": "V1Ingress", "NetworkPolicy": "V1NetworkPolicy", "EndpointSlice": "V1EndpointSlice"}
    model = models.get(one["kind"], "V1Endpoints")
    api = kubernetes.client.ApiClient()
    read = api._ApiClient__deserialize(with_defaults(one), model)
    assert api.sanitize_for_serialization(read)["metadata"]["name"] == "web"


def test_every_message_has_an_explanation_of_its_own():
    errors = [error for _, errors in (*INGRESSES, *POLICIES, *SLICES, *ENDPOINTS) for error in errors]
    errors += [f"spec.egress[0].to[0].ipBlock.cidr: {said}" for _, said in ODD_RANGES if said]
    words = {error: explain(*error.split(": ", 1)) for error in errors}
    assert [error for error, said in words.items() if not said or said.startswith("This must be given")] == []


# What a load balancer got


def balanced(*got, kind="LoadBalancer"):
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "s"},
        "spec": {"type": kind, "clusterIP": "10.96.0.9"},
    }
    service["spec"] |= {"clusterIPs": ["10.96.0.9"], "ports": [{"port": 80}], "selector": {"a": "b"}}
    return with_defaults(service | {"status": {"loadBalancer": {"ingress": list(got)}}})


INGRESS = "status.loadBalancer.ingress"
BALANCERS = [
    (balanced({"ip": "203.0.113.9"}), []),
    (balanced({"hostname": "lb.example.com"}), []),
    (balanced({"ip": "203.0.113"}), [f'{INGRESS}[0].ip: Invalid value: "203.0.113": {NO_IP}']),
    (
        balanced({"hostname": "10.0.0.1"}),
        [f'{INGRESS}[0].hostname: Invalid value: "10.0.0.1": must be a DNS name, not an IP address'],
    ),
    (
        balanced({"ip": "203.0.113.9", "ipMode": "vip"}),
        [f'{INGRESS}[0].ipMode: Unsupported value: "vip": supported values: "Proxy", "VIP"'],
    ),
    (
        balanced({"hostname": "a.b", "ipMode": "VIP"}),
        [f"{INGRESS}[0].ipMode: Forbidden: may not be specified when `ip` is not set"],
    ),
    (
        balanced({"ip": "203.0.113.9"}, kind="NodePort"),
        [f"{INGRESS}: Forbidden: may only be used when `spec.type` is 'LoadBalancer'"],
    ),
]


@pytest.mark.parametrize(("one", "errors"), BALANCERS)
def test_addresses_of_load_balancers(one, errors):
    before = with_defaults({**one, "status": {"loadBalancer": {}}})
    assert [str(error) for error in check_update(one, before)] == errors
    # What is there already keeps nobody from changing the rest.
    assert check_update(one, one) == []
    assert all(explain(*error.split(": ", 1)) for error in errors)


def test_addresses_of_ingresses():
    old = ingress(defaultBackend=BACKEND)
    got = [{"ip": "127.0.0.1"}, {"ip": "x"}, {"hostname": "A"}]
    errors = check_update(old | {"status": {"loadBalancer": {"ingress": got}}}, old)
    assert [error.field for error in errors] == [f"{INGRESS}[1].ip", f"{INGRESS}[2].hostname"]
