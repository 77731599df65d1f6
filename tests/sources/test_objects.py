"""Objects as JSON, YAML and dicts: a real cluster, the official client's view of it, and what manifests leave out."""

import gc
import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kubernetes import client

from nodeportkit.errors import ManifestError, NodePortKitError, ReadError
from nodeportkit.kube.printing.objects import printed
from nodeportkit.sources.objects.dict_form import read_objects
from nodeportkit.sources.objects.json.read import read_json
from nodeportkit.sources.objects.yaml.form import read_yaml

REAL = Path(__file__).resolve().parent.parent / "fixtures" / "real-cluster"
OBJECTS = (REAL / "objects.json").read_bytes()
ITEMS = json.loads(OBJECTS)["items"]


def frames(objects):
    return {fragment.frame: fragment.rows for fragment in objects.fragments}


def of_kind(kind):
    return [item for item in ITEMS if item["kind"] == kind]


def plain(values):
    return [None if value is None or value is pd.NA or value is pd.NaT else value for value in values]


def service(spec, **metadata):
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", **metadata}, "spec": spec}


def pod(spec=None, status=None, **metadata):
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web-0", **metadata},
        "spec": spec or {},
        "status": status or {},
    }


CREATED = {"creationTimestamp": "2026-11-22T14:59:57Z"}


# A real cluster


def test_every_object_of_a_real_cluster_is_a_row():
    found = frames(read_json(OBJECTS))
    specs = {json.dumps([c["image"] for c in p["spec"]["containers"]]) for p in of_kind("Pod")}
    assert {name: len(rows) for name, rows in found.items()} == {
        "specs": len(specs),  # one container each, without probes
        "nodes": len(of_kind("Node")),
        "pods": len(of_kind("Pod")),
        "containers": sum(len(c.get("ports", [])) for p in of_kind("Pod") for c in p["spec"]["containers"]),
        "services": len(of_kind("Service")),
        "ports": sum(len(s["spec"].get("ports", [])) for s in of_kind("Service")),
        "endpoints": sum(
            len(s["endpoints"] or []) * len(s["ports"] or []) for s in of_kind("EndpointSlice") if s["endpoints"]
        ),
    }


def test_services_of_a_real_cluster():
    rows = frames(read_json(OBJECTS))["services"]
    items = of_kind("Service")
    assert plain(rows["name"]) == [s["metadata"]["name"] for s in items]
    assert plain(rows["type"]) == [s["spec"]["type"] for s in items]
    assert plain(rows["cluster_ips"]) == [s["spec"].get("clusterIPs", []) for s in items]
    assert plain(rows["selector"]) == [s["spec"].get("selector", {}) for s in items]
    by_name = rows.set_index("name")
    assert by_name.loc["lb", "load_balancer_ips"] == ["198.51.100.6"]
    assert by_name.loc["lb", "load_balancer_ip_modes"] == ["VIP"]
    assert by_name.loc["lb", "load_balancer_source_ranges"] == ["203.0.113.0/24"]
    assert by_name.loc["lb", "health_check_node_port"] == 31999
    assert by_name.loc["outside", "external_name"] == "shop.example.test"
    assert by_name.loc["headless", "cluster_ips"] == ["None"]
    assert by_name.loc["ext", "external_ips"] == ["198.51.100.77"]
    assert by_name.loc["web-sticky", "session_affinity"] == "ClientIP"
    sticky = next(s for s in items if s["metadata"]["name"] == "web-sticky")
    timeout = sticky["spec"]["sessionAffinityConfig"]["clientIP"]["timeoutSeconds"]
    assert by_name.loc["web-sticky", "affinity_timeout"] == timeout
    assert by_name.loc["web", "affinity_timeout"] is pd.NA


def test_ports_of_a_real_cluster():
    rows = frames(read_json(OBJECTS))["ports"]
    listed = [(s["metadata"]["name"], p) for s in of_kind("Service") for p in s["spec"].get("ports", [])]
    assert plain(rows["service"]) == [name for name, _ in listed]
    assert plain(rows["port_name"]) == [port.get("name", "") for _, port in listed]
    assert plain(rows["protocol"]) == [port["protocol"] for _, port in listed]
    assert plain(rows["port"]) == [port["port"] for _, port in listed]
    assert plain(rows["target_port"]) == [str(port["targetPort"]) for _, port in listed]
    assert plain(rows["node_port"]) == [port.get("nodePort", 0) for _, port in listed]


