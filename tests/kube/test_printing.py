"""Printing against a real cluster, real kubectl and the cases of Kubernetes' own tests."""

import json
import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeportkit.errors import ReadError
from nodeportkit.kube.printing.objects import print_objects, printed
from nodeportkit.kube.printing.registry import printers
from nodeportkit.kube.printing.table import print_table

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
# When the real cluster was printed, from the ages that it shows: a moment within 5, 6, 7 seconds of its creation.
PRINTED = datetime(2026, 11, 22, 15, 0, 3, tzinfo=UTC)


def ago(**time):
    return (NOW - timedelta(**time)).isoformat()


@pytest.fixture(scope="module")
def cluster(fixtures):
    objects = json.loads((fixtures / "real-cluster" / "objects.json").read_text(encoding="utf-8"))["items"]

    def choose(*kinds, namespace=None):
        return [
            thing
            for kind in kinds
            for thing in objects
            if thing["kind"] == kind and namespace in (None, thing["metadata"].get("namespace"))
        ]

    return choose


def expected(path):
    """What stands in a fixture below the command."""
    return path.read_text(encoding="utf-8").partition("\n")[2]


@pytest.mark.parametrize(
    ("text", "kinds", "namespace", "options", "later"),
    [
        ("01-get-nodes--o-wide", ["Node"], None, {"wide": True}, 0),
        ("02-get-svc--A--o-wide", ["Service"], None, {"wide": True, "all_namespaces": True}, 0),
        ("03-get-pods--A--o-wide", ["Pod"], None, {"wide": True, "all_namespaces": True}, 0),
        ("04-get-pods--A---show-labels", ["Pod"], None, {"show_labels": True, "all_namespaces": True}, 0),
        ("05-get-endpointslices--A", ["EndpointSlice"], None, {"all_namespaces": True}, 0),
        ("07-get-all--A", ["Pod", "Service"], None, {"all_namespaces": True}, 1),
        ("08-get-all--A--o-wide", ["Pod", "Service"], None, {"all_namespaces": True, "wide": True}, 1),
        ("09-get-nodes---show-labels", ["Node"], None, {"show_labels": True}, 1),
        ("11-get-svc--n-shop", ["Service"], "shop", {}, 1),
        ("12-get-svc--n-shop---show-labels", ["Service"], "shop", {"show_labels": True}, 1),
        ("18-get-pods--n-shop--L-app-track", ["Pod"], "shop", {"label_columns": ["app", "track"]}, 2),
        ("19-get-svc-pods-endpointslices--n-shop", ["Service", "Pod", "EndpointSlice"], "shop", {}, 2),
    ],
)
def test_a_real_cluster_is_printed_byte_for_byte(fixtures, cluster, text, kinds, namespace, options, later):
    got = print_objects(cluster(*kinds, namespace=namespace), now=PRINTED + timedelta(seconds=later), **options)
    assert got == expected(fixtures / "real-cluster" / "text" / f"{text}.txt")


def test_a_list_in_another_order_is_printed_in_that_order(fixtures, cluster):
    services = sorted(cluster("Service"), key=lambda service: service["metadata"]["name"])
    got = print_objects(services, all_namespaces=True, now=PRINTED + timedelta(seconds=2))
    assert got == expected(fixtures / "real-cluster" / "text" / "22-get-svc--A---sort-by--metadata-name.txt")


@pytest.fixture(scope="module")
def invented(fixtures):
    return json.loads((fixtures / "printing" / "objects.json").read_text(encoding="utf-8"))["items"]


WORKLOADS = ["Pod", "Service", "Deployment", "ReplicaSet", "DaemonSet", "StatefulSet"]
EVERYWHERE = {"all_namespaces": True}


