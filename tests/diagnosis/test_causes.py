"""Each cause of the closed list, planted by hand in a small cluster: seen where it is, and not seen where things are right."""

import shlex

import jsonpatch
import pytest

from diagnosis_cluster import (
    NODES,
    OWNERS,
    PODS,
    SLICE,
    address,
    cluster,
    container,
    node,
    pod,
    policy,
    port,
    proxies,
    service,
    service_port,
    slice_of,
    workload,
)
from nodeportkit.diagnosis import diagnose
from nodeportkit.kube.host import Host
from nodeportkit.kube.proxy_config import ProxyConfig

WEB = "shop/web"
AT = {"node": "n1", "port": 31080}


def first(cluster, name=WEB, **question):
    found = diagnose(cluster, name, **question)
    return found.iloc[0] if len(found) else None


def told(cluster, name=WEB, **question):
    found = diagnose(cluster, name, **question)
    return list(zip(found["cause"], found["certainty"], strict=True))


def certain(cluster, name=WEB, **question):
    """The facts and hints."""
    return [each for each in told(cluster, name, **question) if each[1] != "possible"]


def is_first(found, cause, certainty="fact"):
    assert found is not None, "nothing was found"
    assert (found["cause"], found["certainty"]) == (cause, certainty), found.to_dict()
    return found


# A healthy service


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"symptom": "refused"},
        {"symptom": "timeout"},
        {"symptom": "timeout", "node": "n3", "port": 31080},
        {"symptom": "refused", "address": "192.168.1.12", "port": 31080},
        {"symptom": "reset", "port": 31080},
        {"address": "10.96.7.20", "port": 80, "source": "pod"},
        {"address": "10.96.7.20", "port": 80, "source": "10.244.2.5"},
        {"address": "192.168.1.13", "port": 31080, "source": "shop/web-5d9c-a"},
        {"address": "127.0.0.1", "port": 31080, "node": "n1"},
    ],
)
def test_a_healthy_service_gets_no_fact_and_no_hint(question):
    assert certain(cluster(), **question) == []


def test_nothing_at_all_is_said_of_a_healthy_service_without_a_symptom():
    assert told(cluster()) == []


# The service


def test_a_service_that_is_not_there():
    found = is_first(first(cluster(), "shop/wep", symptom="refused"), "service-not-found")
    assert "Did you mean web?" in found["explanation"]
    found = is_first(first(cluster(service("web", namespace="lab")), "lab/nothing"), "service-not-found")
    assert found["object"] == "Service lab/nothing"


def test_a_service_of_another_namespace():
    found = is_first(first(cluster(service("other", namespace="lab")), "lab/web"), "service-not-found")
    assert "shop/web exists" in found["evidence"]


def test_a_namespace_of_which_nothing_was_shown_proves_nothing():
    assert told(cluster(), "lab/web") == [("service-not-found", "possible")]


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"type": "ClusterIP", "externalTrafficPolicy": None}, "spec.type"),
        ({"type": "ClusterIP", "clusterIP": "None", "clusterIPs": ["None"]}, "spec.type"),
        ({"type": "ExternalName", "externalName": "db.example.com", "selector": None, "clusterIPs": None}, "spec.type"),
        ({"type": "LoadBalancer", "allocateLoadBalancerNodePorts": False}, "spec.allocateLoadBalancerNodePorts"),
    ],
)
def test_a_service_without_a_node_port(spec, field):
    made = cluster(service=service(ports=[service_port(at=None)], **spec))
    found = is_first(first(made, symptom="refused", node="n1", port=31080), "not-exposed")
    assert found["field"] == field
    if "externalTrafficPolicy" in spec:  # what is dialled is to answer
        numbers = '{"spec": {"type": "NodePort", "ports": [{"port": 80, "nodePort": 31080}]}}'
        assert found["fix"] == f"kubectl patch service -n shop web -p '{numbers}'"
    # It is right as it is as long as nobody dials a node port.
    assert certain(made) == []


def test_a_load_balancer_without_node_ports_is_right_at_its_own_address():
    made = service(type="LoadBalancer", allocateLoadBalancerNodePorts=False, ports=[service_port(at=None)])
    made["status"]["loadBalancer"] = {"ingress": [{"ip": "198.51.100.9"}]}
    for symptom in (None, "timeout", "refused"):
        assert certain(cluster(service=made), address="198.51.100.9", port=80, symptom=symptom) == []


@pytest.mark.parametrize(
    ("number", "field"),
    [(80, "spec.ports[0].port"), (8080, "spec.ports[0].targetPort"), (31081, "spec.ports[].nodePort")],
)
def test_another_number_than_the_node_port(number, field):
    for question in ({"node": "n2"}, {"address": "192.168.1.11"}, {}):
        found = is_first(first(cluster(), symptom="refused", port=number, **question), "wrong-port")
        assert found["field"] == field
        assert "31080" in found["evidence"]
    assert found["fix"] == "curl -m 5 http://192.168.1.11:31080/"


@pytest.mark.parametrize("where", ["203.0.113.7", "shop.example.com"])
def test_what_stands_before_the_nodes_may_have_other_numbers(where):
    found = told(cluster(), symptom="refused", address=where, port=80)
    assert ("wrong-port", "hint") in found
    assert "fact" not in [certainty for _, certainty in found]


def test_the_number_of_another_service():
    other = service("api", ports=[service_port(at=32000)], selector={"app": "api"}, clusterIPs=["10.96.7.21"])
    found = is_first(first(cluster(other), symptom="http", address="192.168.1.11", port=32000), "wrong-port")
    assert "the node port of shop/api" in found["evidence"]


