"""What a pod's containers are, as far as frames tell it: images, probes, addresses to listen on; and why pods and
workloads are in trouble."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nodeportkit
from nodeportkit.frames import SCHEMAS
from nodeportkit.sources.objects.pods.binds import binds

REAL = Path(__file__).resolve().parent.parent / "fixtures" / "real-cluster" / "objects.json"
CREATED = {"creationTimestamp": "2026-11-22T14:59:57Z"}


def pod(name="web-0", containers=(), status=None, **spec):
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "shop", **CREATED},
        "spec": {"containers": list(containers), **spec},
        "status": status or {},
    }


def workload(kind, *, template=None, spec=None, status=None, live=True):
    return {
        "apiVersion": "batch/v1" if kind in ("Job", "CronJob") else "apps/v1",
        "kind": kind,
        "metadata": {"name": "web", "namespace": "shop", **(CREATED if live else {})},
        "spec": {**(spec or {}), "template": {"metadata": {"labels": {"app": "web"}}, "spec": template or {}}},
        "status": status or {},
    }


WEB = {
    "name": "web",
    "image": "registry.example.com/web:1.2",
    "command": ["gunicorn"],
    "args": ["--bind=127.0.0.1:8000", "--token=hunter2"],
    "env": [{"name": "PASSWORD", "value": "hunter2"}],
    "ports": [{"containerPort": 8000}],
    "readinessProbe": {"httpGet": {"path": "/hunter2", "port": "http"}, "periodSeconds": 5},
    "lifecycle": {"preStop": {"exec": {"command": ["sleep", "hunter2"]}}},
}
PROXY = {"name": "mesh", "image": "mesh:1", "restartPolicy": "Always", "readinessProbe": {"tcpSocket": {"port": 15021}}}
SETUP = {"name": "setup", "image": "busybox", "readinessProbe": {"exec": {"command": ["true"]}}}


def values(frame, columns):
    return (
        frame[list(columns)].astype(object).where(frame[list(columns)].notna(), None).itertuples(index=False, name=None)
    )


def test_a_container_is_told_without_anything_that_may_be_secret():
    cluster = nodeportkit.read(pod(containers=[WEB], initContainers=[PROXY, SETUP], terminationGracePeriodSeconds=5))
    columns = [name for name in SCHEMAS["specs"].names if name != "spec"]
    assert list(values(cluster.specs, columns)) == [
        ("web", False, False, "registry.example.com/web:1.2", "http", "http", ["127.0.0.1:8000"], True, 5),
        ("mesh", True, True, "mesh:1", "tcp", "15021", [], False, 5),
        ("setup", True, False, "busybox", "exec", None, [], False, 5),
    ]
    assert set(cluster.specs["spec"]) == set(cluster.pods["spec"])
    told = [frame.astype(str).to_csv() for frame in (cluster.specs, cluster.pods, cluster.containers)]
    assert "hunter2" not in "".join(told)


@pytest.mark.parametrize("live", ["image: nginx", "image: nginx\n    terminationGracePeriodSeconds: 30"])
def test_of_a_manifest_the_grace_period_is_the_documented_default(live):
    """https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/: defaults to 30 seconds."""
    image, _, more = live.partition("\n")
    text = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n    containers:\n    - name: a\n      {image}\n{more}\n"
    cluster = nodeportkit.read(text)
    assert list(values(cluster.specs, ["container", "image", "readiness", "readiness_port", "grace_period"])) == [
        ("a", "nginx", None, None, 30)
    ]


def test_pods_made_alike_share_one_spec_however_they_are_read():
    things = [pod(f"web-{i}", [{**WEB, "volumeMounts": [{"name": f"kube-api-access-{i}"}]}]) for i in range(300)]
    other = pod("api-0", [{**WEB, "image": "api:1"}])
    listed = {"apiVersion": "v1", "kind": "List", "items": [*things[:150], other, *things[150:]]}
    deployment = workload("Deployment", template={"containers": [WEB]})
    clusters = [
        nodeportkit.read(json.dumps(listed)),
        nodeportkit.read(json.dumps(listed, indent=4)),
        nodeportkit.read(listed),
        nodeportkit.read(*things, other),
        nodeportkit.read(json.dumps(listed), json.dumps(deployment)),
    ]
    for cluster in clusters:
        assert len(cluster.specs) == 2
        web = cluster.pods.loc[cluster.pods["name"] != "api-0", "spec"].unique()
        assert len(web) == 1
        assert set(cluster.pods["spec"]) == set(cluster.specs["spec"])
    assert len({cluster.pods.loc[0, "spec"] for cluster in clusters}) == 1
    assert clusters[-1].workloads.loc[0, "spec"] == clusters[-1].pods.loc[0, "spec"]


def test_specs_survive_saving_and_joining(tmp_path):
    cluster = nodeportkit.read(pod("web-0", [WEB]))
    path = cluster.save(tmp_path / "cluster.json")
    again = nodeportkit.read(nodeportkit.Cluster.load(path), pod("api-0", [SETUP]))
    assert list(again.specs["container"]) == ["web", "setup"]
    assert list(again.pods["spec"]) == list(again.specs["spec"])
    assert again.specs.loc[0, "binds"] == ["127.0.0.1:8000"]


def test_a_pod_without_containers_names_no_spec():
    cluster = nodeportkit.read({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}})
    assert cluster.pods["spec"].isna().all()
    assert cluster.specs.empty


def test_every_pod_of_a_real_cluster_has_a_spec_with_its_images():
    cluster = nodeportkit.read(REAL)
    listed = {
        item["metadata"]["name"]: item for item in json.loads(REAL.read_bytes())["items"] if item["kind"] == "Pod"
    }
    images = cluster.specs.groupby("spec")["image"].agg(list)
    for name, spec in zip(cluster.pods["name"], cluster.pods["spec"], strict=True):
        assert images[spec] == [container["image"] for container in listed[name]["spec"]["containers"]]


# Addresses to listen on. Where an option comes from stands beside it.


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (["--listen=127.0.0.1:8080"], ["127.0.0.1:8080"]),
        (["--bind", "127.0.0.1"], ["127.0.0.1"]),
        (["gunicorn", "-b", "0.0.0.0:80", "app:app"], ["0.0.0.0:80"]),  # gunicorn: -b ADDRESS
        (["gunicorn", "-b127.0.0.1:80", "-b", "[::1]:80"], ["127.0.0.1:80", "[::1]:80"]),
        (["uvicorn", "main:app", "--host", "localhost", "--port", "8000"], ["localhost"]),
        (["flask", "run", "--host=0.0.0.0"], ["0.0.0.0"]),
        (["python", "manage.py", "runserver", "127.0.0.1:8000"], ["127.0.0.1:8000"]),
        (["python", "manage.py", "runserver", "8000"], []),
        (["python", "-m", "http.server", "8080", "--bind", "::"], ["::"]),
        (["/bin/prometheus", "--web.listen-address=:9090"], [":9090"]),
        (["mongod", "--bind_ip", "localhost,10.1.0.4"], ["localhost", "10.1.0.4"]),
        (
            ["etcd", "--listen-client-urls=http://127.0.0.1:2379,https://10.0.0.1:2379"],
            ["127.0.0.1:2379", "10.0.0.1:2379"],
        ),
        (["dotnet", "app.dll", "--urls", "http://localhost:5000"], ["localhost:5000"]),
        (["php", "-S", "localhost:8000"], ["localhost:8000"]),
        (["memcached", "-l", "127.0.0.1"], ["127.0.0.1"]),
        (["jupyter", "lab", "--ip=127.0.0.1"], ["127.0.0.1"]),
        (
            ["kube-rbac-proxy", "--secure-listen-address=0.0.0.0:8443", "--upstream=http://127.0.0.1:8080/"],
            ["0.0.0.0:8443"],
        ),
        (["manager", "--metrics-bind-address=127.0.0.1:8080"], ["127.0.0.1:8080"]),
        (["sh", "-c", "sleep 1 && exec uvicorn app --host '127.0.0.1' --port 80"], ["127.0.0.1"]),
        (["sh", "-c", "echo 'half --bind 127.0.0.1"], ["127.0.0.1"]),
        (["--address=127.0.0.1", "--address=127.0.0.1"], ["127.0.0.1"]),
        (["--host"], []),
        ([None, ""], []),
        (["--host=db.example.com", "--host", "$(POD_IP)", "--bind=/run/app.sock"], []),
        (["--db-host=127.0.0.1", "--etcd-servers=http://127.0.0.1:2379", "--advertise-address=10.0.0.1"], []),
        (["--password=127.0.0.1", "--token", "127.0.0.1:80"], []),
    ],
)
def test_addresses_to_listen_on(line, expected):
    assert binds(line) == expected


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(["--host", "--bind=", "-b", "--listen", "=", " ", "'", "127.0.0.1"]) | st.text(max_size=6),
        max_size=6,
    )
)
def test_nothing_but_addresses_is_taken_from_a_command_line(line):
    for address in binds(line):
        assert set(address.lower()) <= set("0123456789abcdef.:[]*localhost")


# Why pods are not ready


def condition(type_, status, reason=None, message=None):
    told = {"type": type_, "status": status, "reason": reason, "message": message}
    return {key: value for key, value in told.items() if value is not None}


UNREADY = condition("Ready", "False", "ContainersNotReady", "containers with unready status: [web]")
UNSCHEDULABLE = condition("PodScheduled", "False", "Unschedulable", "0/3 nodes are available: 3 Insufficient cpu.")


@pytest.mark.parametrize(
    ("phase", "conditions", "reason"),
    [
        ("Running", [condition("Ready", "True"), condition("PodScheduled", "True")], None),
        (
            "Running",
            [condition("PodScheduled", "True"), UNREADY],
            "ContainersNotReady: containers with unready status: [web]",
        ),
        ("Pending", [UNSCHEDULABLE], "Unschedulable: 0/3 nodes are available: 3 Insufficient cpu."),
        (
            "Pending",
            [UNSCHEDULABLE, condition("Ready", "False")],
            "Unschedulable: 0/3 nodes are available: 3 Insufficient cpu.",
        ),
        ("Succeeded", [condition("Ready", "False", "PodCompleted")], "PodCompleted"),
        ("Running", [condition("Ready", "False", message="<b>no</b>")], "<b>no</b>"),
        ("Running", [condition("Ready", "Unknown", "NodeLost")], "NodeLost"),
        ("Pending", [], None),
    ],
)
def test_why_a_pod_is_not_ready(phase, conditions, reason):
    cluster = nodeportkit.read(pod(containers=[WEB], status={"phase": phase, "conditions": conditions}))
    (told,) = cluster.pods["unready_reason"].astype(object).where(cluster.pods["unready_reason"].notna(), None)
    assert told == reason


def test_a_pod_that_has_become_ready_has_no_reason_any_more():
    before = pod(containers=[WEB], status={"phase": "Running", "conditions": [UNREADY]})
    after = pod(containers=[WEB], status={"phase": "Running", "conditions": [condition("Ready", "True")]})
    assert nodeportkit.read(before, after).pods["unready_reason"].isna().all()
    assert nodeportkit.read(after, before).pods["unready_reason"].notna().all()


# Workloads


COUNTS = {
    "readyReplicas": 1,
    "updatedReplicas": 2,
    "availableReplicas": 3,
    "numberReady": 4,
    "updatedNumberScheduled": 5,
    "numberAvailable": 6,
    "ready": 7,
}


@pytest.mark.parametrize(
    ("kind", "ready", "updated", "available"),
    [
        ("Deployment", 1, 2, 3),
        ("StatefulSet", 1, 2, 3),
        ("ReplicaSet", 1, None, 3),
        ("DaemonSet", 4, 5, 6),
        ("Job", 7, None, None),
    ],
)
def test_how_many_pods_are_updated_and_available(kind, ready, updated, available):
    """The fields of each kind's status (Kubernetes API reference); the server leaves a 0 out."""
    columns = ["ready", "updated", "available"]
    (told,) = values(nodeportkit.read(workload(kind, status=COUNTS)).workloads, columns)
    assert told == (ready, updated, available)
    (none,) = values(nodeportkit.read(workload(kind)).workloads, columns)
    assert none == tuple(None if value is None else 0 for value in (ready, updated, available))
    (unknown,) = values(nodeportkit.read(workload(kind, live=False)).workloads, columns)
    assert unknown == (None, None, None)