# How these were made stands in the README beside them.
@pytest.mark.parametrize(
    ("text", "kinds", "namespace", "options"),
    [
        ("all", WORKLOADS, "shop", {}),
        ("all-wide", WORKLOADS, None, {"wide": True, "show_labels": True, **EVERYWHERE}),
        ("endpoints", ["Endpoints", "EndpointSlice"], "shop", {}),
        ("endpoints-alone", ["Endpoints"], "shop", {}),
        ("events", ["Event"], "shop", {}),
        ("events-wide", ["Event"], "shop", {"wide": True, "show_kind": True}),
        ("namespaces", ["Namespace"], None, {"show_kind": True}),
        ("no-headers", ["Deployment", "ReplicaSet"], "shop", {"headers": False}),
        ("nodes", ["Node"], None, {"wide": True, **EVERYWHERE}),
        ("nodes-pods", ["Node", "Pod"], None, EVERYWHERE),
        ("pods", ["Pod"], None, EVERYWHERE),
        (
            "pods-labels",
            ["Pod"],
            None,
            {"show_labels": True, "label_columns": ["app", "example.com/e", "e"], **EVERYWHERE},
        ),
        ("pods-last-blank", ["Pod"], "shop", {"label_columns": ["app", "gone"]}),
        ("pods-wide", ["Pod"], "shop", {"wide": True}),
        ("services", ["Service"], "shop", {}),
        ("services-wide", ["Service"], "shop", {"wide": True}),
    ],
)
def test_tables_are_laid_out_as_kubectl_does(fixtures, invented, text, kinds, namespace, options):
    chosen = [
        o for k in kinds for o in invented if o["kind"] == k and namespace in (None, o["metadata"].get("namespace"))
    ]
    assert print_objects(chosen, now=NOW, **options) == expected(fixtures / "printing" / f"{text}.txt")


def test_the_cells_of_real_tables_are_laid_out_as_they_were(fixtures):
    folder = fixtures / "real-cluster" / "text"
    for path in sorted(folder.glob("*-get-*.txt")):
        for block in re.split("\n{2,}", expected(path).strip("\n")):
            lines = [line for line in block.splitlines() if not line.startswith("Warning:")]
            if not lines or not lines[0].isupper() or "  " not in lines[0] or "-L-" in path.name:
                continue  # YAML, names only, or blank cells: not to be split at blanks
            head, *rows = [re.split(" {2,}", line) for line in lines]
            got = print_table([dict(zip(head, row, strict=True)) for row in rows])
            assert got == "\n".join(lines) + "\n", path.name


# Pods: kubernetes/kubernetes, pkg/printers/internalversion/printers_test.go, TestPrintPod and the tests after it.

RUNNING, TEN_SECONDS_AGO = {"running": {}}, {"terminated": {"finishedAt": ago(seconds=10), "exitCode": 1}}


def container(state=None, ready=False, restarts=0, last=None, **more):
    return {"ready": ready, "restartCount": restarts, "state": state or {}, "lastState": last or {}, **more}


def ended(reason="", code=0, **more):
    return {"terminated": {"reason": reason, "exitCode": code, **more}}


def pod(containers, phase="podPhase", statuses=(), inits=(), init_statuses=(), conditions=(), **more):
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "test", **more.pop("metadata", {})},
        "spec": {"containers": [{}] * containers, "initContainers": list(inits), **more.pop("spec", {})},
        "status": {
            "phase": phase,
            "containerStatuses": list(statuses),
            "initContainerStatuses": list(init_statuses),
            "conditions": [{"type": kind, "status": status} for kind, status in conditions],
            **more,
        },
    }


UP = container(RUNNING, ready=True)
UP3 = container(RUNNING, ready=True, restarts=3)
WAITS = container({"waiting": {}})
DELETED = {"deletionTimestamp": ago(seconds=10)}
SIDECARS = [{"name": "one", "restartPolicy": "Always"}, {"name": "two", "restartPolicy": "Always"}]


