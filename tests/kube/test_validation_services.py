"""What is refused of a Service, in the API server's words."""

import copy
from pathlib import Path

import pytest
import yaml

from nodeportkit.kube.validation import check_create, check_update, refusal, warnings_of

CASES = yaml.safe_load((Path(__file__).parents[1] / "fixtures/validation/services.yaml").read_text(encoding="utf-8"))
VALID = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "valid", "namespace": "valid"},
    "spec": {
        "type": "ClusterIP",
        "selector": {"key": "val"},
        "sessionAffinity": "None",
        "internalTrafficPolicy": "Cluster",
        "ports": [{"name": "p", "protocol": "TCP", "port": 8675, "targetPort": 8675}],
    },
}


def service(metadata=None, **spec):
    made = copy.deepcopy(VALID)
    made["metadata"] |= metadata or {}
    made["spec"] |= spec
    return made


def told(errors):
    return [str(error) for error in errors]


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_the_server_says(case):
    made = service(case.get("metadata"), **case.get("spec", {}))
    before = copy.deepcopy(made)
    assert told(check_create(made)) == case["errors"]
    assert made == before


def test_a_status_with_one_error_is_the_server_s():
    # [seen] on a server 1.36.2
    field, value = "spec.ports[0].nodePort", "Forbidden: may not be used when `type` is 'ClusterIP'"
    errors = check_create(service(ports=[{"protocol": "TCP", "port": 80, "targetPort": 80, "nodePort": 30080}]))
    assert refusal("Service", "s", errors) == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": f'Service "s" is invalid: {field}: {value}',
        "reason": "Invalid",
        "details": {
            "name": "s",
            "kind": "Service",
            "causes": [{"reason": "FieldValueForbidden", "message": value, "field": field}],
        },
        "code": 422,
    }


def test_a_status_with_two_errors_lists_them():
    # [seen] on a server 1.36.2
    ports = [{"protocol": "TCP", "port": port, "targetPort": port} for port in (80, 81)]
    status = refusal("Service", "s", check_create(service(ports=ports)))
    expected = "[spec.ports[0].name: Required value, spec.ports[1].name: Required value]"
    assert status["message"] == f'Service "s" is invalid: {expected}'


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        # [seen] on a server 1.36.2, or quoted from servers in issues
        (
            {"type": "Foo"},
            'spec.type: Unsupported value: "Foo": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
        ),
        (
            {"sessionAffinity": "Sticky"},
            'spec.sessionAffinity: Unsupported value: "Sticky": supported values: "ClientIP", "None"',
        ),
        (
            {"sessionAffinity": "ClientIP", "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 86401}}},
            "spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than "
            "86400",
        ),
        (
            {"type": "ExternalName", "externalName": ""},
            "spec.externalName: Required value",
        ),
        (
            {"selector": {"app": "x y"}},
            'spec.selector: Invalid value: "x y": a valid label must be an empty string or consist of alphanumeric '
            "characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or "
            "'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
        ),
        (
            {"clusterIP": "300.1.1.1", "clusterIPs": ["300.1.1.1"]},
            'spec.clusterIPs[0]: Invalid value: "300.1.1.1": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        ),
        # since 1.36 (StrictIPCIDRValidation)
        (
            {"externalTrafficPolicy": "Cluster", "externalIPs": ["010.0.0.5"]},
            'spec.externalIPs[0]: Invalid value: "010.0.0.5": must not have leading 0s',
        ),
        (
            {"externalTrafficPolicy": "Cluster", "externalIPs": ["::ffff:1.2.3.4"]},
            'spec.externalIPs[0]: Invalid value: "::ffff:1.2.3.4": must not be an IPv4-mapped IPv6 address',
        ),
        (
            {
                "type": "LoadBalancer",
                "externalTrafficPolicy": "Cluster",
                "allocateLoadBalancerNodePorts": True,
                "loadBalancerSourceRanges": ["192.168.0.5/24"],
            },
            'spec.LoadBalancerSourceRanges[0]: Invalid value: "192.168.0.5/24": must not have bits set beyond the prefix '
            "length",
        ),
    ],
)
def test_servers_have_said(spec, expected):
    assert told(check_create(service(**spec))) == [expected]


@pytest.mark.parametrize("name", ["1abc", "web-2", "a", "x" * 63])
def test_names_that_servers_since_1_36_take(name):
    assert check_create(service({"name": name})) == []