def test_the_health_check_port():
    made = service(type="LoadBalancer", externalTrafficPolicy="Local", healthCheckNodePort=32001)
    found = is_first(first(cluster(service=made), symptom="http", node="n1", port=32001), "wrong-port")
    assert found["field"] == "spec.healthCheckNodePort"


def test_a_number_on_the_cluster_ip_is_no_wrong_port():
    assert certain(cluster(), address="10.96.7.20", port=80, source="node") == []


MANIFEST = """apiVersion: v1
kind: Service
metadata: {{name: web, namespace: shop}}
spec:
  type: NodePort
  selector: {{app: web}}
  ports: [{{port: 80, targetPort: 8080, nodePort: {}}}]
"""


@pytest.mark.parametrize(
    ("number", "words"), [(8080, "30000-32767"), (32000, "already allocated"), (32001, "already allocated")]
)
def test_a_node_port_that_the_api_server_refuses(number, words):
    other = service(
        "api", type="LoadBalancer", externalTrafficPolicy="Local", healthCheckNodePort=32001,
        ports=[service_port(at=32000)], clusterIPs=["10.96.7.21"],
    )  # fmt: skip
    found = diagnose(
        cluster(other, service=False), WEB, symptom="refused", port=number, manifest=MANIFEST.format(number)
    )
    assert list(zip(found["cause"], found["certainty"], strict=True)) == [("node-port-invalid", "fact")]
    assert found["field"][0] == "spec.ports[0].nodePort"
    assert words in found["evidence"][0]


def test_a_manifest_that_the_api_server_refuses_for_another_reason():
    manifest = MANIFEST.format(31080).replace("port: 80,", "port: 80000,", 1)
    other = service("api", ports=[service_port(at=32000)], clusterIPs=["10.96.7.21"])
    found = diagnose(cluster(other, service=False), WEB, manifest=manifest)
    assert found["cause"].tolist() == ["service-not-found"]
    assert "spec.ports[0].port" in found["evidence"][0]


def test_the_manifest_of_a_service_that_is_there_is_not_asked_about():
    assert told(cluster(), manifest=MANIFEST.format(31080)) == []


# The selector


def test_no_selector_and_no_slice():
    made = service(selector=None)
    is_first(first(cluster(service=made, slices=[slice_of(name="other")]), symptom="refused"), "no-selector")
    found = is_first(first(cluster(service=made, slices=[slice_of()]), symptom="refused"), "no-selector")
    assert "If Deployment web is meant" in found["explanation"]
    assert found["fix"] == """kubectl patch service -n shop web -p '{"spec": {"selector": {"app": "web"}}}'"""


@pytest.mark.parametrize("label", [True, False])
def test_a_slice_written_by_hand_makes_it_right_if_it_carries_the_label(label):
    by_hand = slice_of({"addresses": ["10.20.0.4"]}, label=label)
    found = certain(cluster(service=service(selector=None), slices=[by_hand]), symptom="refused")
    assert found == ([] if label else [("no-selector", "fact")])


def test_without_slices_collected_a_missing_selector_is_a_hint_at_most():
    made = cluster(service=service(selector=None), slices=[])
    found = first(made, symptom="refused")
    is_first(found, "no-selector", "hint")
    assert found["verify"] == "kubectl get endpointslices -n shop -l kubernetes.io/service-name=web -o wide"
    assert certain(made) == []


def test_a_selector_that_matches_nothing():
    made = service(selector={"app": "web", "type": "front-end"})
    found = is_first(first(cluster(service=made, slices=[slice_of()]), symptom="refused", **AT), "selector-mismatch")
    assert found["field"] == "spec.selector.type"
    assert found["evidence"] == "spec.selector.type=front-end; 2 of 2 pods have app=web, none has a label type"
    assert found["fix"] == """kubectl patch service -n shop web -p '{"spec": {"selector": {"type": null}}}'"""
    template = """kubectl patch deployment -n shop web -p '{"spec": {"template": {"metadata": {"labels": {"type": "front-end"}}}}}'"""
    assert found["alternative"] == template


def test_a_selector_that_differs_in_the_spelling():
    found = is_first(first(cluster(service=service(selector={"app": "wbe"}), slices=[])), "selector-mismatch")
    assert found["evidence"] == "spec.selector.app=wbe; none has app=wbe (theirs: web)"


def test_pods_of_another_namespace_do_not_count():
    away = [pod("web-5d9c-a", "n1", "10.244.1.5", namespace="lab")]
    moved = [workload(namespace="lab")]
    found = is_first(first(cluster(*proxies("n1"), pods=away, owners=moved, slices=[])), "selector-mismatch")
    assert "1 pod in lab would match" in found["evidence"]


def test_labels_that_were_not_shown_prove_nothing():
    made = cluster(slices=[])
    hidden = made.replace(pods=made.pods.assign(labels=None), endpoints=None)
    found = diagnose(hidden, WEB, symptom="refused")
    assert set(found["certainty"]) == {"possible"}
    assert "kubectl get pods -n shop --show-labels" in set(found["verify"])


# The pods


def test_a_workload_that_is_scaled_to_zero():
    made = cluster(pods=[], slices=[slice_of()], owners=[workload(replicas=0)])
    found = is_first(first(made, symptom="refused", **AT), "no-pods")
    assert found["object"] == "Deployment shop/web"
    assert found["fix"] == "kubectl scale deployment -n shop web --replicas=1"


def test_a_workload_that_may_not_make_pods():
    condition = {
        "type": "ReplicaFailure",
        "status": "True",
        "reason": "FailedCreate",
        "message": "exceeded quota: small",
    }
    owners = [workload(status={"replicas": 0, "readyReplicas": 0, "conditions": [condition]})]
    elsewhere = [pod("x", namespace="lab"), *proxies("n1")]
    found = is_first(first(cluster(pods=elsewhere, slices=[], owners=owners), symptom="refused"), "no-pods")
    assert "exceeded quota: small" in found["evidence"]