@pytest.mark.parametrize(
    ("thing", "ready", "status", "restarts"),
    [
        (pod(2, statuses=[UP3, container(restarts=3)]), "1/2", "podPhase", "6"),
        (pod(2, statuses=[UP3, container({"waiting": {"reason": "Wait"}}, restarts=3)]), "1/2", "Wait", "6"),
        (
            pod(
                2,
                statuses=[container({"waiting": {"reason": "Wait"}}, restarts=3), container(ended("End"), restarts=3)],
            ),
            "0/2",
            "Wait",
            "6",
        ),
        (pod(2, statuses=[UP3, container(ready=True, restarts=3)]), "1/2", "podPhase", "6"),
        (pod(2, statuses=[UP3, container(ready=True, restarts=3)], reason="podReason"), "1/2", "podReason", "6"),
        (pod(2, "Running", [container(ended("Completed"), ready=True), UP]), "1/2", "NotReady", "0"),
        (
            pod(2, "Running", [container(ended("Completed"), ready=True), UP], conditions=[("Ready", "True")]),
            "1/2",
            "Running",
            "0",
        ),
        # init containers
        (
            pod(1, inits=[{}], init_statuses=[container(RUNNING, restarts=3, last=TEN_SECONDS_AGO)], statuses=[WAITS]),
            "0/1",
            "Init:0/1",
            "3 (10s ago)",
        ),
        (
            pod(
                1,
                inits=[{}, {}],
                init_statuses=[
                    container(ended(), restarts=2, last=ended(finishedAt=ago(minutes=2))),
                    container(RUNNING, restarts=3, last=TEN_SECONDS_AGO),
                ],
                statuses=[WAITS],
            ),
            "0/1",
            "Init:1/2",
            "5 (10s ago)",
        ),
        (
            pod(
                1,
                "Running",
                inits=[{}],
                init_statuses=[container(ended(), restarts=2, last=ended(finishedAt=ago(minutes=2)))],
                statuses=[container(RUNNING, restarts=4, last=ended(finishedAt=ago(seconds=20)))],
            ),
            "0/1",
            "Running",
            "4 (20s ago)",
        ),
        (pod(1, inits=[{}], init_statuses=[container(ended("Error", 1))]), "0/1", "Init:Error", "0"),
        (pod(1, inits=[{}], init_statuses=[container(ended("", 3))]), "0/1", "Init:ExitCode:3", "0"),
        (pod(1, inits=[{}], init_statuses=[container(ended("", 137, signal=9))]), "0/1", "Init:Signal:9", "0"),
        (
            pod(1, inits=[{}], init_statuses=[container({"waiting": {"reason": "CrashLoopBackOff"}})]),
            "0/1",
            "Init:CrashLoopBackOff",
            "0",
        ),
        (
            pod(1, inits=[{}], init_statuses=[container({"waiting": {"reason": "PodInitializing"}})]),
            "0/1",
            "Init:0/1",
            "0",
        ),
        # restarts
        (
            pod(1, "Running", [container(RUNNING, True, 3, ended(finishedAt=ago(days=5)))]),
            "1/1",
            "Running",
            "3 (5d ago)",
        ),
        (
            pod(
                2,
                "Running",
                [
                    container(RUNNING, True, 6, ended(finishedAt=ago(days=5))),
                    container(RUNNING, True, 3, ended(finishedAt=ago(days=20))),
                ],
            ),
            "2/2",
            "Running",
            "9 (5d ago)",
        ),
        (pod(1, "Running", [container(RUNNING, True, 0, TEN_SECONDS_AGO)]), "1/1", "Running", "0"),
        # ends and deletions
        (pod(1, "Succeeded", [container(ended("Completed"))]), "0/1", "Completed", "0"),
        (pod(1, "Failed", [container(ended("Error", 1))]), "0/1", "Error", "0"),
        (pod(1, "Failed", [container(ended("", 2))]), "0/1", "ExitCode:2", "0"),
        (pod(1, "Failed", [container(ended("", 137, signal=9))]), "0/1", "Signal:9", "0"),
        (pod(1, "Succeeded", [container(ended("Completed"))], metadata=DELETED), "0/1", "Completed", "0"),
        (pod(1, "Running", [container(RUNNING)], metadata=DELETED), "0/1", "Terminating", "0"),
        (pod(1, "Pending", metadata=DELETED), "0/1", "Terminating", "0"),
        (pod(1, "Running", [UP], metadata=DELETED, reason="NodeLost"), "1/1", "Unknown", "0"),
        (pod(2, "Failed", [container(ended("podCrash", 1)), UP]), "1/2", "podCrash", "0"),
        (pod(2, "Failed", [UP, container(ended("podCrash", 1))]), "1/2", "podCrash", "0"),
        (
            pod(3, "Failed", [UP, container(ended("podCrash", 1), True), container(ended(), True)]),
            "1/3",
            "podCrash",
            "0",
        ),
        # sidecars, as in TestPrintPodWithRestartableInitContainer
        (
            pod(
                1,
                "Pending",
                [WAITS],
                SIDECARS,
                [
                    container(RUNNING, restarts=3, last=TEN_SECONDS_AGO, name="one", started=False),
                    container({"waiting": {}}, name="two", started=False),
                ],
                [("Initialized", "False")],
            ),
            "0/3",
            "Init:0/2",
            "3 (10s ago)",
        ),
        (
            pod(
                1,
                "Pending",
                [WAITS],
                SIDECARS,
                [
                    container(RUNNING, restarts=3, last=TEN_SECONDS_AGO, name="one", started=True),
                    container(RUNNING, name="two", started=False),
                ],
                [("Initialized", "False")],
            ),
            "0/3",
            "Init:1/2",
            "3 (10s ago)",
        ),
        (
            pod(
                1,
                "Running",
                [container(RUNNING, True, 4, ended(finishedAt=ago(seconds=20)))],
                SIDECARS,
                [
                    container(RUNNING, restarts=3, last=TEN_SECONDS_AGO, name="one", started=True),
                    container(RUNNING, name="two", started=True),
                ],
                [("Initialized", "True")],
            ),
            "1/3",
            "Running",
            "7 (10s ago)",
        ),
        (
            pod(
                1,
                "Succeeded",
                [container(ended("Completed"), restarts=4, last=ended(finishedAt=ago(seconds=20)))],
                SIDECARS,
                [
                    container(ended("Error", 137), restarts=3, last=TEN_SECONDS_AGO, name="one", started=False),
                    container(ended("Error", 137), name="two", started=False),
                ],
                [("Initialized", "True")],
            ),
            "0/3",
            "Completed",
            "7 (10s ago)",
        ),
        (
            pod(
                1,
                "Running",
                [UP],
                [{"name": "init"}, *SIDECARS],
                [
                    container(ended(), name="init"),
                    container(RUNNING, True, name="one", started=True),
                    container(RUNNING, True, name="two", started=True),
                ],
                [("Initialized", "True"), ("Ready", "True")],
            ),
            "3/3",
            "Running",
            "0",
        ),
        (
            pod(
                1,
                "Running",
                [{"name": "invalid"}, {"name": "container"}],
                [{"name": "init"}, SIDECARS[0]],
                [{"name": "invalid"}, {"name": "init"}, {"name": "one"}],
            ),
            "0/2",
            "Init:0/2",
            "0",
        ),
    ],
)
def test_pods_are_printed_as_kubernetes_own_tests_say(thing, ready, status, restarts):
    cells = printed(thing, now=NOW)
    assert cells == {"NAME": "test", "READY": ready, "STATUS": status, "RESTARTS": restarts, "AGE": "<unknown>"}