def test_pods_of_a_real_cluster_are_as_kubectl_prints_them():
    rows = frames(read_json(OBJECTS))["pods"]
    items = of_kind("Pod")
    cells = [printed(item) for item in items]
    assert plain(rows["status"]) == [cell["STATUS"] for cell in cells]
    assert [f"{n}/{m}" for n, m in zip(rows["ready_containers"], rows["containers"], strict=True)] == [
        cell["READY"] for cell in cells
    ]
    assert plain(rows["node"]) == [item["spec"]["nodeName"] for item in items]
    assert plain(rows["ips"]) == [[ip["ip"] for ip in item["status"]["podIPs"]] for item in items]
    assert plain(rows["labels"]) == [item["metadata"]["labels"] for item in items]
    assert plain(rows["terminating"]) == ["deletionTimestamp" in item["metadata"] for item in items]
    named = rows.set_index("name")
    assert not named.loc["web-5", "ready"]
    assert named.loc["old-0", "ready"]


def test_nodes_of_a_real_cluster():
    rows = frames(read_json(OBJECTS))["nodes"].set_index("name")
    assert plain(rows["internal_ips"])[0] == ["192.168.1.2", "fd00:168::2"]
    assert plain(rows["pod_cidrs"])[0] == ["10.244.1.0/24", "fd00:244:1::/64"]
    assert plain(rows["zone"]) == ["zone-a", "zone-a", "zone-b"]
    assert rows["ready"].all()
    assert rows["schedulable"].all()
    assert rows.loc["node-1", "version"] == "v1.36.2"
    assert rows.loc["node-1", "os_image"] == "Debian GNU/Linux 12 (bookworm)"
    assert rows.loc["node-1", "created"] == pd.Timestamp("2026-11-22T14:59:57Z")


def test_endpoints_of_a_real_cluster():
    rows = frames(read_json(OBJECTS))["endpoints"]
    assert not rows["derived"].any()
    web = rows[(rows["service"] == "web") & (rows["port_name"] == "http")].set_index("pod")
    slice_ = next(s for s in of_kind("EndpointSlice") if s["metadata"]["name"].startswith("web-nw"))
    assert {name: web.loc[name, "address"] for name in web.index} == {
        e["targetRef"]["name"]: e["addresses"][0] for e in slice_["endpoints"]
    }
    assert {name: web.loc[name, "ready"] for name in web.index} == {
        e["targetRef"]["name"]: e["conditions"]["ready"] for e in slice_["endpoints"]
    }
    covers = next(f for f in read_json(OBJECTS).fragments if f.frame == "endpoints").covers
    assert ("shop", "nobody") in set(zip(covers["namespace"], covers["service"], strict=True))
    old = rows[rows["service"] == "old"]
    assert old["terminating"].all()
    assert old["serving"].all()
    assert not old["ready"].any()


def test_the_official_client_sees_the_same():
    # The public deserialize() has other arguments from release to release.
    models = client.ApiClient()._ApiClient__deserialize
    pods = models({"items": of_kind("Pod")}, "V1PodList").items
    services = models({"items": of_kind("Service")}, "V1ServiceList").items
    nodes = models({"items": of_kind("Node")}, "V1NodeList").items
    found = frames(read_json(OBJECTS))
    rows = found["pods"]
    assert plain(rows["phase"]) == [p.status.phase for p in pods]
    assert plain(rows["created"]) == [p.metadata.creation_timestamp for p in pods]
    assert plain(rows["host_network"]) == [bool(p.spec.host_network) for p in pods]
    assert plain(rows["restarts"]) == [sum(c.restart_count for c in p.status.container_statuses) for p in pods]
    declared = [(p.metadata.name, c.name, port) for p in pods for c in p.spec.containers for port in c.ports or []]
    rows = found["containers"]
    assert plain(rows["container"]) == [name for _, name, _ in declared]
    assert plain(rows["container_port"]) == [port.container_port for _, _, port in declared]
    assert plain(rows["port_name"]) == [port.name or "" for _, _, port in declared]
    rows = found["services"]
    assert plain(rows["external_traffic_policy"]) == [s.spec.external_traffic_policy or "" for s in services]
    assert plain(rows["internal_traffic_policy"]) == [s.spec.internal_traffic_policy or "" for s in services]
    assert plain(rows["ip_families"]) == [s.spec.ip_families or [] for s in services]
    assert plain(rows["ip_family_policy"]) == [s.spec.ip_family_policy or "" for s in services]
    assert plain(rows["publish_not_ready"]) == [bool(s.spec.publish_not_ready_addresses) for s in services]
    rows = found["nodes"]
    assert plain(rows["container_runtime"]) == [n.status.node_info.container_runtime_version for n in nodes]
    assert plain(rows["kernel_version"]) == [n.status.node_info.kernel_version for n in nodes]