def test_pods_that_find_no_node():
    waiting = [pod("web-5d9c-a", None, None, ready=False, phase="Pending", reason="0/3 nodes: insufficient cpu")]
    found = is_first(first(cluster(pods=waiting, slices=[slice_of()]), symptom="refused"), "no-pods")
    assert "insufficient cpu" in found["evidence"]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"waiting": {"reason": "CrashLoopBackOff"}}, "CrashLoopBackOff"),
        ({"waiting": {"reason": "ImagePullBackOff"}}, "ImagePullBackOff"),
        ({"waiting": {"reason": "CreateContainerConfigError"}}, "CreateContainerConfigError"),
        ({"running": {}}, "ContainersNotReady"),
    ],
)
def test_pods_that_are_not_ready(state, words):
    sick = [pod("web-5d9c-a", ready=False, state=state, reason="ContainersNotReady")]
    end = {"addresses": ["10.244.1.5"], "nodeName": "n1", "conditions": {"ready": False, "serving": False}}
    found = is_first(first(cluster(pods=sick, slices=[slice_of(end)]), symptom="refused", **AT), "pods-not-ready")
    assert words in found["evidence"]
    assert found["verify"].startswith("kubectl ")


def test_one_ready_pod_is_enough():
    pods = [PODS[0], pod("web-5d9c-b", "n2", "10.244.2.5", ready=False)]
    end = {"addresses": ["10.244.2.5"], "nodeName": "n2", "conditions": {"ready": False, "serving": False}}
    assert (
        certain(cluster(pods=pods, slices=[slice_of(("web-5d9c-a", "n1", "10.244.1.5"), end)]), symptom="refused") == []
    )


def test_pods_published_before_they_are_ready_are_no_fault():
    pods = [pod("web-5d9c-a", ready=False)]
    made = cluster(service=service(publishNotReadyAddresses=True), pods=pods, slices=[])
    assert certain(made) == []


# The target port


def web_with(*ports, **more):
    """Both pods with these container ports."""
    made = [container("web", *ports, **more)]
    return [pod(f"web-5d9c-{x}", f"n{n}", f"10.244.{n}.5", containers=made) for n, x in ((1, "a"), (2, "b"))]


def test_a_number_that_no_container_declares_is_a_hint():
    made = cluster(pods=web_with(port(3000)), slices=[SLICE])
    found = is_first(first(made, symptom="refused", **AT), "target-port-mismatch", "hint")
    assert "the pods declare 3000" in found["evidence"]
    assert '"value": 3000' in found["fix"]


@pytest.mark.parametrize(
    "pods",
    [
        web_with(),
        web_with(port(8080)),
        web_with(port(3000), readinessProbe={"httpGet": {"port": 8080}}),
        web_with(port(3000), readinessProbe={"tcpSocket": {"port": 8080}}),
        web_with(port(3000), readinessProbe={"grpc": {"port": 8080}}),
    ],
)
def test_no_hint_where_nothing_is_declared_or_a_probe_passes(pods):
    assert certain(cluster(pods=pods), symptom="refused") == []


def test_a_probe_by_a_command_tells_nothing_of_the_port():
    pods = web_with(port(3000), readinessProbe={"exec": {"command": ["true"]}})
    assert certain(cluster(pods=pods), symptom="refused") == [("target-port-mismatch", "hint")]


def test_a_sidecar_may_have_the_port():
    sidecar = container("mesh", port(8080), restartPolicy="Always")
    pods = [
        pod("web-5d9c-a", containers=[container("web", port(3000))], initContainers=[sidecar]),
        pod("web-5d9c-b", "n2", "10.244.2.5", containers=[container("web", port(3000))], initContainers=[sidecar]),
    ]
    assert certain(cluster(pods=pods), symptom="refused") == []


NAMED = service(ports=[service_port(target="http")])


def test_a_name_that_all_pods_lack():
    made = cluster(service=NAMED, pods=web_with(port(8080, "web")), slices=[slice_of()])
    found = is_first(first(made, symptom="refused", **AT), "named-port-missing")
    assert found["field"] == "spec.ports[0].targetPort"
    assert "ports named web" in found["evidence"]


def test_a_name_that_some_pods_lack():
    pods = [PODS[0], pod("web-5d9c-b", "n2", "10.244.2.5", containers=[container("web", port(8080, "web"))])]
    made = cluster(service=NAMED, pods=pods, slices=[slice_of(("web-5d9c-a", "n1", "10.244.1.5"))])
    found = is_first(first(made, symptom="uneven"), "named-port-missing")
    assert found["object"] == "Pod shop/web-5d9c-b"
    assert "1 of 2 pods declare no port of that name" in found["evidence"]


def test_a_named_port_of_a_sidecar_is_there():
    sidecar = container("mesh", port(15090, "metrics"), restartPolicy="Always")
    pods = [pod(f"web-5d9c-{x}", f"n{n}", f"10.244.{n}.5", initContainers=[sidecar]) for n, x in ((1, "a"), (2, "b"))]
    ends = [("web-5d9c-a", "n1", "10.244.1.5"), ("web-5d9c-b", "n2", "10.244.2.5")]
    slices = [slice_of(*ends, ports=[{"name": "", "port": 15090, "protocol": "TCP"}])]
    made = cluster(service=service(ports=[service_port(target="metrics")]), pods=pods, slices=slices)
    assert certain(made, symptom="refused") == []


def test_a_name_for_another_protocol_takes_precedence():
    made = cluster(service=NAMED, pods=web_with(port(8080, "http", "UDP")), slices=[slice_of()])
    found = is_first(first(made, symptom="refused", **AT), "protocol-mismatch")
    assert '"path": "/spec/ports/0/protocol", "value": "UDP"' in found["fix"]
    assert ("named-port-missing", "fact") not in told(made, symptom="refused")


