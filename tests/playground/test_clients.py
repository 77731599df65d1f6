"""The official Python client against the playground: what programs do that are not kubectl."""

import json
import threading

import pytest
from kubernetes import client, config, dynamic, watch
from kubernetes.client.exceptions import ApiException

from nodeportkit.playground.resources import resources


@pytest.fixture(scope="module")
def api(cluster):
    with config.new_client_from_config(str(cluster.kubeconfig)) as made:
        yield made


@pytest.fixture(scope="module")
def core(api):
    return client.CoreV1Api(api)


@pytest.fixture(scope="module")
def apps(api):
    return client.AppsV1Api(api)


@pytest.fixture
def namespace(core, request):
    name = f"c-{abs(hash(request.node.name)) % 10**8}"
    core.create_namespace({"metadata": {"name": name}})
    yield name
    core.delete_namespace(name)


def service(name, **spec):
    return {"metadata": {"name": name, "labels": {"app": name}}, "spec": {"ports": [{"port": 80}], **spec}}


def config_map(name, **data):
    return {"metadata": {"name": name, "labels": {"kind": "test"}}, "data": data}


def refused(call, *arguments, **settings):
    with pytest.raises(ApiException) as caught:
        call(*arguments, **settings)
    return caught.value.status, json.loads(caught.value.body)


def test_every_kind_is_read_by_its_model(api, core, apps):
    lists = [
        core.list_node, core.list_namespace, core.list_pod_for_all_namespaces, core.list_service_for_all_namespaces,
        core.list_endpoints_for_all_namespaces, core.list_event_for_all_namespaces, core.list_secret_for_all_namespaces,
        core.list_config_map_for_all_namespaces, core.list_service_account_for_all_namespaces,
        apps.list_deployment_for_all_namespaces, apps.list_replica_set_for_all_namespaces,
        apps.list_daemon_set_for_all_namespaces, apps.list_stateful_set_for_all_namespaces,
        apps.list_controller_revision_for_all_namespaces,
        client.CoordinationV1Api(api).list_lease_for_all_namespaces,
        client.DiscoveryV1Api(api).list_endpoint_slice_for_all_namespaces,
        client.NetworkingV1Api(api).list_ingress_for_all_namespaces,
        client.NetworkingV1Api(api).list_network_policy_for_all_namespaces,
    ]  # fmt: skip
    container = {"name": "c", "image": "nginx"}
    labels = {"app": "m"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"selector": {"matchLabels": labels}, "template": template}
    apps.create_namespaced_deployment("default", {"metadata": {"name": "m"}, "spec": spec})
    apps.create_namespaced_daemon_set("default", {"metadata": {"name": "m"}, "spec": spec})
    apps.create_namespaced_stateful_set("default", {"metadata": {"name": "m"}, "spec": {**spec, "serviceName": "m"}})
    core.create_namespaced_service("default", service("m", selector=labels, type="NodePort"))
    core.create_namespaced_secret("default", {"metadata": {"name": "m"}, "data": {"a": "Yg=="}})
    core.create_namespaced_config_map("default", config_map("m"))
    backend = {"service": {"name": "m", "port": {"number": 80}}}
    networking = client.NetworkingV1Api(api)
    networking.create_namespaced_ingress("default", {"metadata": {"name": "m"}, "spec": {"defaultBackend": backend}})
    policy = {"metadata": {"name": "m"}, "spec": {"podSelector": {}}}
    networking.create_namespaced_network_policy("default", policy)
    told = watch.Watch()
    for event in told.stream(
        core.list_namespaced_endpoints, "default", field_selector="metadata.name=m", timeout_seconds=20
    ):
        if event["object"].subsets:
            told.stop()
    assert all(call().items for call in lists)
    assert len(lists) == len(resources())
    for name in ("deployment", "daemon_set", "stateful_set"):
        getattr(apps, f"delete_namespaced_{name}")("m", "default")


def test_pages(core, namespace):
    for number in range(5):
        core.create_namespaced_config_map(namespace, config_map(f"c{number}"))
    chosen = {"label_selector": "kind=test", "limit": 2}
    first = core.list_namespaced_config_map(namespace, **chosen)
    assert first.metadata.remaining_item_count is None
    second = core.list_namespaced_config_map(namespace, _continue=first.metadata._continue, **chosen)
    last = core.list_namespaced_config_map(namespace, _continue=second.metadata._continue, **chosen)
    assert [[it.metadata.name for it in page.items] for page in (first, second, last)] == [
        ["c0", "c1"],
        ["c2", "c3"],
        ["c4"],
    ]
    assert last.metadata._continue is None