def same(one, other):
    assert [f.frame for f in one] == [f.frame for f in other]
    for left, right in zip(one, other, strict=True):
        pd.testing.assert_frame_equal(left.rows, right.rows)


def of_shop(kind):
    items = [item for item in ITEMS if item["kind"] == kind and item["metadata"]["namespace"] == "shop"]
    return {"apiVersion": "v1", "kind": "List", "items": items}


@pytest.mark.parametrize(
    ("file", "kind"), [("13-get-svc--n-shop--o-yaml", "Service"), ("14-get-pods--n-shop--o-yaml", "Pod")]
)
def test_yaml_tells_what_json_tells(file, kind):
    text = (REAL / "text" / f"{file}.txt").read_text(encoding="utf-8").partition("\n")[2]
    same(read_yaml(text).fragments, read_json(json.dumps(of_shop(kind)).encode()).fragments)


def test_raw_lists_whose_items_do_not_say_their_kind():
    path = REAL / "text" / "23-get---raw--api-v1-namespaces-shop-services.txt"
    text = path.read_text(encoding="utf-8").partition("\n")[2]
    same(read_json(text.encode()).fragments, read_objects([of_shop("Service")]).fragments)


def test_dicts_tell_what_json_tells_and_are_left_as_they_were():
    before = json.dumps(ITEMS)
    same(read_objects(ITEMS).fragments, sorted_as(read_json(OBJECTS).fragments, read_objects(ITEMS).fragments))
    assert json.dumps(ITEMS) == before


def sorted_as(fragments, like):
    by_name = {fragment.frame: fragment for fragment in fragments}
    return [by_name[fragment.frame] for fragment in like]


def test_indented_and_compact_json_tell_the_same():
    compact = json.dumps({"kind": "List", "apiVersion": "v1", "items": ITEMS}).encode()
    same(read_json(compact).fragments, read_json(OBJECTS).fragments)


# Long lists go another way than short ones


def test_a_list_longer_than_a_slice_keeps_every_object_in_its_place():
    pods = [pod({"nodeName": f"node-{i % 7}"}, {"phase": "Running"}, namespace="shop") for i in range(1000)]
    for i, thing in enumerate(pods):
        thing["metadata"]["name"] = f"web-{i}"
        thing["spec"]["containers"] = [{"name": "app", "ports": [{"containerPort": 1000 + i}]}]
    mixed = [*pods[:400], service({"ports": [{"port": 80}]}), *pods[400:]]
    found = frames(read_json(json.dumps({"apiVersion": "v1", "kind": "List", "items": mixed}).encode()))
    assert plain(found["pods"]["name"]) == [f"web-{i}" for i in range(1000)]
    assert plain(found["pods"]["node"]) == [f"node-{i % 7}" for i in range(1000)]
    assert plain(found["containers"]["container_port"]) == list(range(1000, 2000))
    assert plain(found["containers"]["pod"]) == [f"web-{i}" for i in range(1000)]
    assert plain(found["services"]["name"]) == ["web"]


# Ages


def test_ages_count_to_the_moment_given():
    thing = pod(status={"phase": "Running"}, **CREATED)
    now = datetime(2026, 11, 22, 15, 0, 2, tzinfo=UTC)
    rows = frames(read_objects([thing], now=now))["pods"]
    assert rows["age"].dtype == np.dtype("timedelta64[ns]")
    assert rows.loc[0, "age"] == pd.Timedelta(seconds=5)
    assert frames(read_objects([thing], now=now.replace(tzinfo=None)))["pods"].loc[0, "age"] == pd.Timedelta(seconds=5)
    assert frames(read_objects([thing]))["pods"].loc[0, "age"] is pd.NaT


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-11-22T14:59:57.123456Z", "2026-11-22T14:59:57.123456Z"),
        ("2026-11-22T15:59:57+01:00", "2026-11-22T14:59:57Z"),
        ("yesterday", None),
        (None, None),
    ],
)
def test_times_of_other_forms(text, time):
    rows = frames(read_objects([pod(creationTimestamp=text), pod(name="b", **CREATED)]))["pods"]
    assert plain(rows["created"]) == [pd.Timestamp(time) if time else None, pd.Timestamp("2026-11-22T14:59:57Z")]


