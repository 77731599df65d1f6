"""What controllers keep for themselves, as on any real cluster: leases of nodes, revisions of templates, the certificate."""

import json
from datetime import datetime

import pytest
from kubernetes import client, config

from nodeportkit.playground.store import Expired, Store

from .conftest import Running
from .test_controllers import eventually, items

SETS = """
apiVersion: apps/v1
kind: {kind}
metadata: {{name: web}}
spec:
  {more}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{containers: [{{name: web, image: "nginx:1.26", ports: [{{containerPort: 80}}]}}]}}
"""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """One whose clock runs twenty times as fast."""
    running = Running(tmp_path_factory.mktemp("records"), speed=20)
    yield running
    running.stop()


def renewed(cluster, node):
    lease = json.loads(cluster.kubectl("get", "lease", node, "-n", "kube-node-lease", "-o", "json"))
    return datetime.fromisoformat(lease["spec"]["renewTime"])


def test_the_lease_of_a_node_is_renewed_while_its_kubelet_runs(cluster):
    said = cluster.kubectl("get", "leases", "-A")
    rows = [line.split()[:3] for line in said.splitlines()]
    assert rows == [
        ["NAMESPACE", "NAME", "HOLDER"],
        *(["kube-node-lease", f"node-{n}", f"node-{n}"] for n in (1, 2, 3)),
    ]
    cluster.kubectl("annotate", "node", "node-3", "nodeportkit.io/stopped=true")
    still, before = renewed(cluster, "node-3"), renewed(cluster, "node-2")
    eventually(lambda: renewed(cluster, "node-2"), lambda at: at > before, seconds=30)
    assert renewed(cluster, "node-3") == still
    cluster.kubectl("annotate", "node", "node-3", "nodeportkit.io/stopped-")
    eventually(lambda: renewed(cluster, "node-3"), lambda at: at > still)
    assert "HolderIdentity:  node-1" in cluster.kubectl("describe", "node", "node-1")
    cluster.kubectl("delete", "lease", "node-1", "-n", "kube-node-lease")
    eventually(lambda: len(items(cluster, "leases", "-n", "kube-node-lease")), lambda found: found == 3)


def test_the_lease_of_a_node_goes_with_it(cluster):
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "guest"}}
    cluster.kubectl("create", "-f", "-", data=json.dumps(node))
    eventually(lambda: len(items(cluster, "leases", "-A")), lambda found: found == 4)
    cluster.kubectl("delete", "node", "guest")
    eventually(lambda: len(items(cluster, "leases", "-A")), lambda found: found == 3)


def test_every_namespace_has_the_certificate_and_it_is_put_back(cluster):
    cluster.kubectl("create", "namespace", "certified")
    asked = ("get", "configmap", "kube-root-ca.crt", "-n", "certified", "-o", r"jsonpath={.data.ca\.crt}")

    def held():
        return [it["data"]["ca.crt"] for it in items(cluster, "configmaps", "-n", "certified")]

    (certificate,) = eventually(held, lambda found: len(found) == 1)
    assert certificate == cluster.identity.authority.decode() == cluster.kubectl(*asked)
    cluster.kubectl("patch", "configmap", "kube-root-ca.crt", "-n", "certified", "-p", '{"data":{"ca.crt":"another"}}')
    eventually(held, lambda found: found == [certificate])
    cluster.kubectl("delete", "configmap", "kube-root-ca.crt", "-n", "certified")
    eventually(held, lambda found: found == [certificate])
    cluster.kubectl("delete", "namespace", "certified")


@pytest.mark.parametrize(
    ("kind", "more", "rolled_back"),
    [
        ("DaemonSet", "revisionHistoryLimit: 2", "daemonset.apps/web rolled back\n"),
        (
            "StatefulSet",
            "serviceName: web\n  replicas: 2\n  revisionHistoryLimit: 2",
            "statefulset.apps/web rolled back\n",
        ),
    ],
)
def test_templates_are_remembered_and_brought_back(cluster, kind, more, rolled_back):
    name, of = f"rolling-{kind.lower()}", f"{kind.lower()}/web"
    cluster.kubectl("create", "namespace", name)

    def kubectl(*arguments, **options):
        return cluster.kubectl("-n", name, *arguments, **options)

    def images():
        pods = [pod for pod in items(cluster, "pods", "-n", name) if not pod["metadata"].get("deletionTimestamp")]
        return {pod["spec"]["containers"][0]["image"] for pod in pods}

    def history():
        return kubectl("rollout", "history", of).split("CHANGE-CAUSE\n")[1].split()[::2]

    kubectl("create", "-f", "-", data=SETS.format(kind=kind, more=more))
    kubectl("rollout", "status", of, "--timeout=30s")
    kubectl("set", "image", of, "web=nginx:1.27")
    kubectl("rollout", "status", of, "--timeout=60s")
    eventually(images, lambda found: found == {"nginx:1.27"})
    assert history() == ["1", "2"]
    assert "Image:\tnginx:1.26" in kubectl("rollout", "history", of, "--revision=1")
    assert kubectl("rollout", "undo", of) == rolled_back
    kubectl("rollout", "status", of, "--timeout=60s")
    eventually(images, lambda found: found == {"nginx:1.26"})
    eventually(history, lambda found: found == ["2", "3"])
    same = kubectl("rollout", "undo", of, "--to-revision=3")
    assert same.endswith("skipped rollback (current template already matches revision 3)\n"), same
    for image in ("nginx:1.25", "nginx:1.24", "nginx:1.23"):
        kubectl("set", "image", of, f"web={image}")
        kubectl("rollout", "status", of, "--timeout=60s")
    # The present one, and two whose pods are gone.
    eventually(history, lambda found: found == ["4", "5", "6"])
    row = kubectl("get", "controllerrevisions", "--sort-by=.revision", "--no-headers").splitlines()[-1].split()
    assert row[1:3] == [f"{kind.lower()}.apps/web", "6"]
    kubectl("delete", of)
    eventually(lambda: items(cluster, "controllerrevisions", "-n", name), lambda found: not found)
    cluster.kubectl("delete", "namespace", name, "--wait=false")


def test_the_python_client_reads_both(cluster):
    api = config.new_client_from_config(str(cluster.kubeconfig))
    leases = client.CoordinationV1Api(api).list_namespaced_lease("kube-node-lease").items
    assert [it.spec.holder_identity for it in leases] == ["node-1", "node-2", "node-3"]
    assert leases[0].spec.lease_duration_seconds == 40
    assert client.AppsV1Api(api).list_controller_revision_for_all_namespaces().items == []


def test_renewals_make_nothing_else_be_forgotten():
    store = Store(history=10)
    store.put("services", {"metadata": {"namespace": "default", "name": "web"}})
    for number in range(2_000):
        lease = {"metadata": {"namespace": "kube-node-lease", "name": "node-1"}, "spec": {"number": number}}
        store.put("leases.coordination.k8s.io", lease)
    assert [change.key.name for change in store.since(0, "services")] == ["web"]
    assert len(list(store.since(store.version - 100, "leases.coordination.k8s.io"))) == 100
    with pytest.raises(Expired, match=r"^too old resource version: 1 \(\d+\)$"):
        store.since(1, "leases.coordination.k8s.io")
    store.forget()
    with pytest.raises(Expired):
        store.since(1, "services")
    assert list(store.since(store.version, "services")) == []