def test_a_pod_that_waits_for_its_scheduling_gates():
    gated = pod(2)
    gated["status"]["conditions"] = [{"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"}]
    assert printed(gated, now=NOW)["STATUS"] == "SchedulingGated"


def test_wide_pods():
    gates = {"readinessGates": [{"conditionType": f"condition{n}"} for n in (1, 2, 3)], "nodeName": "node1"}
    conditions = [("condition1", "False"), ("condition2", "True")]
    ips = [{"ip": "1.1.1.1"}, {"ip": "2001:db8::"}]
    cells = printed(
        pod(1, spec=gates, conditions=conditions, podIPs=ips, nominatedNodeName="node2"), wide=True, now=NOW
    )
    assert list(cells.values())[5:] == ["1.1.1.1", "node1", "node2", "1/3"]
    assert list(cells)[5:] == ["IP", "NODE", "NOMINATED NODE", "READINESS GATES"]
    assert list(printed(pod(1), wide=True, now=NOW).values())[5:] == ["<none>"] * 4
    assert printed(pod(1, podIP="1.1.1.1"), wide=True, now=NOW)["IP"] == "1.1.1.1"


def service(**spec):
    status = {"loadBalancer": {"ingress": spec.pop("ingress", [])}}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": spec, "status": status}


# The same file: TestPrintService, TestPrintServiceLoadBalancer; the server prints with Wide set, so that nothing is cut.
@pytest.mark.parametrize(
    ("thing", "cluster_ip", "external_ip", "ports"),
    [
        (
            service(
                type="LoadBalancer",
                clusterIPs=["1.2.3.4"],
                ports=[{"port": 80}],
                ingress=[{"ip": "3.4.5.6"}, {"ip": "2.3.4.5"}],
            ),
            "1.2.3.4",
            "2.3.4.5,3.4.5.6",
            "80/TCP",
        ),
        (
            service(
                type="LoadBalancer", clusterIPs=["1.3.4.5"], ports=[{"port": 80}, {"port": 7777, "protocol": "SCTP"}]
            ),
            "1.3.4.5",
            "<pending>",
            "80/TCP,7777/SCTP",
        ),
        (
            service(
                type="LoadBalancer",
                clusterIP="1.5.6.7",
                ports=[{"port": 80, "nodePort": 30080, "protocol": "UDP"}],
                externalIPs=["9.9.9.9"],
                ingress=[{"hostname": "long.elb.example.com"}, {"ip": "5.6.7.8", "hostname": "host"}],
            ),
            "1.5.6.7",
            "5.6.7.8,long.elb.example.com,9.9.9.9",
            "80:30080/UDP",
        ),
        (
            service(type="ExternalName", externalName="my.database.example.com"),
            "<none>",
            "my.database.example.com",
            "<none>",
        ),
        (service(type="ClusterIP", clusterIPs=["None"], ports=[{"port": 80}]), "None", "<none>", "80/TCP"),
        (service(clusterIPs=["10.0.0.1", "fd00::1"], externalIPs=["a", "b"]), "10.0.0.1", "a,b", "<none>"),
        (service(type="Strange"), "<none>", "<unknown>", "<none>"),
    ],
)
def test_services_are_printed_as_kubernetes_own_tests_say(thing, cluster_ip, external_ip, ports):
    cells = printed(thing, now=NOW)
    assert (cells["CLUSTER-IP"], cells["EXTERNAL-IP"], cells["PORT(S)"]) == (cluster_ip, external_ip, ports)
    assert "SELECTOR" not in cells
    assert printed(thing, wide=True, now=NOW)["EXTERNAL-IP"] == external_ip