def test_a_number_for_another_protocol_is_a_hint():
    made = cluster(pods=web_with(port(8080, protocol="UDP")))
    is_first(first(made, symptom="refused", **AT), "protocol-mismatch", "hint")


def test_a_number_for_both_protocols_is_right():
    made = cluster(pods=web_with(port(8080), port(8080, protocol="UDP")))
    assert certain(made, symptom="refused") == []


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["--bind", "127.0.0.1:8080"], ["app-on-loopback"]),
        (["--host=localhost"], ["app-on-loopback"]),
        (["--bind", "0.0.0.0:8080"], []),
        (["--admin-listen=127.0.0.1:9901"], []),
    ],
)
def test_flags_that_bind_a_loopback_address(args, expected):
    found = certain(cluster(pods=web_with(port(8080), args=args)), symptom="refused", **AT)
    assert [cause for cause, certainty in found if certainty == "hint"] == expected


def test_a_probe_over_the_network_rules_a_loopback_address_out():
    pods = web_with(port(8080), args=["--bind=127.0.0.1:8080"], readinessProbe={"tcpSocket": {"port": 8080}})
    assert certain(cluster(pods=pods), symptom="refused") == []


def test_refused_by_a_sound_chain_it_is_possible_and_a_command_would_tell():
    found = diagnose(cluster(), WEB, symptom="refused", **AT)
    row = found[found["cause"].eq("app-on-loopback")].iloc[0]
    assert row["certainty"] == "possible"
    assert row["verify"].startswith("kubectl exec -n shop web-5d9c-a -- ")


# Families


def test_an_address_of_a_family_that_the_service_does_not_speak():
    nodes = [node(name, addresses=[address(name), f"fd00:168::{name[-1]}"]) for name in NODES]
    made = cluster(nodes=nodes)
    is_first(first(made, address="fd00:168::1", port=31080, symptom="refused"), "ip-family-mismatch")
    assert certain(made, address="192.168.1.11", port=31080, symptom="refused") == []


def test_a_family_that_no_pod_has():
    made = service(clusterIP="fd00:10:96::7", clusterIPs=["fd00:10:96::7"], ipFamilies=["IPv6"])
    is_first(first(cluster(service=made, slices=[]), symptom="refused"), "ip-family-mismatch")


def test_a_service_that_prefers_two_families_is_right_in_the_one_that_its_pods_have():
    both = service(
        clusterIPs=["10.96.7.20", "fd00:10:96::7"], ipFamilies=["IPv4", "IPv6"], ipFamilyPolicy="PreferDualStack"
    )
    assert certain(cluster(service=both), symptom="refused") == []


# Nodes and addresses


def test_the_node_dialled_has_no_pod_under_local_policy():
    made = cluster(service=service(externalTrafficPolicy="Local"))
    found = is_first(first(made, symptom="timeout", node="n3", port=31080), "local-policy-no-local-pod")
    assert "n1 and n2, none on n3" in found["evidence"]
    assert certain(made, symptom="timeout", node="n1", port=31080) == []


@pytest.mark.parametrize("source", ["node", "192.168.1.13"])
def test_the_node_itself_takes_a_short_cut_past_local_policy(source):
    made = cluster(service=service(externalTrafficPolicy="Local"))
    assert certain(made, symptom="timeout", node="n3", port=31080, source=source) == []


def test_pods_take_a_short_cut_past_local_policy_where_kube_proxy_knows_them():
    made = cluster(service=service(externalTrafficPolicy="Local"))
    knows = made.replace(proxy=ProxyConfig(cluster_cidrs=("10.244.0.0/16",)))
    assert certain(knows, symptom="timeout", node="n3", port=31080, source="10.244.3.9") == []
    asked = {"symptom": "timeout", "node": "n3", "port": 31080, "source": "10.244.3.9"}
    assert certain(made, **asked) == [("local-policy-no-local-pod", "fact")]


def test_a_terminating_pod_that_still_serves_is_a_local_pod():
    leaving = {
        "addresses": ["10.244.3.5"],
        "nodeName": "n3",
        "conditions": {"ready": False, "serving": True, "terminating": True},
        "targetRef": {"kind": "Pod", "name": "web-5d9c-c", "namespace": "shop"},
    }
    ends = [("web-5d9c-a", "n1", "10.244.1.5"), ("web-5d9c-b", "n2", "10.244.2.5"), leaving]
    pods = [*PODS, pod("web-5d9c-c", "n3", "10.244.3.5", deleted=True)]
    made = cluster(service=service(externalTrafficPolicy="Local"), pods=pods, slices=[slice_of(*ends)])
    assert certain(made, symptom="timeout", node="n3", port=31080) == []


@pytest.mark.parametrize(("dialled", "of"), [("10.96.7.20", "Service shop/web"), ("10.244.1.5", "Pod shop/web-5d9c-a")])
def test_addresses_that_exist_inside_the_cluster_only(dialled, of):
    found = is_first(first(cluster(), symptom="timeout", address=dialled, port=80), "node-ip-unroutable")
    assert found["object"] == of
    assert found["fix"] == "curl -m 5 http://192.168.1.11:31080/"
    assert certain(cluster(), address=dialled, port=80, source="shop/web-5d9c-b") == []


def test_an_address_of_nobody_is_a_hint():
    is_first(first(cluster(), symptom="timeout", address="203.0.113.7", port=31080), "node-ip-unroutable", "hint")


