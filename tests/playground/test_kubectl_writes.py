"""What kubectl writes, looked at in the store: typed commands (protobuf), files, apply on either side, edit, drain."""

import json

import pytest
import yaml

WEB = """
apiVersion: v1
kind: Service
metadata: {name: web, labels: {app: web, tier: a}}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80, nodePort: 30080, name: a}, {port: 81, name: b}]}
"""
DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: nginx, env: [{name: A, value: "1"}, {name: B, value: "2"}]}]}
"""


def got(cluster, what, *more):
    return json.loads(cluster.kubectl("get", what, "-o", "json", *more))


@pytest.fixture
def namespace(cluster, request):
    """A namespace of its own, and kubectl in it."""
    name = f"t-{abs(hash(request.node.name)) % 10**8}"
    cluster.kubectl("create", "namespace", name)

    def kubectl(*arguments, **settings):
        return cluster.kubectl("-n", name, *arguments, **settings)

    kubectl.name = name
    yield kubectl
    cluster.kubectl("delete", "namespace", name, "--wait=false")


def read(kubectl, what):
    return json.loads(kubectl("get", *what.split(), "-o", "json"))


# Typed commands, which send protobuf


def test_create_deployment(namespace):
    said = namespace("create", "deployment", "d", "--image=nginx", "--replicas=2", "--port=8080", "--", "sleep", "5")
    assert said == "deployment.apps/d created\n"
    spec = read(namespace, "deployment d")["spec"]
    assert spec["replicas"] == 2
    assert spec["selector"] == {"matchLabels": {"app": "d"}}
    (container,) = spec["template"]["spec"]["containers"]
    assert container["command"] == ["sleep", "5"]
    assert container["ports"] == [{"containerPort": 8080, "protocol": "TCP"}]


@pytest.mark.parametrize(
    ("arguments", "ports"),
    [
        (["nodeport", "s", "--tcp=80:8080", "--node-port=30999"], [("80-8080", 80, 8080, 30999)]),
        (["clusterip", "s", "--tcp=5678:8080", "--tcp=90:http"], [("5678-8080", 5678, 8080, None), ("90-http", 90, "http", None)]),
    ],
)  # fmt: skip
def test_create_service(namespace, arguments, ports):
    assert namespace("create", "service", *arguments) == "service/s created\n"
    found = read(namespace, "service s")["spec"]["ports"]
    assert [(port["name"], port["port"], port["targetPort"], port.get("nodePort")) for port in found] == ports


@pytest.mark.parametrize(
    ("arguments", "kind", "path", "value"),
    [
        (["configmap", "x", "--from-literal=a=b"], "configmap", ("data",), {"a": "b"}),
        (["secret", "generic", "x", "--from-literal=a=b"], "secret", ("data",), {"a": "Yg=="}),
        (["serviceaccount", "x"], "serviceaccount", ("metadata", "name"), "x"),
        (["ingress", "x", "--rule=foo.example/bar=svc:8080"], "ingress", ("spec", "rules", 0, "host"), "foo.example"),
        (["service", "externalname", "x", "--external-name=a.example"], "service", ("spec", "externalName"), "a.example"),
    ],
)  # fmt: skip
def test_other_typed_commands(namespace, arguments, kind, path, value):
    assert namespace("create", *arguments).endswith("created\n")
    found = read(namespace, f"{kind} x")
    for step in path:
        found = found[step]
    assert found == value


# Files


def test_apply_creates_changes_and_leaves_alone(namespace):
    assert namespace("apply", "-f", "-", data=WEB) == "service/web created\n"
    assert namespace("apply", "-f", "-", data=WEB) == "service/web unchanged\n"
    assert namespace("apply", "-f", "-", data=WEB.replace("tier: a", "tier: b")) == "service/web configured\n"
    assert read(namespace, "service web")["metadata"]["labels"]["tier"] == "b"
    less = WEB.replace(", {port: 81, name: b}", "").replace(", tier: a", "")
    assert namespace("apply", "-f", "-", data=less) == "service/web configured\n"
    service = read(namespace, "service web")
    assert [port["port"] for port in service["spec"]["ports"]] == [80]
    assert service["metadata"]["labels"] == {"app": "web"}


def test_apply_keeps_what_others_have_set(namespace):
    namespace("apply", "-f", "-", data=DEPLOYMENT)
    namespace("set", "env", "deployment/web", "C=3")
    namespace("apply", "-f", "-", data=DEPLOYMENT.replace('"1"', '"9"'))
    (container,) = read(namespace, "deployment web")["spec"]["template"]["spec"]["containers"]
    assert {it["name"]: it["value"] for it in container["env"]} == {"A": "9", "B": "2", "C": "3"}


def test_apply_on_the_servers_side_tells_conflicts(namespace):
    assert namespace("apply", "--server-side", "-f", "-", data=WEB) == "service/web serverside-applied\n"
    namespace("patch", "service", "web", "-p", '{"spec":{"ports":[{"port":80,"nodePort":30090}]}}')
    said = namespace("apply", "--server-side", "-f", "-", data=WEB, code=1)
    assert 'Apply failed with 1 conflict: conflict with "kubectl-patch" using v1: .spec.ports' in said
    assert "serverside-applied" in namespace("apply", "--server-side", "--force-conflicts", "-f", "-", data=WEB)
    assert read(namespace, "service web")["spec"]["ports"][0]["nodePort"] == 30080


def test_apply_on_the_servers_side_takes_away_what_is_no_longer_wanted(namespace):
    namespace("apply", "--server-side", "-f", "-", data=WEB)
    less = WEB.replace(", {port: 81, name: b}", "").replace(", tier: a", "")
    namespace("apply", "--server-side", "-f", "-", data=less)
    service = read(namespace, "service web")
    assert [port["port"] for port in service["spec"]["ports"]] == [80]
    assert service["metadata"]["labels"] == {"app": "web"}


def test_managers_are_told(namespace):
    namespace("apply", "--server-side", "-f", "-", data=WEB)
    namespace("label", "service", "web", "x=y")
    shown = yaml.safe_load(namespace("get", "service", "web", "-o", "yaml", "--show-managed-fields"))
    managers = {(it["manager"], it["operation"]) for it in shown["metadata"]["managedFields"]}
    assert managers == {("kubectl", "Apply"), ("kubectl-label", "Update")}
    label = next(it for it in shown["metadata"]["managedFields"] if it["manager"] == "kubectl-label")
    assert label["fieldsV1"] == {"f:metadata": {"f:labels": {"f:x": {}}}}


def test_a_dry_run_changes_nothing(namespace):
    assert namespace("create", "--dry-run=server", "-f", "-", data=WEB) == "service/web created (server dry run)\n"
    assert "NotFound" in namespace("get", "service", "web", code=1)
    namespace("create", "-f", "-", data=WEB)
    assert "dry run" in namespace("delete", "service", "web", "--dry-run=server")
    assert read(namespace, "service web")["metadata"]["name"] == "web"


# In place


def test_a_selector_cannot_be_changed_and_says_so(namespace):
    namespace("create", "-f", "-", data=DEPLOYMENT)
    said = namespace("patch", "deployment", "web", "-p", '{"spec":{"selector":{"matchLabels":{"app":"x"}}}}', code=1)
    assert "field is immutable" in said


def test_edit_with_an_editor(cluster, namespace):
    namespace("create", "-f", "-", data=WEB)
    editor = cluster.folder / "editor.sh"
    editor.write_text("#!/bin/sh\nsed -i 's/app: web$/app: edited/' \"$1\"\n")
    editor.chmod(0o755)
    said = namespace("edit", "service", "web", env={"KUBE_EDITOR": str(editor)})
    assert said == "service/web edited\n"
    assert read(namespace, "service web")["spec"]["selector"] == {"app": "edited"}


def test_a_drained_node_is_left_by_its_pods(cluster, namespace):
    namespace("create", "-f", "-", data=DEPLOYMENT.replace("replicas: 1", "replicas: 3"))
    namespace("rollout", "status", "deployment/web", "--timeout=20s")
    there = {pod["metadata"]["uid"] for pod in read(namespace, "pods")["items"]}
    try:
        said = cluster.kubectl("drain", "node-3", "--ignore-daemonsets", "--force", "--dry-run=server")
        assert "node/node-3 drained (server dry run)" in said
        assert {pod["metadata"]["uid"] for pod in read(namespace, "pods")["items"]} == there
        said = cluster.kubectl("drain", "node-3", "--ignore-daemonsets", "--force", "--timeout=20s")
        assert "node/node-3 drained" in said
        namespace("rollout", "status", "deployment/web", "--timeout=20s")
        assert {pod["spec"]["nodeName"] for pod in read(namespace, "pods")["items"]} == {"node-1", "node-2"}
    finally:
        cluster.kubectl("uncordon", "node-3")