def node(conditions=(), unschedulable=None, labels=None, **status):
    conditions = [{"type": kind, "status": state} for kind, state in conditions]
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": "n", "labels": labels},
        "spec": {"unschedulable": unschedulable},
        "status": {"conditions": conditions, **status},
    }


# The same file: TestPrintNodeStatus, TestPrintNodeRole, TestPrintNodeInternalIP, TestPrintNodeOSImage
@pytest.mark.parametrize(
    ("thing", "status", "roles"),
    [
        (node([("Ready", "True")]), "Ready", "<none>"),
        (node([("Ready", "True")], True), "Ready,SchedulingDisabled", "<none>"),
        (node([("Ready", "True"), ("Ready", "True")]), "Ready", "<none>"),
        (node([("Ready", "False")]), "NotReady", "<none>"),
        (node([("Ready", "Unknown")]), "NotReady", "<none>"),
        (node([("Ready", "False")], True), "NotReady,SchedulingDisabled", "<none>"),
        (node([("InvalidValue", "True")]), "Unknown", "<none>"),
        (node([("InvalidValue", "True")], True), "Unknown,SchedulingDisabled", "<none>"),
        (
            node(
                labels={
                    "node-role.kubernetes.io/master": "",
                    "node-role.kubernetes.io/proxy": "",
                    "kubernetes.io/role": "node",
                }
            ),
            "Unknown",
            "master,node,proxy",
        ),
        (node(labels={"kubernetes.io/role": "node"}), "Unknown", "node"),
        (node(labels={"kubernetes.io/role": "", "node-role.kubernetes.io/": "x"}), "Unknown", "<none>"),
    ],
)
def test_nodes_are_printed_as_kubernetes_own_tests_say(thing, status, roles):
    cells = printed(thing, now=NOW)
    assert (cells["STATUS"], cells["ROLES"]) == (status, roles)