def test_conditions_that_tell_of_trouble():
    """As a quota leaves a deployment (https://kubernetes.io/docs/concepts/workloads/controllers/deployment/)."""
    quota = 'pods "web" is forbidden: exceeded quota'
    conditions = [
        condition("Available", "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability."),
        condition("Progressing", "True", "ReplicaSetUpdated", "ReplicaSet is progressing."),
        condition("ReplicaFailure", "True", "FailedCreate", quota),
    ]
    cluster = nodeportkit.read(workload("Deployment", status={"conditions": conditions}))
    assert cluster.workloads.loc[0, "trouble"] == [
        "Available: MinimumReplicasUnavailable: Deployment does not have minimum availability.",
        f"ReplicaFailure: FailedCreate: {quota}",
    ]
    well = [condition("Available", "True", "MinimumReplicasAvailable"), condition("Complete", "True")]
    assert nodeportkit.read(workload("Deployment", status={"conditions": well})).workloads.loc[0, "trouble"] == []
    assert nodeportkit.read(workload("Deployment", live=False)).workloads["trouble"].isna().all()


def test_the_template_of_a_cron_job_has_a_spec_too():
    inner = workload("Job", template={"containers": [SETUP]})["spec"]
    thing = workload("CronJob", spec={"jobTemplate": {"spec": inner}})
    cluster = nodeportkit.read(thing)
    assert list(cluster.specs["image"]) == ["busybox"]
    assert list(cluster.workloads["spec"]) == list(cluster.specs["spec"])