@pytest.mark.parametrize("where", ["externalIPs", "loadBalancer"])
def test_external_addresses_of_the_service_are_right_as_they_are(where):
    made = service(type="LoadBalancer", **({"externalIPs": ["198.51.100.9"]} if where == "externalIPs" else {}))
    if where == "loadBalancer":
        made["status"]["loadBalancer"] = {"ingress": [{"ip": "198.51.100.9"}]}
    assert certain(cluster(service=made), symptom="timeout", address="198.51.100.9", port=80) == []


def test_the_node_dialled_is_not_ready():
    nodes = [node("n1"), node("n2"), node("n3", ready=False)]
    is_first(first(cluster(nodes=nodes), symptom="timeout", node="n3", port=31080), "node-not-ready")
    # Another one does not matter.
    assert certain(cluster(nodes=nodes), symptom="timeout", node="n1", port=31080) == []
    assert certain(cluster(nodes=nodes)) == []


def test_every_pod_is_on_a_node_that_is_lost():
    """The node controller makes such pods unready (pkg/controller/nodelifecycle: MarkPodsNotReady); their containers stay as they were."""
    nodes = [node("n1", ready=False), node("n2"), node("n3")]
    lost = [pod("web-5d9c-a", "n1", "10.244.1.5", ready=False, containers_ready=True)]
    end = {"addresses": ["10.244.1.5"], "nodeName": "n1", "conditions": {"ready": False, "serving": False}}
    made = cluster(nodes=nodes, pods=lost, slices=[slice_of(end)])
    assert certain(made, symptom="refused", node="n2", port=31080) == [("node-not-ready", "fact")]


@pytest.mark.parametrize(
    ("config", "dialled", "expected"),
    [
        (ProxyConfig(mode="iptables"), "127.0.0.1", None),
        (ProxyConfig(mode="iptables", localhost_nodeports=False), "127.0.0.1", "fact"),
        (ProxyConfig(mode="ipvs"), "127.0.0.1", "fact"),
        (ProxyConfig(mode="nftables"), "127.0.0.1", "fact"),
        (ProxyConfig(), "127.0.0.1", "possible"),
        (ProxyConfig(mode="nftables"), "192.168.2.11", "fact"),
        (ProxyConfig(mode="nftables"), "192.168.1.11", None),
        (ProxyConfig(mode="iptables"), "192.168.2.11", None),
        (ProxyConfig(mode="ipvs"), "192.168.2.11", None),
        (ProxyConfig(mode="iptables", nodeport_addresses=("192.168.1.0/24",)), "192.168.2.11", "fact"),
    ],
)
def test_addresses_on_which_the_proxy_serves_no_node_ports(config, dialled, expected):
    nodes = [node("n1", addresses=["192.168.1.11", "192.168.2.11"]), node("n2"), node("n3")]
    made = cluster(nodes=nodes).replace(proxy=config)
    found = diagnose(made, WEB, symptom="refused", node="n1", address=dialled, port=31080)
    row = found[found["cause"].eq("node-address-not-served")]
    assert row["certainty"].tolist() == ([expected] if expected else [])
    if expected == "fact":
        assert found["cause"][0] == "node-address-not-served"


def test_a_node_that_nobody_dialled_stands_behind_what_is_wrong_with_the_service():
    down = [*proxies("n1", "n2"), *proxies("n3", ready=False)]
    undeclared = cluster(*down, pods=web_with(port(3000)))
    assert told(undeclared) == [("target-port-mismatch", "hint"), ("kube-proxy-down", "fact")]
    local = cluster(*down, service=service(externalTrafficPolicy="Local"))
    assert told(local) == [("local-policy-no-local-pod", "possible"), ("kube-proxy-down", "fact")]
    # What only the symptom allows comes last; the node that was dialled comes first.
    assert told(cluster(*down), symptom="timeout")[0] == ("kube-proxy-down", "fact")
    assert told(undeclared, symptom="refused", node="n3", port=31080)[0] == ("kube-proxy-down", "fact")


def test_every_node_without_kube_proxy_is_the_service_s_own_reason():
    down = [*proxies("n1", "n2", "n3", ready=False)]
    assert told(cluster(*down, pods=web_with(port(3000))))[0] == ("kube-proxy-down", "fact")


def test_a_node_without_kube_proxy():
    made = cluster(*proxies("n1", "n2"))
    found = is_first(first(made, symptom="refused", node="n3", port=31080), "kube-proxy-down")
    assert found["evidence"] == "no kube-proxy pod on n3, which is Ready"
    assert certain(made, symptom="refused", node="n1", port=31080) == []


def test_a_kube_proxy_that_is_not_ready():
    made = cluster(*proxies("n1", "n2"), *proxies("n3", ready=False))
    found = is_first(first(made, symptom="refused", node="n3", port=31080), "kube-proxy-down")
    assert "Pod kube-system/kube-proxy-n3x on n3 is not ready" in found["evidence"]


def test_clusters_without_kube_proxy_pods_are_not_accused():
    dns = pod("coredns-x", "n1", "10.244.1.9", namespace="kube-system", labels={"k8s-app": "kube-dns"})
    assert certain(cluster(dns), symptom="refused", node="n3", port=31080) == []


def test_virtual_nodes_and_windows_run_no_such_pod():
    nodes = [node("n1"), node("n2"), node("n3")]
    nodes[2]["metadata"]["labels"] = {"type": "virtual-kubelet"}
    assert certain(cluster(*proxies("n1", "n2"), nodes=nodes), symptom="refused", node="n3", port=31080) == []


KIND = [node(name, providerID=f"kind://docker/kind/{name}") for name in NODES]


def test_loopback_addresses_of_a_kind_cluster():
    for dialled in ("127.0.0.1", "localhost"):
        is_first(
            first(cluster(nodes=KIND), symptom="refused", address=dialled, port=31080), "kind-port-mapping", "hint"
        )
    assert certain(cluster(nodes=KIND), symptom="refused", address="192.168.1.11", port=31080) == []


