"""kr8s, the other client that Python has, against the playground: as its documentation uses it, in both its forms."""

import asyncio

import kr8s
import kr8s.asyncio
import pytest
from kr8s._async_utils import Portal
from kr8s.asyncio.objects import ConfigMap as AsyncConfigMap
from kr8s.objects import ConfigMap, Deployment, Namespace, Pod, Service, object_from_spec

# It warns of servers that are younger than itself.
pytestmark = pytest.mark.filterwarnings("ignore:Kubernetes version .* is not supported")
ROOT = "kube-root-ca.crt"  # a ConfigMap of every namespace
LABELS = {"app": "web"}
TEMPLATE = {"metadata": {"labels": LABELS}, "spec": {"containers": [{"name": "web", "image": "nginx", "ports": [{"containerPort": 80}]}]}}  # fmt: skip


@pytest.fixture(scope="module")
def api(cluster):
    made = kr8s.api(kubeconfig=str(cluster.kubeconfig))
    yield made
    Portal().call(made._session.aclose)  # it never closes what it opened


@pytest.fixture
def namespace(api, request):
    name = f"k-{abs(hash(request.node.name)) % 10**8}"
    made = Namespace({"metadata": {"name": name}}, api=api)
    made.create()
    yield name
    made.delete()


def service(name, namespace, **spec):
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace, "labels": LABELS},
        "spec": {"selector": LABELS, "ports": [{"port": 80}], **spec},
    }


def config_map(name, namespace, **data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}, "data": data}


def test_what_there_is(api):
    assert api.version()["gitVersion"].startswith("v1.")
    assert {"services", "deployments"} <= {resource["name"] for resource in api.api_resources()}
    assert api.lookup_kind("svc") == ("service/v1", "services", True)
    assert [node.name for node in api.get("nodes")] == ["node-1", "node-2", "node-3"]
    assert api.whoami() == "playground"


def test_create_read_patch_and_delete(api, namespace):
    made = Service(service("web", namespace, type="NodePort"), api=api)
    assert not made.exists()
    made.create()
    assert made.exists()
    assert 30000 <= made.spec.ports[0].nodePort <= 32767
    made.patch({"spec": {"ports": [{"port": 80, "nodePort": 30777}]}}, type="strategic")
    assert made.spec.ports[0].nodePort == 30777
    made.patch([{"op": "replace", "path": "/spec/ports/0/nodePort", "value": 30778}], type="json")
    assert Service.get("web", namespace=namespace, api=api).spec.ports[0].nodePort == 30778
    made.delete()
    assert not made.exists()
    with pytest.raises(kr8s.NotFoundError):
        made.refresh()
    with pytest.raises(kr8s.NotFoundError):
        Service.get("web", namespace=namespace, api=api)


def test_labels_and_annotations(api, namespace):
    made = ConfigMap(config_map("a", namespace, x="y"), api=api)
    made.create()
    made.label(tier="front")
    made.annotate({"note": "one"})
    assert ConfigMap.get("a", namespace=namespace, api=api).labels == {"tier": "front"}
    assert made.annotations["note"] == "one"
    made.remove_label("tier")
    assert ConfigMap.get("a", namespace=namespace, api=api).labels == {}


def test_lists_are_chosen_from(api, namespace):
    for name in ("a", "b", "c"):
        made = object_from_spec(config_map(name, namespace), api=api)
        made.create()
        if name != "c":
            made.label(kind="test")
    chosen = api.get("configmaps", namespace=namespace, label_selector={"kind": "test"})
    assert [it.name for it in chosen] == ["a", "b"]
    named = api.get("configmaps", namespace=namespace, field_selector="metadata.name=c")
    assert [it.name for it in named] == ["c"]
    assert {it.namespace for it in api.get("configmaps", namespace=kr8s.ALL)} >= {namespace, "kube-system"}


def test_a_deployment_is_scaled_and_waited_for(api, namespace):
    spec = {"replicas": 1, "selector": {"matchLabels": LABELS}, "template": TEMPLATE}
    made = Deployment({"metadata": {"name": "web", "namespace": namespace}, "spec": spec}, api=api)
    made.create()
    made.wait("condition=Available", timeout=30)
    made.scale(2)
    made.wait("jsonpath='{.status.readyReplicas}'=2", timeout=30)
    assert made.replicas == 2
    pods = made.pods()
    assert len(pods) == 2
    assert all(pod.ready() for pod in pods)
    assert "/docker-entrypoint.sh: Configuration complete; ready for start up" in list(pods[0].logs())
    behind = Service(service("web", namespace), api=api)
    behind.create()
    assert {pod.name for pod in behind.ready_pods()} == {pod.name for pod in pods}
    made.delete(propagation_policy="Foreground")
    made.wait("delete", timeout=30)


def test_a_pod_is_waited_for(api, namespace):
    pod = Pod({"metadata": {"name": "p", "namespace": namespace}, "spec": TEMPLATE["spec"]}, api=api)
    pod.create()
    pod.wait("condition=Ready", timeout=30)
    assert pod.status.phase == "Running"


def test_refusals_come_with_the_servers_status(api, namespace):
    with pytest.raises(kr8s.ServerError, match="provided port is not in the valid range") as refused:
        Service(service("bad", namespace, type="NodePort", ports=[{"port": 80, "nodePort": 80}]), api=api).create()
    assert refused.value.status["reason"] == "Invalid"
    assert refused.value.response.status_code == 422


def test_watches_tell_of_changes(api, namespace):
    ConfigMap(config_map("first", namespace), api=api).create()
    seen = []
    for event, thing in api.watch("configmaps", namespace=namespace):
        if thing.name == ROOT:
            continue
        seen.append((event, thing.name))
        if len(seen) == 1:
            thing.patch({"data": {"x": "y"}})
        elif len(seen) == 2:
            thing.delete()
        else:
            break
    assert seen == [("ADDED", "first"), ("MODIFIED", "first"), ("DELETED", "first")]


def test_the_same_without_waiting(cluster, namespace):
    async def work():
        api = await kr8s.asyncio.api(kubeconfig=str(cluster.kubeconfig))
        made = [await AsyncConfigMap(config_map(f"c{number}", namespace), api=api) for number in range(5)]
        await asyncio.gather(*(it.create() for it in made))
        names = [it.name async for it in api.get("configmaps", namespace=namespace) if it.name != ROOT]
        await asyncio.gather(*(it.patch({"data": {"n": "1"}}) for it in made))
        data = {it.name: it.data.n for it in made}
        await asyncio.gather(*(it.delete() for it in made))
        left = [it.name async for it in api.get("configmaps", namespace=namespace) if it.name != ROOT]
        await api._session.aclose()
        return names, data, left

    names, data, left = asyncio.run(work())
    assert names == [f"c{number}" for number in range(5)]
    assert data == dict.fromkeys(names, "1")
    assert left == []