def test_wide_nodes():
    empty = {"INTERNAL-IP": "<none>", "EXTERNAL-IP": "<none>"}
    empty |= dict.fromkeys(["OS-IMAGE", "KERNEL-VERSION", "CONTAINER-RUNTIME"], "<unknown>")
    cells = printed(node(), wide=True, now=NOW)
    assert {column: cells[column] for column in empty} == empty
    old = printed(node(nodeInfo={"kernelVersion": "5.4.0"}), wide=True, now=NOW)
    assert old["KERNEL-VERSION"] == "5.4.0"


def event(**fields):
    about = {"involvedObject": {"kind": "Deployment", "name": "Deployment Name", "fieldPath": "spec.containers{foo}"}}
    said = {"reason": "Event Reason", "message": "Message Data", "type": "Warning", "metadata": {"name": "event"}}
    return {
        "apiVersion": "v1",
        "kind": "Event",
        **about,
        **said,
        "source": {"component": "kubelet", "host": "Node1"},
        **fields,
    }


# The same file: TestPrintEvent
@pytest.mark.parametrize(
    ("fields", "last", "first", "count", "source"),
    [
        ({"firstTimestamp": ago(days=3), "lastTimestamp": ago(days=2), "count": 6}, "2d", "3d", "6", "kubelet, Node1"),
        ({"eventTime": ago(days=3), "lastTimestamp": ago(days=3), "count": 1}, "3d", "3d", "1", "kubelet, Node1"),
        ({"eventTime": ago(days=3), "firstTimestamp": ago(days=3)}, "3d", "3d", "1", "kubelet, Node1"),
        ({"eventTime": ago(days=3)}, "3d", "3d", "1", "kubelet, Node1"),
        (
            {"eventTime": ago(days=3), "series": {"count": 2, "lastObservedTime": ago(days=2)}},
            "2d",
            "3d",
            "2",
            "kubelet, Node1",
        ),
        (
            {"source": {}, "reportingComponent": "kubelet", "reportingInstance": "test", "firstTimestamp": ago(days=3)},
            "3d",
            "3d",
            "1",
            "kubelet, test",
        ),
        ({"source": {"component": "kubelet"}}, "<unknown>", "<unknown>", "1", "kubelet"),
    ],
)
def test_events_are_printed_as_kubernetes_own_tests_say(fields, last, first, count, source):
    assert printed(event(**fields), wide=True, now=NOW) == {
        "LAST SEEN": last,
        "TYPE": "Warning",
        "REASON": "Event Reason",
        "OBJECT": "deployment/Deployment Name",
        "SUBOBJECT": "spec.containers{foo}",
        "SOURCE": source,
        "MESSAGE": "Message Data",
        "FIRST SEEN": first,
        "COUNT": count,
        "NAME": "event",
    }
    narrow = ["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]
    assert list(printed(event(**fields), now=NOW)) == narrow


def test_events_of_the_new_api_say_the_same():
    new = {
        "apiVersion": "events.k8s.io/v1",
        "kind": "Event",
        "metadata": {"name": "event"},
        "regarding": {"kind": "Pod", "name": "web-0"},
        "note": "Back-off",
        "reportingController": "kubelet",
        "eventTime": ago(minutes=3),
    }
    cells = printed(new, wide=True, now=NOW)
    assert [cells[c] for c in ("OBJECT", "MESSAGE", "SOURCE", "LAST SEEN")] == [
        "pod/web-0",
        "Back-off",
        "kubelet",
        "3m",
    ]


def test_workloads_with_missing_and_malformed_selectors():
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": {}}
    assert printed(deployment, wide=True, now=NOW)["READY"] == "0/1"
    assert printed(deployment, wide=True, now=NOW)["SELECTOR"] == ""
    wrong = {"selector": {"matchExpressions": [{"key": "app", "operator": "Like"}]}}
    assert printed({**deployment, "spec": wrong}, wide=True, now=NOW)["SELECTOR"] == "<invalid>"
    replica_set = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "r"}, "spec": {}}
    assert printed(replica_set, wide=True, now=NOW)["SELECTOR"] == "<none>"
    assert printed({**replica_set, "spec": wrong}, wide=True, now=NOW)["SELECTOR"] == "<error>"