@pytest.mark.parametrize(
    ("mappings", "number", "certainty"),
    [
        ((), 31080, "fact"),
        (("0.0.0.0:8080->30001/tcp",), 31080, "fact"),
        (("0.0.0.0:8080->31080/tcp",), 31080, "fact"),
        (("0.0.0.0:8080->31080/tcp",), 8080, None),
        (("127.0.0.1:31080->31080/tcp",), 31080, None),
    ],
)
def test_what_docker_says_of_a_kind_cluster_settles_it(mappings, number, certainty):
    made = cluster(nodes=KIND).replace(host=Host(port_mappings=mappings))
    found = certain(made, symptom="refused", address="127.0.0.1", port=number)
    assert found == ([("kind-port-mapping", certainty)] if certainty else [])


def test_loopback_addresses_of_any_other_cluster():
    found = first(cluster(), symptom="refused", address="127.0.0.1", port=52111)
    is_first(found, "tunnel-closed", "hint")
    assert found["fix"] == "kubectl port-forward -n shop service/web 52111:80"


def test_the_tunnel_of_minikube():
    nodes = [node("n1")]
    nodes[0]["metadata"]["labels"] = {"minikube.k8s.io/name": "minikube"}
    found = first(cluster(nodes=nodes), symptom="refused", address="localhost", port=31080)
    assert is_first(found, "tunnel-closed", "hint")["fix"] == "minikube service -n shop web --url"


# What no object shows


@pytest.mark.parametrize("cause", ["firewall", "cross-node-network"])
def test_silence_is_possibly_the_network(cause):
    made = diagnose(cluster(), WEB, symptom="timeout", **AT)
    row = made[made["cause"].eq(cause)].iloc[0]
    assert row["certainty"] == "possible"
    assert row["verify"].startswith("kubectl debug node/n1 -it --image=curlimages/curl -- curl -m 5 http://")
    assert cause not in diagnose(cluster(), WEB, symptom="refused", **AT)["cause"].tolist()


def test_what_only_repeats_a_fact_is_left_out():
    made = cluster(service=service(externalTrafficPolicy="Local"))
    assert told(made, symptom="timeout", node="n3", port=31080) == [("local-policy-no-local-pod", "fact")]


# Policies


ALL_NODES = {"from": [{"ipBlock": {"cidr": "192.168.1.0/24"}}]}


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([], "network-policy"),
        ([{"from": [{"podSelector": {}}]}], "network-policy"),
        ([{"from": [{"ipBlock": {"cidr": "203.0.113.0/24"}}]}], "network-policy"),
        ([{**ALL_NODES, "ports": [{"port": 9090}]}], "network-policy"),
        ([ALL_NODES], None),
        ([{**ALL_NODES, "ports": [{"port": "http"}]}], None),
        ([{}], None),
    ],
)
def test_policies_are_asked_about_the_node_that_source_nat_shows(rules, expected):
    made = cluster(policy("web", *rules, selector={"matchLabels": {"app": "web"}}))
    found = certain(made, symptom="timeout", node="n3", port=31080, source="203.0.113.9")
    assert found == ([(expected, "fact")] if expected else [])


@pytest.mark.parametrize("rules", [[], [{"from": [{"podSelector": {}}]}]])
def test_the_rule_that_is_missing_is_added_to_the_policy(rules):
    """What the patch makes of the policy (RFC 6902, by jsonpatch) admits the node."""
    made = policy("web", *rules, selector={"matchLabels": {"app": "web"}})
    found = first(cluster(made), symptom="timeout", node="n3", port=31080, source="203.0.113.9")
    words = shlex.split(found["fix"])
    assert words[:9] == ["kubectl", "patch", "networkpolicy", "-n", "shop", "web", "--type", "json", "-p"]
    mended = jsonpatch.apply_patch(made, words[9])
    assert mended["spec"]["ingress"][: len(rules)] == rules
    for at in NODES:
        assert certain(cluster(mended), symptom="timeout", node=at, port=31080, source="203.0.113.9") == []


def test_under_local_policy_the_client_itself_is_seen():
    made = [service(externalTrafficPolicy="Local")]
    admits_client = policy("web", {"from": [{"ipBlock": {"cidr": "203.0.113.0/24"}}]})
    asked = {"symptom": "timeout", "node": "n1", "port": 31080}
    assert certain(cluster(admits_client, service=made[0]), **asked, source="203.0.113.9") == []
    refused = certain(cluster(policy("web", ALL_NODES), service=made[0]), **asked, source="203.0.113.9")
    assert refused == [("network-policy", "fact")]
    # Who the client is was not said.
    assert ("network-policy", "possible") in told(cluster(admits_client, service=made[0]), **asked)


def test_traffic_from_the_pods_own_node_is_always_admitted():
    made = cluster(policy("deny"), pods=PODS[:1], slices=[slice_of(("web-5d9c-a", "n1", "10.244.1.5"))])
    assert certain(made, symptom="timeout", node="n1", port=31080) == []
    assert certain(made, symptom="timeout", node="n2", port=31080) == [("network-policy", "fact")]


def test_a_policy_for_other_pods_does_not_matter():
    made = cluster(policy("db", selector={"matchLabels": {"app": "db"}}))
    assert certain(made, symptom="timeout", node="n3", port=31080) == []