# What a manifest leaves out (pkg/apis/core/v1/defaults.go)


def test_a_service_manifest_gets_the_certain_defaults_and_no_others():
    found = frames(read_objects([service({"type": "NodePort", "ports": [{"port": 80}]})]))
    row = found["services"].iloc[0]
    assert (row["namespace"], row["type"], row["session_affinity"]) == ("default", "NodePort", "None")
    assert (row["external_traffic_policy"], row["internal_traffic_policy"]) == ("Cluster", "Cluster")
    assert row["selector"] == {}
    assert row["cluster_ips"] is pd.NA
    assert row["created"] is pd.NaT
    port = found["ports"].iloc[0]
    assert (port["protocol"], port["target_port"], port["port_name"]) == ("TCP", "80", "")
    assert port["node_port"] is pd.NA


def test_a_service_without_type_is_a_cluster_ip_service_and_has_no_node_port():
    found = frames(read_objects([service({"ports": [{"port": 80, "targetPort": ""}]})]))
    assert found["services"].loc[0, "type"] == "ClusterIP"
    assert found["services"].loc[0, "external_traffic_policy"] == ""
    assert found["ports"].loc[0, "node_port"] == 0
    assert found["ports"].loc[0, "target_port"] == "80"


def test_an_external_name_service():
    row = frames(read_objects([service({"type": "ExternalName", "externalName": "db.example"})]))["services"].iloc[0]
    assert (row["external_name"], row["cluster_ips"]) == ("db.example", [])
    assert row["internal_traffic_policy"] == ""


def test_client_affinity_lasts_three_hours_unless_told_otherwise():
    default = frames(read_objects([service({"sessionAffinity": "ClientIP"})]))["services"]
    assert default.loc[0, "affinity_timeout"] == 10800
    config = {"clientIP": {"timeoutSeconds": 60}}
    told = service({"sessionAffinity": "ClientIP", "sessionAffinityConfig": config})
    assert frames(read_objects([told]))["services"].loc[0, "affinity_timeout"] == 60


def test_of_a_pod_manifest_nothing_is_known_that_the_cluster_decides():
    spec = {"containers": [{"name": "app", "ports": [{"containerPort": 80}]}]}
    found = frames(read_yaml(json.dumps(pod(spec, labels={"app": "web"}))))
    row = found["pods"].iloc[0]
    unknown = ["node", "ips", "phase", "status", "ready", "ready_containers", "restarts", "terminating", "owner_kind"]
    assert plain(row[unknown]) == [None] * len(unknown)
    assert (row["containers"], row["host_network"], row["labels"]) == (1, False, {"app": "web"})
    assert found["containers"].loc[0, ["protocol", "host_port", "port_name"]].tolist() == ["TCP", 0, ""]


def test_what_a_live_pod_lacks_is_known_to_be_absent():
    row = frames(read_objects([pod(status={"phase": "Pending"}, **CREATED)]))["pods"].iloc[0]
    assert (row["node"], row["ips"], row["ready"], row["terminating"]) == ("", [], False, False)
    assert (row["owner_kind"], row["owner_name"]) == ("", "")


def test_a_label_without_value_is_empty():
    text = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels:\n    app:\n"
    assert frames(read_yaml(text))["pods"].loc[0, "labels"] == {"app": ""}