def namespace(created):
    return {"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "n", "creationTimestamp": created}}


@pytest.mark.parametrize(
    ("created", "age"),
    [
        (None, "<unknown>"),
        ("", "<unknown>"),
        ("0001-01-01T00:00:00Z", "<unknown>"),
        ("2026-01-10T12:00:01.9Z", "0s"),
        ("2026-01-10T12:00:02Z", "<invalid>"),
        ("2026-01-10T13:59:00+02:00", "60s"),
        (datetime(2026, 1, 10, 11, 59, tzinfo=UTC), "60s"),
        (datetime(2026, 1, 10, 11, 59), "60s"),  # as YAML readers give it: UTC
    ],
)
def test_ages_count_to_now(created, age):
    assert printed(namespace(created), now=NOW)["AGE"] == age
    assert printed(namespace(created), now=NOW.astimezone(timezone(timedelta(hours=5))))["AGE"] == age


@pytest.mark.parametrize(
    ("thing", "cells"),
    [
        ({"kind": "ConfigMap", "data": {"a": "b"}, "binaryData": {"c": "ZA=="}}, {"DATA": "2"}),
        ({"kind": "Secret", "type": "kubernetes.io/tls", "data": {"a": "Yg=="}}, {"TYPE": "kubernetes.io/tls", "DATA": "1"}),
        ({"kind": "ServiceAccount"}, {"NAME": "x", "AGE": "<unknown>"}),
        ({"kind": "Scale", "spec": {"replicas": 2}, "status": {"replicas": 1}}, {"DESIRED": "2", "AVAILABLE": "1"}),
        ({"kind": "NetworkPolicy", "spec": {"podSelector": {}}}, {"POD-SELECTOR": "<none>"}),
        ({"kind": "NetworkPolicy", "spec": {"podSelector": {"matchLabels": {"app": "web"}}}}, {"POD-SELECTOR": "app=web"}),
        (
            {"kind": "Ingress", "spec": {"rules": [{"host": h} for h in "abcd"], "tls": [{"hosts": ["a"]}], "ingressClassName": "nginx"}},
            {"CLASS": "nginx", "HOSTS": "a,b,c + 1 more...", "ADDRESS": "", "PORTS": "80, 443"},
        ),
        (
            {"kind": "Ingress", "spec": {"rules": [{}]}, "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}},
            {"CLASS": "<none>", "HOSTS": "*", "ADDRESS": "192.0.2.1", "PORTS": "80"},
        ),
    ],
)  # fmt: skip
def test_kinds_beside_the_workloads(thing, cells):
    found = printed({"metadata": {"name": "x"}, **thing}, now=NOW)
    assert {column: found[column] for column in cells} == cells


def test_without_now_ages_count_to_the_current_time():
    assert printed(namespace(datetime.now(UTC) - timedelta(days=30)))["AGE"] == "30d"


@pytest.mark.parametrize(
    ("thing", "message"),
    [
        (
            {"kind": "Gateway", "apiVersion": "gateway.networking.k8s.io/v1"},
            "Gateway of gateway.networking.k8s.io/v1 cannot be printed",
        ),
        ({"kind": "Service", "apiVersion": "serving.knative.dev/v1"}, "Service of serving.knative.dev/v1"),
        ({"kind": "Pods"}, "Did you mean Pod"),
        ({"apiVersion": "v1"}, "no kind"),
        ("pod", "no kind"),
        ({"kind": "Pod", "metadata": "web"}, "metadata is 'web'"),
        ({"kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": {}}}, "Pod web: spec.containers is {}"),
        ({"kind": "Pod", "metadata": {"name": {"a": 1}}}, "metadata.name is"),
        ({"kind": "Service", "spec": {"ports": [{"port": "80"}]}}, "port is '80'"),
        ({"kind": "Service", "spec": {"externalIPs": "1.2.3.4"}}, "spec.externalIPs is '1.2.3.4'"),
        (namespace("yesterday"), "metadata.creationTimestamp is 'yesterday'"),
        (namespace(5), "creationTimestamp is 5"),
    ],
)
def test_what_cannot_be_printed_is_refused(thing, message):
    with pytest.raises(ReadError) as caught:
        printed(thing, now=NOW)
    assert message in str(caught.value)


def test_now_needs_a_time_zone():
    with pytest.raises(ReadError, match="time zone"):
        printed(namespace(None), now=datetime(2026, 1, 10))


def test_lists_stand_for_their_items(invented):
    pods = [thing for thing in invented if thing["kind"] == "Pod"]
    plain = print_objects(pods, now=NOW)
    assert print_objects([{"kind": "List", "apiVersion": "v1", "items": pods}], now=NOW) == plain
    bare = [{k: v for k, v in thing.items() if k not in ("kind", "apiVersion")} for thing in pods]
    assert print_objects([{"kind": "PodList", "apiVersion": "v1", "items": bare}], now=NOW) == plain
    assert print_objects([], now=NOW) == print_objects([{"kind": "List", "items": []}], now=NOW) == ""


def test_every_kind_says_what_its_columns_are():
    kinds = {printer.kind for printer in printers().values()}
    assert kinds >= {"Service", "Pod", "Node", "Endpoints", "EndpointSlice", "Deployment", "ReplicaSet", "DaemonSet"}
    assert kinds >= {"StatefulSet", "Namespace", "Event"}
    for printer in printers().values():
        assert [column.name for column in printer.columns if column.format == "name"] == ["Name"]
        assert all(column.description for column in printer.columns)
        assert {column.priority for column in printer.columns} <= {0, 1}
        thing = {"kind": printer.kind, "apiVersion": f"{printer.groups[0]}/v1".lstrip("/"), "metadata": {"name": "x"}}
        cells = printer.cells(thing, NOW)
        assert len(cells) == len(printer.columns)
        assert all(
            isinstance(cell, int)
            for cell, column in zip(cells, printer.columns, strict=True)
            if column.type == "integer"
        )
        assert printed(thing, now=NOW)["AGE" if "AGE" in printed(thing) else "LAST SEEN"] == "<unknown>"


def test_print_table():
    assert print_table([]) == ""
    rows = [{"A": "1", "LONG HEADING": "x", "C": ""}, {"A": "two words", "C": "日本"}]
    assert (
        print_table(rows)
        == "A           LONG HEADING   C\n1           x              \ntwo words                  日本\n"
    )
    assert print_table([{"A": 1, "B": "2"}], headers=False) == "1     2\n"


words = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1, max_size=12)
cells = st.just("") | st.lists(words, min_size=1, max_size=3).map(" ".join)


@given(
    st.lists(st.from_regex(r"[A-Z]{1,8}( [A-Z]{1,8})?", fullmatch=True), min_size=1, max_size=5, unique=True).flatmap(
        lambda names: st.lists(st.fixed_dictionaries(dict.fromkeys(names, cells)), min_size=1, max_size=6)
    )
)
def test_a_printed_table_reads_back_by_the_offsets_of_its_headings(rows):
    head, *lines = print_table(rows).removesuffix("\n").split("\n")
    starts = [match.start() for match in re.finditer(r"\S+(?: \S+)*", head)]
    names = [head[a:b].rstrip() for a, b in zip(starts, [*starts[1:], None], strict=True)]
    read = [[line[a:b].rstrip(" ") for a, b in zip(starts, [*starts[1:], None], strict=True)] for line in lines]
    assert names == list(rows[0])
    assert read == [[row[name] for name in names] for row in rows]
