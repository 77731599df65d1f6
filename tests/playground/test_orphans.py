"""Whose pods are: those whose labels are changed are let go, and those that fit and belong to nobody are taken.

pkg/controller/controller_ref_manager.go, and https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/ ("Isolating
Pods from a ReplicaSet", "Non-Template Pod acquisitions").
"""

import json

import pytest

from .test_controllers import eventually, items

WORKLOAD = """
apiVersion: apps/v1
kind: {kind}
metadata: {{name: {name}}}
spec:
  {more}
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec: {{containers: [{{name: web, image: nginx, ports: [{{containerPort: 80}}]}}]}}
"""
POD = """
apiVersion: v1
kind: Pod
metadata: {{name: {name}, labels: {{app: {app}}}}}
spec: {{containers: [{{name: web, image: nginx}}]}}
"""


@pytest.fixture
def space(cluster, request):
    """A namespace of the test's own, and what runs in it."""
    name = request.node.name.replace("_", "-")[:50].strip("-")
    cluster.kubectl("create", "namespace", name)

    def pods():
        return {
            pod["metadata"]["name"]: [it["name"] for it in pod["metadata"].get("ownerReferences", ())]
            for pod in items(cluster, "pods", "-n", name)
            if not pod["metadata"].get("deletionTimestamp")
        }

    yield name, pods
    cluster.kubectl("delete", "namespace", name, "--wait=false")


def test_a_pod_whose_label_is_changed_is_isolated_and_replaced_and_taken_back(cluster, space):
    name, pods = space
    cluster.kubectl("create", "deployment", "web", "--image=nginx", "--replicas=2", "-n", name)
    cluster.kubectl("expose", "deployment", "web", "--port=80", "--type=NodePort", "-n", name)
    cluster.kubectl("rollout", "status", "deployment/web", "--timeout=30s", "-n", name)
    before = pods()
    (of,), one = next(iter(before.values())), min(before)
    cluster.kubectl("label", "pod", one, "app=front", "--overwrite", "-n", name)
    after = eventually(pods, lambda found: len(found) == 3 and not found[one])
    assert all(owners == [of] for pod, owners in after.items() if pod != one)

    def addresses():
        slices = items(cluster, "endpointslices", "-n", name)
        return {
            end["targetRef"]["name"] for it in slices for end in it.get("endpoints") or () if end["conditions"]["ready"]
        }

    eventually(addresses, lambda found: len(found) == 2 and one not in found)
    cluster.kubectl("label", "pod", one, "app=web", "--overwrite", "-n", name)
    left = eventually(pods, lambda found: len(found) == 2)
    assert all(owners == [of] for owners in left.values())


def test_a_replica_set_takes_pods_that_it_did_not_make_and_deletes_what_is_too_much(cluster, space):
    name, pods = space
    cluster.kubectl("create", "-f", "-", "-n", name, data=POD.format(name="first", app="web"))
    cluster.kubectl("create", "-f", "-", "-n", name, data=POD.format(name="other", app="api"))
    cluster.kubectl("wait", "--for=condition=Ready", "pod", "--all", "--timeout=30s", "-n", name)
    cluster.kubectl(
        "create", "-f", "-", "-n", name, data=WORKLOAD.format(kind="ReplicaSet", name="web", more="replicas: 2")
    )
    found = eventually(pods, lambda found: len(found) == 3)
    assert found["first"] == ["web"]
    assert found["other"] == []
    cluster.kubectl("wait", "--for=jsonpath={.status.readyReplicas}=2", "replicaset/web", "--timeout=30s", "-n", name)
    cluster.kubectl("create", "-f", "-", "-n", name, data=POD.format(name="late", app="web"))
    found = eventually(pods, lambda found: "late" not in found)
    assert found["first"] == ["web"]
    said = cluster.kubectl("get", "events", "-n", name, "-o", "jsonpath={.items[*].message}")
    assert "Deleted pod: late" in said


def test_what_was_left_behind_is_taken_over_by_a_deployment_of_the_same_name(cluster, space):
    name, pods = space
    cluster.kubectl("create", "deployment", "web", "--image=nginx", "--replicas=2", "-n", name)
    cluster.kubectl("rollout", "status", "deployment/web", "--timeout=30s", "-n", name)
    before = pods()
    cluster.kubectl("delete", "deployment", "web", "--cascade=orphan", "-n", name)
    (of,) = items(cluster, "replicasets", "-n", name)
    assert not of["metadata"].get("ownerReferences")
    cluster.kubectl("create", "deployment", "web", "--image=nginx", "--replicas=2", "-n", name)
    cluster.kubectl("rollout", "status", "deployment/web", "--timeout=30s", "-n", name)
    (of,) = items(cluster, "replicasets", "-n", name)
    assert of["metadata"]["ownerReferences"][0]["kind"] == "Deployment"
    assert pods() == before


def test_stateful_sets_take_pods_of_their_own_names_only(cluster, space):
    name, pods = space
    more = "replicas: 1\n  serviceName: web\n  podManagementPolicy: Parallel"
    manifest = WORKLOAD.format(kind="StatefulSet", name="web", more=more)
    cluster.kubectl("create", "-f", "-", "-n", name, data=POD.format(name="web-0", app="web"))
    cluster.kubectl("create", "-f", "-", "-n", name, data=POD.format(name="stranger", app="web"))
    cluster.kubectl("create", "-f", "-", "-n", name, data=manifest)
    assert eventually(pods, lambda found: found.get("web-0") == ["web"])["stranger"] == []
    cluster.kubectl("label", "pod", "web-0", "app-", "-n", name)
    eventually(pods, lambda found: found["web-0"] == [])
    # Its name is taken: the set has to do without, and says so.
    eventually(lambda: items(cluster, "statefulsets", "-n", name)[0]["status"]["replicas"], lambda found: found == 0)
    cluster.kubectl("delete", "pod", "web-0", "-n", name)
    eventually(pods, lambda found: found.get("web-0") == ["web"])


def test_daemon_sets_let_go_and_take_too(cluster, space):
    name, pods = space
    cluster.kubectl(
        "create", "-f", "-", "-n", name, data=WORKLOAD.format(kind="DaemonSet", name="web", more="minReadySeconds: 0")
    )
    cluster.kubectl("rollout", "status", "daemonset/web", "--timeout=30s", "-n", name)
    one = min(pods())
    cluster.kubectl("label", "pod", one, "app=gone", "--overwrite", "-n", name)
    found = eventually(pods, lambda found: len(found) == 4)
    assert found[one] == []
    cluster.kubectl("label", "pod", one, "app=web", "--overwrite", "-n", name)
    assert all(owners == ["web"] for owners in eventually(pods, lambda found: len(found) == 3).values())


def test_a_pod_that_finished_stays_whose_it_was(cluster, space):
    name, pods = space
    manifest = WORKLOAD.format(kind="ReplicaSet", name="web", more="replicas: 1")
    cluster.kubectl("create", "-f", "-", "-n", name, data=manifest)
    (one,) = eventually(pods, lambda found: len(found) == 1)
    status = json.dumps({"status": {"phase": "Failed"}})
    cluster.kubectl("patch", "pod", one, "--subresource=status", "--type=merge", "-p", status, "-n", name)
    found = eventually(pods, lambda found: len(found) == 2)
    assert found[one] == ["web"]