def test_sidecars_count_and_their_ports_are_listed():
    running = {"ready": True, "started": True, "restartCount": 1, "state": {"running": {}}}
    spec = {
        "containers": [{"name": "app", "ports": [{"containerPort": 80}]}],
        "initContainers": [
            {"name": "init", "ports": [{"containerPort": 1}]},
            {"name": "mesh", "restartPolicy": "Always", "ports": [{"containerPort": 15090, "name": "metrics"}]},
        ],
    }
    status = {
        "phase": "Running",
        "containerStatuses": [{"name": "app", **running}],
        "initContainerStatuses": [
            {"name": "init", "restartCount": 5, "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}},
            {"name": "mesh", **running},
        ],
    }
    thing = pod(spec, status, **CREATED)
    found = frames(read_objects([thing]))
    cells = printed(thing)
    row = found["pods"].iloc[0]
    assert (f"{row['ready_containers']}/{row['containers']}", row["status"], str(row["restarts"])) == (
        cells["READY"],
        cells["STATUS"],
        cells["RESTARTS"],
    )
    assert found["containers"][["container", "sidecar"]].to_numpy().tolist() == [["app", False], ["mesh", True]]


def test_nodes_cordoned_with_roles_and_without_status():
    thing = {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": "a",
            "labels": {
                "node-role.kubernetes.io/worker": "",
                "node-role.kubernetes.io/control-plane": "",
                "kubernetes.io/role": "edge",
            },
        },
        "spec": {"unschedulable": True},
    }
    row = frames(read_objects([thing]))["nodes"].iloc[0]
    assert row["roles"] == ["control-plane", "edge", "worker"]
    assert not row["schedulable"]
    assert plain(row[["ready", "internal_ips", "pod_cidrs"]]) == [None, None, None]


# Endpoints


def slice_of(endpoints, ports=({"port": 80},), **fields):
    metadata = {"name": "web-x", "namespace": "shop", "labels": {"kubernetes.io/service-name": "web"}}
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": metadata,
        "addressType": "IPv4",
        "endpoints": endpoints,
        "ports": list(ports),
        **fields,
    }


def test_absent_conditions_of_an_endpoint_mean_what_the_api_says():
    endpoints = [
        {"addresses": ["10.0.0.1"]},
        {"addresses": ["10.0.0.2"], "conditions": {"ready": False}},
        {"addresses": ["10.0.0.3"], "conditions": {"ready": False, "serving": True, "terminating": True}},
    ]
    rows = frames(read_objects([slice_of(endpoints)]))["endpoints"]
    assert rows[["ready", "serving", "terminating"]].to_numpy().tolist() == [
        [True, True, False],
        [False, False, False],
        [False, True, True],
    ]


def test_only_the_first_address_of_an_endpoint_counts_and_host_names_do_not():
    rows = frames(read_objects([slice_of([{"addresses": ["10.0.0.1", "10.0.0.9"]}])]))["endpoints"]
    assert plain(rows["address"]) == ["10.0.0.1"]
    named = read_objects([slice_of([{"addresses": ["db.example"]}], addressType="FQDN")])
    assert frames(named)["endpoints"].empty


def test_hints_name_zones_and_nodes():
    hints = {"forZones": [{"name": "a"}, {"name": "b"}], "forNodes": [{"name": "node-1"}]}
    rows = frames(read_objects([slice_of([{"addresses": ["10.0.0.1"], "hints": hints}, {"addresses": ["10.0.0.2"]}])]))
    assert plain(rows["endpoints"]["hints"]) == [{"zones": ["a", "b"], "nodes": ["node-1"]}, {}]


def test_a_slice_without_the_label_belongs_to_no_service():
    thing = slice_of([{"addresses": ["10.0.0.1"]}])
    del thing["metadata"]["labels"]
    assert plain(frames(read_objects([thing]))["endpoints"]["service"]) == [""]


def test_endpoints_objects_tell_addresses_and_readiness():
    subsets = [
        {
            "addresses": [{"ip": "10.0.0.1", "nodeName": "n1", "targetRef": {"kind": "Pod", "name": "web-0"}}],
            "notReadyAddresses": [{"ip": "10.0.0.2"}],
            "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}, {"name": "x", "port": 9, "protocol": "UDP"}],
        }
    ]
    things = [
        {"apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": "web"}, "subsets": subsets},
        {"apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": "none"}},
    ]
    (fragment,) = read_objects(things).fragments
    rows = fragment.rows
    assert rows[["address", "port", "port_name", "ready"]].to_numpy().tolist() == [
        ["10.0.0.1", 8080, "http", True],
        ["10.0.0.2", 8080, "http", False],
        ["10.0.0.1", 9, "x", True],
        ["10.0.0.2", 9, "x", False],
    ]
    assert plain(rows["pod"])[:2] == ["web-0", ""]
    assert plain(rows["serving"]) == [None] * 4
    assert fragment.detail == 2
    assert fragment.covers["service"].tolist() == ["web", "none"]


# Workloads