def test_a_page_of_a_state_that_is_forgotten_is_gone(cluster, core, namespace):
    for number in range(3):
        core.create_namespaced_config_map(namespace, config_map(f"c{number}"))
    token = core.list_namespaced_config_map(namespace, limit=1).metadata._continue
    core.create_namespaced_config_map(namespace, config_map("c9"))
    cluster.do(cluster.world.api.store.forget)
    status, said = refused(core.list_namespaced_config_map, namespace, limit=1, _continue=token)
    assert (status, said["reason"]) == (410, "Expired")
    assert said["message"].startswith("The provided continue parameter is too old")


def test_a_watch_goes_on_where_the_list_ended(core, namespace):
    version = core.list_namespaced_config_map(namespace).metadata.resource_version
    core.create_namespaced_config_map(namespace, config_map("a"))
    core.patch_namespaced_config_map("a", namespace, {"data": {"x": "y"}})
    core.delete_namespaced_config_map("a", namespace)
    told = watch.Watch().stream(core.list_namespaced_config_map, namespace, resource_version=version, timeout_seconds=1)
    assert [(it["type"], it["object"].metadata.name) for it in told] == [
        ("ADDED", "a"),
        ("MODIFIED", "a"),
        ("DELETED", "a"),
    ]


def test_a_watch_from_a_forgotten_version_begins_anew(cluster, core, namespace):
    core.create_namespaced_config_map(namespace, config_map("a"))
    core.create_namespaced_config_map(namespace, config_map("b"))
    cluster.do(cluster.world.api.store.forget)
    # The client answers 410 by listing again, once.
    told = watch.Watch().stream(core.list_namespaced_config_map, namespace, resource_version="1", timeout_seconds=1)
    with pytest.raises(ApiException, match="too old resource version"):
        list(told)


def test_the_two_patches_of_the_client(core, namespace):
    core.create_namespaced_service(
        namespace, service("s", ports=[{"port": 80, "name": "a"}, {"port": 81, "name": "b"}])
    )
    merged = core.patch_namespaced_service("s", namespace, {"spec": {"ports": [{"port": 81, "targetPort": 8081}]}})
    assert [(port.port, port.target_port) for port in merged.spec.ports] == [(80, 80), (81, 8081)]
    changed = core.patch_namespaced_service("s", namespace, [{"op": "remove", "path": "/spec/ports/0"}])
    assert [port.port for port in changed.spec.ports] == [81]


def test_replacing_asks_for_the_latest_state(core, namespace):
    old = core.create_namespaced_config_map(namespace, config_map("a", x="1"))
    core.patch_namespaced_config_map("a", namespace, {"data": {"x": "2"}})
    status, said = refused(core.replace_namespaced_config_map, "a", namespace, old)
    assert (status, said["reason"]) == (409, "Conflict")
    assert said["message"] == (
        'Operation cannot be fulfilled on configmaps "a": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )
    old.metadata.resource_version = None
    assert core.replace_namespaced_config_map("a", namespace, old).data == {"x": "1"}


def test_deletions_answer_what_the_client_expects(core, namespace):
    for name in ("a", "b"):
        core.create_namespaced_service(namespace, service(name))
        core.create_namespaced_config_map(namespace, config_map(name))
    assert core.delete_namespaced_service("a", namespace).metadata.name == "a"
    assert core.delete_namespaced_config_map("a", namespace)["status"] == "Success"
    gone = core.delete_collection_namespaced_config_map(namespace, label_selector="kind=test")
    assert gone is not None
    assert core.list_namespaced_config_map(namespace, label_selector="kind=test").items == []


def test_scale(apps, namespace):
    labels = {"app": "d"}
    spec = {
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}},
    }
    apps.create_namespaced_deployment(namespace, {"metadata": {"name": "d"}, "spec": {**spec, "replicas": 0}})
    assert apps.patch_namespaced_deployment_scale("d", namespace, {"spec": {"replicas": 1}}).spec.replicas == 1
    assert apps.read_namespaced_deployment_scale("d", namespace).spec.replicas == 1


def test_the_dynamic_client(api, namespace):
    services = dynamic.DynamicClient(api).resources.get(api_version="v1", kind="Service")
    made = services.create(namespace=namespace, body={"apiVersion": "v1", "kind": "Service", **service("s")})
    assert services.get(name="s", namespace=namespace).spec.clusterIP == made.spec.clusterIP
    assert [it.metadata.name for it in services.get(namespace=namespace, label_selector="app=s").items] == ["s"]
    services.delete(name="s", namespace=namespace)


def test_a_watch_hears_of_a_change_as_it_happens(core, namespace):
    heard = []

    def listen():
        told = watch.Watch()
        for event in told.stream(core.list_namespaced_config_map, namespace, timeout_seconds=20):
            heard.append(event["object"].metadata.name)
            if heard[-1] == "late":
                told.stop()

    listener = threading.Thread(target=listen)
    listener.start()
    core.create_namespaced_config_map(namespace, config_map("late"))
    listener.join(timeout=20)
    assert heard[-1] == "late"