def test_annotations_have_256_kib_together():
    key = "kubectl.kubernetes.io/last-applied-configuration"
    room = 262144 - len(key)
    assert check_create(service({"annotations": {key: "x" * room}})) == []
    # As servers since 1.34 say of large CRDs.
    expected = ["metadata.annotations: Too long: may not be more than 262144 bytes"]
    assert told(check_create(service({"annotations": {key: "x" * (room + 1)}}))) == expected
    assert told(check_create(service({"annotations": {key: "é" * (room // 2 + 1)}}))) == expected


SOURCE_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"
OLD = service(clusterIP="10.96.0.10", clusterIPs=["10.96.0.10"], ipFamilies=["IPv4"], ipFamilyPolicy="SingleStack")
BALANCED = {
    "type": "LoadBalancer",
    "externalTrafficPolicy": "Local",
    "allocateLoadBalancerNodePorts": True,
    "healthCheckNodePort": 30500,
    "loadBalancerClass": "example.com/internal",
}


def changed(old, **spec):
    made = copy.deepcopy(old)
    made["spec"] |= spec
    made["spec"] = {key: value for key, value in made["spec"].items() if value is not None}
    return told(check_update(made, old))


def test_what_may_change():
    assert changed(OLD) == []
    assert changed(OLD, selector={"app": "web"}, sessionAffinity="None", internalTrafficPolicy="Local") == []
    assert changed(OLD, ports=[{"protocol": "UDP", "port": 53, "targetPort": "dns"}]) == []


def test_a_cluster_ip_stays():
    # [seen] on a server 1.36.2
    expected = ['spec.clusterIPs[0]: Invalid value: ["10.96.3.3"]: may not change once set']
    assert changed(OLD, clusterIP="10.96.3.3", clusterIPs=["10.96.3.3"]) == expected
    assert changed(OLD, clusterIP="", clusterIPs=None) == [
        "spec.clusterIPs[0]: Invalid value: null: primary clusterIP can not be unset",
    ]
    assert changed(OLD, clusterIP="None", clusterIPs=["None"]) == [
        'spec.clusterIPs[0]: Invalid value: ["None"]: may not change once set'
    ]


def test_an_ip_family_stays():
    assert (
        changed(OLD, ipFamilies=["IPv6"])[0] == 'spec.ipFamilies[0]: Invalid value: ["IPv6"]: may not change once set'
    )


def test_a_second_address_goes_when_the_policy_says_so():
    both = ["10.96.0.10", "fd00::10"]
    dual = service(clusterIP=both[0], clusterIPs=both, ipFamilies=["IPv4", "IPv6"], ipFamilyPolicy="RequireDualStack")
    one = {"clusterIPs": both[:1], "ipFamilies": ["IPv4"]}
    policy = "spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": must be set to 'SingleStack' when releasing"
    assert changed(dual, **one) == [f"{policy} the secondary clusterIP", f"{policy} the secondary ipFamily"]
    assert changed(dual, **one, ipFamilyPolicy="SingleStack") == []
    assert changed(OLD, clusterIPs=both, ipFamilies=["IPv4", "IPv6"], ipFamilyPolicy="RequireDualStack") == []


def test_load_balancers_keep_class_and_health_check_port():
    old = service(**BALANCED)
    assert changed(old, loadBalancerClass="example.com/other") == [
        'spec.loadBalancerClass: Invalid value: "example.com/other": may not change once set'
    ]
    assert changed(old, loadBalancerClass=None) == [
        "spec.loadBalancerClass: Invalid value: null: may not change once set"
    ]
    assert changed(old, healthCheckNodePort=30501) == ["spec.healthCheckNodePort: Forbidden: field is immutable"]


def test_addresses_and_ranges_that_are_stored_pass_as_they_are_written():
    """kubernetes, pkg/apis/core/validation: `IsValidIPForLegacyField` and `IsValidCIDRForLegacyField` with the old values."""
    ranges, annotation = ["192.168.0.5/24 ", "010.0.0.0/8"], {SOURCE_RANGES: "192.168.0.5/24"}
    balanced = service(**BALANCED | {"loadBalancerSourceRanges": ranges})
    assert changed(balanced, selector={"app": "web"}, loadBalancerSourceRanges=[ranges[0].strip()]) == []
    assert changed(balanced, loadBalancerSourceRanges=[*ranges, "172.16.0.1/12"]) == [
        'spec.LoadBalancerSourceRanges[2]: Invalid value: "172.16.0.1/12": must not have bits set beyond the prefix length'
    ]
    annotated = service({"annotations": annotation}, **BALANCED)
    assert changed(annotated, selector={"app": "web"}) == []
    assert len(changed(annotated, loadBalancerSourceRanges=["192.168.0.5/24"])) == 1
    outside = service(
        externalTrafficPolicy="Cluster", externalIPs=["010.0.0.5"], clusterIP="010.96.0.10", clusterIPs=["010.96.0.10"]
    )
    assert changed(outside, selector={"app": "web"}) == []
    assert len(changed(outside, externalIPs=["010.0.0.6"])) == 1
    # That an address is special is looked at each time.
    assert len(changed(service(externalTrafficPolicy="Cluster", externalIPs=["127.0.0.1"]))) == 1


def test_a_name_stays():
    other = service({"name": "other"})
    assert told(check_update(other, VALID)) == ['metadata.name: Invalid value: "other": field is immutable']


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (service(), []),
        (
            service(clusterIP="None", clusterIPs=["None"], externalIPs=["1.2.3.4"], loadBalancerIP="1.2.3.4"),
            [
                "spec.loadBalancerIP is ignored for headless services",
                "spec.externalIPs is ignored for headless services",
            ],
        ),
        (
            service(clusterIP="None", clusterIPs=["None"], sessionAffinity="ClientIP"),
            ["spec.SessionAffinity is ignored for headless services"],
        ),
        (
            service(externalIPs=["2001:db8:0:0::1"]),
            [
                'spec.externalIPs[0]: IPv6 address "2001:db8:0:0::1" should be in RFC 5952 canonical format '
                '("2001:db8::1")'
            ],
        ),
        (
            service(type="ExternalName", externalName="db.example.com", externalIPs=["1.2.3.4"]),
            ['spec.externalIPs is ignored when spec.type is "ExternalName"'],
        ),
        (
            service(externalName="db.example.com"),
            ['spec.externalName is ignored when spec.type is not "ExternalName"'],
        ),
        (
            service(trafficDistribution="PreferClose"),
            ['spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'],
        ),
        (
            service({"annotations": {"service.kubernetes.io/topology-aware-hints": "auto"}}),
            [
                "annotation service.kubernetes.io/topology-aware-hints is deprecated, please use "
                "service.kubernetes.io/topology-mode instead"
            ],
        ),
    ],
)
def test_warnings_are_the_server_s(made, expected):
    assert warnings_of(made) == expected
