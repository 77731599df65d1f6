"""The map of node ports, its numbers, the six reasons, and two snapshots compared."""

from pathlib import Path

import pytest

import nodeportkit as npk

from .things import LB_INGRESS, NODES, PODS, cluster, pod, port, service

REAL = Path(__file__).parent.parent / "fixtures" / "real-cluster" / "objects.json"
LOCAL = {"externalTrafficPolicy": "Local"}


def rows(frame, *names):
    plain = frame[list(names)].astype(object)
    return list(plain.where(plain.notna(), None).itertuples(index=False, name=None))


def test_the_real_cluster_holds_the_numbers_that_kubectl_prints():
    found = npk.node_port_map(npk.read(REAL))
    # PORT(S) of `kubectl get svc -A -o wide`, and spec.healthCheckNodePort of shop/lb.
    assert rows(found, "node_port", "protocol", "service", "kind") == [
        (30008, "TCP", "nobody", "node port"),
        (30053, "TCP", "dns", "node port"),
        (30053, "UDP", "dns", "node port"),
        (30080, "TCP", "web", "node port"),
        (30081, "TCP", "web-local", "node port"),
        (30082, "TCP", "api-local", "node port"),
        (30083, "TCP", "web-sticky", "node port"),
        (30084, "TCP", "lb", "hidden"),
        (30085, "TCP", "old", "node port"),
        (30086, "TCP", "dual", "node port"),
        (30090, "TCP", "web", "node port"),
        (31999, "TCP", "lb", "health check"),
    ]
    assert not found["clash"].any()
    assert found.loc[found["node_port"] < 30086, "band"].eq("static").all()  # KEP-3668: 30000-30085
    assert found.loc[found["node_port"] > 30085, "band"].eq("dynamic").all()


def test_clashes_are_between_services_and_with_pods_on_their_host():
    taken = pod("p", owner=("DaemonSet", "agent"), ports=((30080, "", "TCP"),), spec={"hostNetwork": True})
    other = pod(
        "q", owner=("DaemonSet", "other"), ports=((31000, "", "TCP"), (9100, "", "TCP")), spec={"hostNetwork": True}
    )
    found = npk.node_port_map(cluster(service(), service("udp", ports=[port(protocol="UDP")]), taken, other))
    assert rows(found, "node_port", "protocol", "kind", "service", "clash") == [
        (30080, "TCP", "host port", "DaemonSet/agent", True),
        (30080, "TCP", "node port", "web", True),
        (30080, "UDP", "node port", "udp", False),
        (31000, "TCP", "host port", "DaemonSet/other", False),  # 9100 is no node port
    ]
    assert npk.node_port_map(cluster(service(manifest=True), service("api", manifest=True)))["clash"].tolist() == [
        True,
        True,
    ]


def test_numbers_outside_the_range_are_told_apart():
    found = npk.node_port_map(cluster(service(ports=[port(node_port=8080)])))
    assert found["band"].tolist() == ["outside"]


def test_what_is_free_of_a_range():
    usage = npk.node_port_usage(npk.read(REAL)).set_index(["protocol", "band"])
    assert usage.loc[("TCP", "static"), ["size", "used", "free"]].tolist() == [86, 8, 78]
    assert usage.loc[("TCP", "dynamic"), ["size", "used", "free"]].tolist() == [2682, 3, 2679]
    assert usage.loc[("UDP", "static"), "used"] == 1
    assert usage.loc[("SCTP", "dynamic"), "used"] == 0
    small = npk.node_port_usage(cluster(service()), node_port_range="30080-30089").set_index(["protocol", "band"])
    assert small.loc[("TCP", "static"), "size"] == 0
    assert small.loc[("TCP", "dynamic"), ["first", "last", "used"]].tolist() == [30080, 30089, 1]


def numbers(found, **settings):
    told = npk.production_numbers(found, **settings)
    assert told["reason"].tolist() == [
        "limited range",
        "uneven load",
        "open ports",
        "ports to manage",
        "node failure",
        "extra hop",
    ]
    return told.set_index("reason")["value"]


def test_the_six_numbers_of_three_nodes_with_a_pod_each():
    told = numbers(cluster(*NODES, *PODS, service()))
    assert told["limited range"] == pytest.approx(1 / 2768)
    assert told["uneven load"] == pytest.approx(1)
    assert told["open ports"] == 3
    assert told["ports to manage"] == 1
    # A third enters at the node that goes, and of the other two thirds a third is sent to its pod.
    assert told["node failure"] == pytest.approx(1 / 3 + 2 / 3 / 3)
    assert told["extra hop"] == pytest.approx(2 / 3)  # 1 - 1/N


def test_the_six_numbers_under_policy_local():
    told = numbers(cluster(*NODES, *PODS[:2], pod("web-9", 1), service(**LOCAL)))
    assert told["uneven load"] == pytest.approx(1)  # 1/6, 1/6 and 1/3 of three pods: 1/3 against a mean of 1/3
    assert told["node failure"] == pytest.approx(1 / 3)  # what enters there, and nothing else
    assert told["extra hop"] == 0


def test_what_is_not_known_is_missing():
    told = numbers(cluster(service()))
    assert told[["uneven load", "open ports", "node failure", "extra hop"]].isna().all()
    assert told["ports to manage"] == 1


def changes(before, after):
    return rows(npk.compare_exposure(cluster(*before), cluster(*after)), "change", "service", "what", "before", "after")


def test_nothing_changes_of_itself():
    assert npk.compare_exposure(npk.read(REAL), npk.read(REAL)).empty


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ([], [service()], ("exposed", "web", "node port", None, "30080")),
        ([service()], [], ("closed", "web", "node port", "30080", None)),
        ([service()], [service(ports=[port(node_port=30081)])], ("moved", "web", "node port", "30080", "30081")),
        ([service()], [service(**LOCAL)], ("moved", "web", "external traffic policy", "Cluster", "Local")),
        ([service()], [service(externalIPs=["198.51.100.7"])], ("exposed", "web", "external IP", None, "198.51.100.7")),
        (
            [service(type="LoadBalancer", ingress=LB_INGRESS)],
            [service(type="LoadBalancer", ingress=[{"ip": "198.51.100.9"}])],
            ("moved", "web", "load balancer address", "198.51.100.6", "198.51.100.9"),
        ),
        (
            [service(loadBalancerSourceRanges=["10.0.0.0/8"])],
            [service()],
            ("moved", "web", "source ranges", "10.0.0.0/8", "everybody"),
        ),
    ],
)
def test_a_change_is_told(before, after, change):
    assert changes(before, after) == [change]


def test_a_service_that_becomes_internal_is_closed():
    told = changes([service()], [service(type="ClusterIP", ports=[port(node_port=None)])])
    assert {(row[0], row[2]) for row in told} == {("closed", "node port"), ("moved", "type")}


def test_what_a_table_leaves_out_is_no_change():
    table = "NAMESPACE  NAME  TYPE      CLUSTER-IP  EXTERNAL-IP  PORT(S)       AGE\nshop       web   NodePort  10.96.0.7   <none>       80:30080/TCP  5d\n"
    assert npk.compare_exposure(cluster(service()), npk.read(table)).empty