@pytest.mark.parametrize(("team", "expected"), [("a", None), ("b", "fact"), (None, "possible")])
def test_a_policy_for_namespaces_goes_by_their_labels(team, expected):
    """On the cluster IP the pods see the client itself, a pod of namespace lab."""
    rule = {"from": [{"namespaceSelector": {"matchLabels": {"team": "a"}}}]}
    client = pod("probe", "n3", "10.244.3.9", namespace="lab", labels={"app": "probe"})
    labels = {} if team is None else {"labels": {"team": team}}
    lab = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "lab", **labels}}
    made = cluster(policy("web", rule), client, *([] if team is None else [lab]))
    found = dict(told(made, symptom="timeout", address="10.96.7.20", port=80, source="lab/probe"))
    assert found.get("network-policy") == expected


def test_policies_that_nobody_listed_are_asked_for():
    found = diagnose(cluster(), WEB, symptom="timeout", **AT)
    assert found.loc[found["cause"].eq("network-policy"), "verify"].tolist() == [
        "kubectl get networkpolicies -n shop -o yaml"
    ]


# More than one application


def other_app(labels, **more):
    made = pod("api-7f-a", "n3", "10.244.3.7", labels={"app": "web", **labels}, owner=("ReplicaSet", "api-7f"), **more)
    ends = [("web-5d9c-a", "n1", "10.244.1.5"), ("web-5d9c-b", "n2", "10.244.2.5"), ("api-7f-a", "n3", "10.244.3.7")]
    return cluster(pods=[*PODS, made], slices=[slice_of(*ends)])


API = [container("api", port(8080), image="registry.example.com/api:3.1")]


def test_another_application_under_the_same_label():
    made = other_app({"component": "api"}, containers=API)
    found = is_first(first(made, symptom="http"), "selector-too-wide", "hint")
    assert "images web and api" in found["evidence"]
    named = other_app({}, containers=[container("api", port(9000), image="registry.example.com/api:3.1")])
    is_first(first(named, symptom="http"), "selector-too-wide")


def test_labels_that_name_another_application_are_a_fact():
    wide = service(selector={"tier": "front"})
    pods = [
        pod("web-5d9c-a", "n1", "10.244.1.5", labels={"app": "web", "tier": "front"}),
        pod(
            "api-7f-a",
            "n2",
            "10.244.2.5",
            labels={"app": "api", "tier": "front"},
            owner=("ReplicaSet", "api-7f"),
            containers=API,
        ),
    ]
    ends = [("web-5d9c-a", "n1", "10.244.1.5"), ("api-7f-a", "n2", "10.244.2.5")]
    found = is_first(
        first(cluster(service=wide, pods=pods, slices=[slice_of(*ends)]), symptom="http"), "selector-too-wide"
    )
    assert "app is web and api" in found["evidence"]
    assert found["fix"] == """kubectl patch service -n shop web -p '{"spec": {"selector": {"app": "web"}}}'"""


@pytest.mark.parametrize("labels", [{"track": "canary"}, {"version": "2"}, {"pod-template-hash": "7f"}])
def test_a_canary_is_no_other_application(labels):
    assert certain(other_app(labels), symptom="http") == [("application-layer", "hint")]
    assert certain(other_app(labels)) == []


def test_two_replica_sets_of_one_deployment_are_one_application():
    pods = [PODS[0], pod("web-77aa-b", "n2", "10.244.2.5", owner=("ReplicaSet", "web-77aa"), containers=API)]
    sets = [*OWNERS, workload("ReplicaSet", "web-77aa", owner=("Deployment", "web"))]
    ends = [("web-5d9c-a", "n1", "10.244.1.5"), ("web-77aa-b", "n2", "10.244.2.5")]
    assert certain(cluster(pods=pods, owners=sets, slices=[slice_of(*ends)])) == []


def test_finished_pods_of_jobs_do_not_count():
    done = pod(
        "migrate-x", "n3", "10.244.3.7", owner=("Job", "migrate"), phase="Succeeded", ready=False, containers=API
    )
    assert certain(cluster(pods=[*PODS, done])) == []


# Numbers on the node


@pytest.mark.parametrize("host_network", [False, True])
def test_a_number_that_a_pod_takes_on_its_node(host_network):
    declared = port(31080) if host_network else port(9000, hostPort=31080)
    holder = pod(
        "edge",
        "n2",
        "192.168.1.12",
        labels={"app": "edge"},
        containers=[container("edge", declared)],
        hostNetwork=host_network,
    )
    made = cluster(holder)
    found = is_first(first(made, symptom="refused", port=31080), "port-range-overlap")
    assert found["object"] == "Pod shop/edge"
    assert '"value": 31081' in found["fix"]
    assert certain(made, symptom="refused", node="n1", port=31080) == []


def test_other_numbers_protocols_and_finished_pods_take_nothing():
    ports = [container("edge", port(9000, hostPort=31081), port(9001, protocol="UDP", hostPort=31080))]
    done = pod(
        "done",
        "n1",
        "10.244.1.8",
        labels={},
        phase="Succeeded",
        ready=False,
        containers=[container("x", port(1, hostPort=31080))],
    )
    assert certain(cluster(pod("edge", "n1", "10.244.1.9", labels={"app": "edge"}, containers=ports), done)) == []


def test_the_range_that_the_host_dials_out_from():
    made = cluster(service=service(ports=[service_port(at=40000)]))
    is_first(first(made, symptom="refused", node="n1", port=40000), "port-range-overlap", "hint")
    shown = made.replace(host=Host(ephemeral_ports="32768-60999"))
    is_first(first(shown, symptom="refused", node="n1", port=40000), "port-range-overlap")
    assert (
        certain(made.replace(host=Host(ephemeral_ports="49152-65535")), symptom="refused", node="n1", port=40000) == []
    )
    low = cluster().replace(host=Host(ephemeral_ports="15000-64000"))
    is_first(first(low, symptom="refused", **AT), "port-range-overlap")


# Endpoints that change


