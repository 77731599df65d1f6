"""What the API server fills in.

Expected values: what a server 1.36.2 stored, and kubernetes/kubernetes pkg/apis/core/v1/defaults.go and
pkg/apis/apps/v1/defaults.go.
"""

import copy

import pytest

from nodeportkit.kube.defaults import with_defaults


def service(**spec):
    return with_defaults({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": spec})["spec"]


def test_a_service_of_one_port():
    assert service(ports=[{"port": 80}]) == {
        "type": "ClusterIP",
        "sessionAffinity": "None",
        "internalTrafficPolicy": "Cluster",
        "ports": [{"port": 80, "protocol": "TCP", "targetPort": 80}],
    }


@pytest.mark.parametrize("target", [None, 0, ""])
def test_a_target_port_that_says_nothing_is_the_port(target):
    assert service(ports=[{"port": 80, "targetPort": target}])["ports"][0]["targetPort"] == 80


def test_what_is_said_stays():
    port = {"name": "dns", "port": 53, "protocol": "UDP", "targetPort": "dns", "nodePort": 30053}
    spec = {
        "type": "NodePort",
        "externalTrafficPolicy": "Local",
        "internalTrafficPolicy": "Local",
        "sessionAffinity": "None",
        "ports": [port],
    }
    assert service(**copy.deepcopy(spec)) == spec


@pytest.mark.parametrize(
    ("spec", "policy"),
    [
        ({}, None),
        ({"type": "NodePort"}, "Cluster"),
        ({"type": "LoadBalancer"}, "Cluster"),
        ({"externalIPs": ["1.2.3.4"]}, "Cluster"),
        ({"type": "ExternalName", "externalIPs": ["1.2.3.4"]}, None),
    ],
)
def test_who_can_be_reached_from_outside_has_a_policy(spec, policy):
    assert service(**spec).get("externalTrafficPolicy") == policy


def test_an_external_name_has_little():
    spec = {"type": "ExternalName", "externalName": "db.example.com"}
    assert service(**spec) == {**spec, "sessionAffinity": "None"}


def test_a_load_balancer_wants_node_ports():
    assert service(type="LoadBalancer")["allocateLoadBalancerNodePorts"] is True
    assert service(type="LoadBalancer", allocateLoadBalancerNodePorts=False)["allocateLoadBalancerNodePorts"] is False
    assert "allocateLoadBalancerNodePorts" not in service(type="NodePort")


def test_a_client_stays_for_three_hours():
    timeout = {"clientIP": {"timeoutSeconds": 10800}}
    assert service(sessionAffinity="ClientIP")["sessionAffinityConfig"] == timeout
    assert (
        service(sessionAffinity="ClientIP", sessionAffinityConfig={"clientIP": {}})["sessionAffinityConfig"] == timeout
    )
    assert "sessionAffinityConfig" not in service(sessionAffinityConfig=timeout)
    given = {"clientIP": {"timeoutSeconds": 0}}
    assert service(sessionAffinity="ClientIP", sessionAffinityConfig=given)["sessionAffinityConfig"] == given


def test_a_pod():
    made = with_defaults(
        {"kind": "Pod", "spec": {"containers": [{"name": "a", "image": "nginx", "ports": [{"containerPort": 80}]}]}}
    )
    assert made["spec"] == {
        "restartPolicy": "Always",
        "dnsPolicy": "ClusterFirst",
        "terminationGracePeriodSeconds": 30,
        "securityContext": {},
        "schedulerName": "default-scheduler",
        "enableServiceLinks": True,
        "containers": [
            {
                "name": "a",
                "image": "nginx",
                "ports": [{"containerPort": 80, "protocol": "TCP"}],
                "imagePullPolicy": "Always",
                "terminationMessagePath": "/dev/termination-log",
                "terminationMessagePolicy": "File",
                "resources": {},
            }
        ],
    }


@pytest.mark.parametrize(
    ("image", "policy"),
    [
        ("nginx", "Always"),
        ("nginx:latest", "Always"),
        ("nginx:1.27", "IfNotPresent"),
        ("registry.example.com:5000/nginx", "Always"),
        ("registry.example.com:5000/nginx:1.27", "IfNotPresent"),
        ("nginx@sha256:" + "a" * 64, "IfNotPresent"),
    ],
)
def test_images_are_pulled(image, policy):
    made = with_defaults({"kind": "Pod", "spec": {"containers": [{"name": "a", "image": image}]}})
    assert made["spec"]["containers"][0]["imagePullPolicy"] == policy


def test_a_probe():
    container = {"name": "a", "image": "b", "readinessProbe": {"httpGet": {"port": 80}}}
    made = with_defaults({"kind": "Pod", "spec": {"containers": [container]}})
    assert made["spec"]["containers"][0]["readinessProbe"] == {
        "httpGet": {"port": 80, "path": "/", "scheme": "HTTP"},
        "timeoutSeconds": 1,
        "periodSeconds": 10,
        "successThreshold": 1,
        "failureThreshold": 3,
    }


def test_on_the_node_s_network_ports_are_the_node_s():
    spec = {"hostNetwork": True, "containers": [{"name": "a", "image": "b", "ports": [{"containerPort": 80}]}]}
    made = with_defaults({"kind": "Pod", "spec": spec})
    assert made["spec"]["containers"][0]["ports"] == [{"containerPort": 80, "hostPort": 80, "protocol": "TCP"}]
    made = with_defaults({"kind": "Deployment", "spec": {"template": {"spec": spec}}})
    template = made["spec"]["template"]["spec"]
    assert template["containers"][0]["ports"] == [{"containerPort": 80, "protocol": "TCP"}]
    assert "enableServiceLinks" not in template


def test_limits_are_requests_of_pods():
    resources = {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "500m"}}
    made = with_defaults({"kind": "Pod", "spec": {"containers": [{"name": "a", "image": "b", "resources": resources}]}})
    assert made["spec"]["containers"][0]["resources"]["requests"] == {"cpu": "500m", "memory": "1Gi"}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (
            "Deployment",
            {
                "replicas": 1,
                "revisionHistoryLimit": 10,
                "progressDeadlineSeconds": 600,
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}},
            },
        ),
        ("ReplicaSet", {"replicas": 1}),
        (
            "DaemonSet",
            {
                "revisionHistoryLimit": 10,
                "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}},
            },
        ),
        (
            "StatefulSet",
            {
                "replicas": 1,
                "revisionHistoryLimit": 10,
                "podManagementPolicy": "OrderedReady",
                "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
                "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
            },
        ),
    ],
)
def test_a_workload(kind, expected):
    made = with_defaults({"kind": kind, "spec": {}})["spec"]
    del made["template"]
    assert made == expected


def test_nobody_s_replicas_are_changed():
    assert with_defaults({"kind": "Deployment", "spec": {"replicas": 0}})["spec"]["replicas"] == 0
    made = with_defaults({"kind": "Deployment", "spec": {"strategy": {"type": "Recreate"}}})
    assert made["spec"]["strategy"] == {"type": "Recreate"}


def test_the_argument_stays_as_it_is_and_twice_is_once():
    for kind in ("Service", "Pod", "Deployment", "ConfigMap"):
        thing = {"kind": kind, "spec": {"ports": [{"port": 80}], "containers": [{"name": "a"}]}}
        before = copy.deepcopy(thing)
        made = with_defaults(thing)
        assert thing == before
        assert with_defaults(made) == made