@pytest.mark.parametrize(
    ("thing", "desired", "ready"),
    [
        ({"apiVersion": "apps/v1", "kind": "Deployment", "spec": {}, "status": {"readyReplicas": 1}}, 1, 1),
        ({"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"replicas": 0}}, 0, 0),
        ({"apiVersion": "extensions/v1beta1", "kind": "ReplicaSet", "spec": {"replicas": 2}}, 2, 0),
        (
            {"apiVersion": "apps/v1", "kind": "DaemonSet", "status": {"desiredNumberScheduled": 3, "numberReady": 2}},
            3,
            2,
        ),
        ({"apiVersion": "batch/v1", "kind": "Job", "spec": {"parallelism": 4}, "status": {"ready": 3}}, 4, 3),
        ({"apiVersion": "batch/v1", "kind": "Job", "spec": {"suspend": True}}, 0, 0),
        ({"apiVersion": "batch/v1", "kind": "CronJob", "spec": {}}, None, None),
        ({"apiVersion": "v1", "kind": "ReplicationController", "spec": {"replicas": 5}}, 5, 0),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_workloads(thing, desired, ready):
    thing = {**thing, "metadata": {"name": "web", **CREATED}}
    row = frames(read_objects([thing]))["workloads"].iloc[0]
    assert plain(row[["kind", "desired", "ready"]]) == [thing["kind"], desired, ready]


def test_the_selector_and_the_template_of_a_deployment():
    selector = {"matchLabels": {"app": "web"}, "matchExpressions": [{"key": "tier", "operator": "Exists"}]}
    thing = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"selector": selector, "template": {"metadata": {"labels": {"app": "web"}}}},
    }
    row = frames(read_objects([thing]))["workloads"].iloc[0]
    assert (row["selector"], row["template_labels"]) == (selector, {"app": "web"})
    assert row["ready"] is pd.NA


def test_the_controlling_owner_is_told_and_no_other():
    owners = [{"kind": "Node", "name": "n"}, {"kind": "ReplicaSet", "name": "web-1", "controller": True}]
    row = frames(read_objects([pod(status={"phase": "Running"}, ownerReferences=owners)]))["pods"].iloc[0]
    assert (row["owner_kind"], row["owner_name"]) == ("ReplicaSet", "web-1")


# Several documents


def test_of_several_prints_of_one_object_the_last_counts():
    text = "\n---\n".join(json.dumps(service({"ports": [{"port": port}]})) for port in (80, 81, 82))
    found = frames(read_yaml(text))
    assert plain(found["ports"]["port"]) == [82]


def test_documents_one_after_the_other():
    things = [service({"ports": [{"port": 80}]}), pod(), of_shop("Pod")]
    for text in (
        "\n".join(json.dumps(t) for t in things),
        "".join(json.dumps(t, indent=2) for t in things),
        "\n\n".join(json.dumps(t, indent=4) for t in things) + "\n",
        json.dumps(things),
    ):
        found = read_json(text.encode())
        frames_told = ["services", "ports", "pods", "containers", "pods", "containers", "specs"]
        assert [f.frame for f in found.fragments] == frames_told


def event(type_, thing):
    return json.dumps({"type": type_, "object": thing})


def test_the_events_of_a_watch():
    other = {**pod(), "metadata": {"name": "web-1"}}
    lines = [
        event("ADDED", pod(status={"phase": "Pending"})),
        event("ADDED", other),
        event("MODIFIED", pod(status={"phase": "Running"})),
        event("BOOKMARK", {"apiVersion": "v1", "kind": "Pod", "metadata": {"resourceVersion": "7"}}),
        event("DELETED", other),
    ]
    found = read_json("\n".join(lines).encode())
    assert frames(found)["pods"][["name", "phase"]].to_numpy().tolist() == [["web-0", "Running"]]
    (gone,) = found.outcomes
    assert (gone.kind, gone.line) == ("deleted", 5)
    assert gone.details == {"resource": "pods", "name": "web-1", "namespace": "default"}
    assert not found.others


def test_what_comes_again_after_its_deletion_is_there():
    lines = [event("DELETED", pod()), event("ADDED", pod(status={"phase": "Running"}))]
    found = read_json("\n".join(lines).encode())
    assert (len(frames(found)["pods"]), found.outcomes) == (1, [])


def test_an_answer_of_the_api_server_is_an_outcome():
    answer = {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "reason": "NotFound",
        "message": 'pods "a" not found',
    }
    for text in (json.dumps(answer), event("ERROR", answer)):
        (outcome,) = read_json(text.encode()).outcomes
        assert (outcome.kind, outcome.details["reason"]) == ("api-error", "NotFound")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_what_powershell_writes(encoding):
    text = json.dumps(service({"ports": [{"port": 80}]}), indent=4)
    data = text.encode(encoding)
    if encoding == "utf-16-le":
        data = b"\xff\xfe" + data
    assert frames(read_json(data))["services"].loc[0, "name"] == "web"


def test_objects_of_other_kinds_are_named_with_their_lines():
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "token", "namespace": "a"},
        "data": {"k": "dg=="},
    }
    knative = {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "metadata": {"name": "fn"}}
    nameless = {"apiVersion": "v1", "kind": "Pod", "metadata": {"generateName": "web-"}}
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": [pod(), secret, knative, nameless, {}]}, indent=1)
    found = read_json(text.encode())
    assert len(frames(found)["pods"]) == 1
    assert [other.text for other in found.others] == [
        "Secret a/token",
        "Service fn",
        "Pod web-...",
        "no Kubernetes object: it says no `kind`",
    ]
    lines = text.split("\n")
    for other, name in zip(found.others, ["token", "fn", "web-"], strict=False):
        assert lines[other.line - 1].strip() == "{"
        assert any(name in line for line in lines[other.line : other.line + 6])