def leaving(**more):
    end = {
        "addresses": ["10.244.2.5"],
        "nodeName": "n2",
        "conditions": {"ready": False, "serving": True, "terminating": True},
        "targetRef": {"kind": "Pod", "name": "web-5d9c-b", "namespace": "shop"},
    }
    pods = [
        PODS[0],
        pod("web-5d9c-b", "n2", "10.244.2.5", deleted=True, containers=[container("web", port(8080), **more)]),
    ]
    return cluster(pods=pods, slices=[slice_of(("web-5d9c-a", "n1", "10.244.1.5"), end)])


def test_pods_that_go_without_waiting():
    found = is_first(first(leaving(), symptom="refused", **AT), "rolling-update", "hint")
    assert "web-5d9c-b" in found["evidence"]
    assert '"preStop": {"sleep": {"seconds": 5}}' in found["fix"]


def test_pods_that_wait_before_they_go():
    waits = leaving(lifecycle={"preStop": {"exec": {"command": ["sleep", "5"]}}})
    assert certain(waits, symptom="refused", **AT) == []


def test_slices_that_list_pods_of_yesterday():
    stale = slice_of(("web-5d9c-z", "n1", "10.244.1.99"))
    found = is_first(first(cluster(slices=[stale]), symptom="timeout", **AT), "slice-drift")
    assert "10.244.1.99:8080 (web-5d9c-z)" in found["evidence"]
    assert "no slice lists 10.244.1.5:8080 (web-5d9c-a)" in found["evidence"]
    assert found["fix"] == f"kubectl delete endpointslice -n shop {stale['metadata']['name']}"


def test_a_slice_written_by_hand_beside_that_of_the_controller_is_the_one_to_delete():
    stale = slice_of(("web-5d9c-z", "n1", "10.244.1.99"))
    stale["metadata"]["name"] = "web-by-hand"
    found = is_first(first(cluster(slices=[SLICE, stale]), symptom="refused", **AT), "slice-drift")
    assert found["object"] == "EndpointSlice shop/web-by-hand"
    assert found["fix"] == "kubectl delete endpointslice -n shop web-by-hand"


def test_slices_that_list_nothing_while_pods_are_ready():
    is_first(first(cluster(slices=[slice_of()]), symptom="refused", **AT), "slice-drift")


@pytest.mark.parametrize(("name", "expected"), [("http", "slice-drift"), ("", None)])
def test_the_port_name_of_a_slice_written_by_hand(name, expected):
    by_hand = slice_of({"addresses": ["10.20.0.4"]}, ports=[{"name": name, "port": 8080, "protocol": "TCP"}])
    found = certain(cluster(service=service(selector=None), slices=[by_hand]), symptom="refused")
    assert found == ([(expected, "fact")] if expected else [])


# Spread


def test_a_spread_that_chance_gives():
    observed = {"web-5d9c-a": 104, "web-5d9c-b": 96}
    found = is_first(first(cluster(), observed=observed), "uneven-by-design")
    assert "This spread is what chance gives" in found["evidence"]


def test_too_few_requests_to_tell():
    found = is_first(first(cluster(), observed={"web-5d9c-a": 7, "web-5d9c-b": 3}), "uneven-by-design", "hint")
    assert "78 more connections" in found["explanation"]


def test_session_affinity():
    made = cluster(service=service(sessionAffinity="ClientIP"))
    found = is_first(first(made, observed={"web-5d9c-a": 200, "web-5d9c-b": 0}), "uneven-by-design")
    assert found["field"] == "spec.sessionAffinity"
    is_first(first(made, symptom="uneven"), "uneven-by-design")


def test_local_policy_gives_each_node_its_part():
    pods = [*PODS, pod("web-5d9c-c", "n2", "10.244.2.6")]
    ends = [("web-5d9c-a", "n1", "10.244.1.5"), ("web-5d9c-b", "n2", "10.244.2.5"), ("web-5d9c-c", "n2", "10.244.2.6")]
    made = cluster(service=service(externalTrafficPolicy="Local"), pods=pods, slices=[slice_of(*ends)])
    found = is_first(
        first(made, observed={"web-5d9c-a": 500, "web-5d9c-b": 250, "web-5d9c-c": 250}), "uneven-by-design"
    )
    assert "1 on n1, 2 on n2" in found["evidence"]


def test_a_spread_that_nothing_here_explains_is_not_called_design():
    found = told(cluster(), observed={"web-5d9c-a": 180, "web-5d9c-b": 20})
    assert found == [("uneven-by-design", "possible")]


def test_a_pod_that_got_some_and_is_ready_no_more_is_not_called_design():
    pods = [*PODS, pod("web-5d9c-c", "n3", "10.244.3.5", ready=False)]
    end = {"addresses": ["10.244.3.5"], "nodeName": "n3", "conditions": {"ready": False, "serving": False}}
    ends = [("web-5d9c-a", "n1", "10.244.1.5"), ("web-5d9c-b", "n2", "10.244.2.5"), end]
    made = cluster(pods=pods, slices=[slice_of(*ends)])
    found = told(made, observed={"web-5d9c-a": 40, "web-5d9c-b": 40, "web-5d9c-c": 40})
    assert found == [("uneven-by-design", "possible")]


# The answer itself


def test_an_error_of_the_application_is_named_by_elimination():
    is_first(first(cluster(), symptom="http", **AT), "application-layer", "hint")
    broken = cluster(service=service(selector={"app": "nothing"}), slices=[slice_of()])
    assert "application-layer" not in [cause for cause, _ in told(broken, symptom="http", **AT)]


def test_not_the_application_where_a_wrong_number_explains_the_answer():
    other = service("api", ports=[service_port(at=32000)], selector={"app": "api"}, clusterIPs=["10.96.7.21"])
    assert told(cluster(other), symptom="http", node="n1", port=32000) == [("wrong-port", "fact")]