def test_yaml_names_others_with_their_lines():
    text = "# first\n---\nkind: ConfigMap\napiVersion: v1\nmetadata:\n  name: a\n---\njust words\n"
    assert [(other.text, other.line) for other in read_yaml(text).others] == [
        ("ConfigMap a", 3),
        ("no Kubernetes object: it says no `kind`", 7),
    ]


def table(include):
    things = [item for item in ITEMS if item["kind"] == "Pod"]
    names = list(printed(things[0], now=datetime(2026, 11, 22, 15, tzinfo=UTC)))
    carried = {
        "None": lambda _: None,
        "Metadata": lambda thing: {
            "kind": "PartialObjectMetadata",
            "apiVersion": "meta.k8s.io/v1",
            "metadata": thing["metadata"],
        },
        "Object": lambda thing: thing,
    }[include]
    rows = [
        {"cells": list(printed(t, now=datetime(2026, 11, 22, 15, tzinfo=UTC)).values()), "object": carried(t)}
        for t in things
    ]
    definitions = [{"name": name.title(), "type": "string"} for name in names]
    return {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "columnDefinitions": definitions, "rows": rows}


@pytest.mark.parametrize("read", [lambda t: read_json(json.dumps(t).encode()), lambda t: read_objects([t])])
def test_a_table_tells_its_cells_and_the_metadata_beside_them(read):
    cells, metadata = read(table("Metadata")).fragments
    things = of_kind("Pod")
    assert plain(cells.rows["status"]) == [printed(t)["STATUS"] for t in things]
    assert plain(metadata.rows["labels"]) == [t["metadata"]["labels"] for t in things]
    assert plain(metadata.rows["namespace"]) == ["shop"] * len(things)
    bare, nothing = read(table("None")).fragments
    assert plain(bare.rows["namespace"]) == ["default"] * len(things)
    assert plain(nothing.rows["labels"]) == [None] * len(things)
    same(
        read(table("Object")).fragments, read_objects([{"kind": "List", "apiVersion": "v1", "items": things}]).fragments
    )


# What is wrong


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ('{"kind": "Pod",\n "metadata": {"name": "a"', 2, 26, "ends before it is whole"),
        ('{"kind": "Pod",\n "metadata" {}}', 2, 13, "expected ':'"),
        ('{"kind": "Pod",}', 1, 16, "trailing comma"),
        ('{"kind": "Pod"}\n{"kind": é}', 2, 10, "invalid character"),
        ("[" * 100_000, 1, 1, "nested too deeply"),
    ],
)
def test_json_that_is_none(text, line, column, words):
    with pytest.raises(ReadError, match=words) as raised:
        read_json(text.encode(), "pods.json")
    error = raised.value
    assert (error.source, error.line, error.column) == ("pods.json", line, column)
    assert error.hint


def test_a_field_of_another_type_is_named_with_its_line():
    text = json.dumps(
        {"kind": "List", "apiVersion": "v1", "items": [pod(), service({"ports": [{"port": "80"}]})]}, indent=2
    )
    with pytest.raises(ReadError, match=r"Service web: spec\.ports\[0\]\.port is text where a whole number") as raised:
        read_json(text.encode(), "a.json")
    assert '"port": "80"' in text.split("\n")[raised.value.line - 1]
    assert "without quotes" in raised.value.hint


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("  ports:\n  - port: 80\n    nodePort: '30080'\n", 8, "nodePort is text where a whole number belongs"),
        ("  ports:\n    port: 80\n", 6, "spec.ports is a mapping where a list belongs"),
        ("  selector:\n    app: yes\n", 6, "is true or false where text belongs"),
        ("  type: 5\n", 6, "spec.type is a whole number where text belongs"),
    ],
)
def test_a_field_of_another_type_in_yaml(text, line, words):
    with pytest.raises(ManifestError, match=words) as raised:
        read_yaml("apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n" + text, "svc.yaml")
    assert (raised.value.source, raised.value.line) == ("svc.yaml", line)


def test_metadata_that_is_none():
    with pytest.raises(ReadError, match="metadata is text where a mapping belongs"):
        read_objects([{"apiVersion": "v1", "kind": "Service", "metadata": "web"}])


def test_the_garbage_collector_is_as_it_was():
    assert gc.isenabled()
    read_json(OBJECTS)
    assert gc.isenabled()
    with pytest.raises(NodePortKitError):
        read_json(b"{")
    assert gc.isenabled()


# STATUS, READY and RESTARTS of any pod, beside what `kubectl get` prints for it

STATES = st.sampled_from(
    [
        {"running": {"startedAt": "2026-11-22T14:59:57Z"}},
        {"waiting": {"reason": "CrashLoopBackOff"}},
        {"waiting": {"reason": "PodInitializing"}},
        {"waiting": {}},
        {"terminated": {"exitCode": 0, "reason": "Completed"}},
        {"terminated": {"exitCode": 1, "reason": "Error"}},
        {"terminated": {"exitCode": 0}},
        {"terminated": {"exitCode": 137, "signal": 9}},
        {},
    ]
)


def container_status(name):
    return st.fixed_dictionaries(
        {"name": st.just(name), "restartCount": st.integers(0, 3), "ready": st.booleans(), "state": STATES},
        optional={"started": st.booleans()},
    )


PODS = st.builds(
    lambda metadata, spec, status: {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": spec,
        "status": status,
    },
    st.fixed_dictionaries(
        {"name": st.just("web-0"), **{key: st.just(value) for key, value in CREATED.items()}},
        optional={"deletionTimestamp": st.just("2026-11-22T15:59:57Z")},
    ),
    st.fixed_dictionaries(
        {"containers": st.just([{"name": "a"}, {"name": "b"}])},
        optional={
            "initContainers": st.sampled_from(
                [
                    [{"name": "i"}],
                    [{"name": "i"}, {"name": "s", "restartPolicy": "Always"}],
                    [{"name": "s", "restartPolicy": "Always"}],
                ]
            )
        },
    ),
    st.fixed_dictionaries(
        {"phase": st.sampled_from(["Running", "Running", "Pending", "Succeeded", "Failed"])},
        optional={
            "reason": st.sampled_from(["Evicted", "NodeLost"]),
            "containerStatuses": st.tuples(container_status("a"), container_status("b")).map(list),
            "initContainerStatuses": st.lists(st.sampled_from(["i", "s"]).flatmap(container_status), max_size=2),
            "conditions": st.lists(
                st.fixed_dictionaries(
                    {
                        "type": st.sampled_from(["Ready", "Initialized", "ContainersReady"]),
                        "status": st.sampled_from(["True", "False"]),
                    }
                ),
                max_size=3,
                unique_by=lambda condition: condition["type"],
            ),
        },
    ),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PODS, min_size=1, max_size=3))
def test_any_pod_stands_as_kubectl_prints_it(pods):
    found = frames(read_json(json.dumps({"kind": "PodList", "apiVersion": "v1", "items": pods}).encode()))["pods"]
    for thing, (_, row) in zip(pods, found.iterrows(), strict=True):
        cells = printed(thing)
        assert row["status"] == cells["STATUS"]
        assert f"{row['ready_containers']}/{row['containers']}" == cells["READY"]
        assert str(row["restarts"]) == cells["RESTARTS"].partition(" ")[0]
        conditions = {c["type"]: c["status"] for c in thing["status"].get("conditions", [])}
        assert row["ready"] == (conditions.get("Ready") == "True")
