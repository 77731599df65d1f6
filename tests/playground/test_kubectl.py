"""The API server judged by real kubectl."""

import json
import ssl
import stat
import urllib.error
import urllib.request

import pytest

SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: web, labels: {app: web}}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80, nodePort: 30080}]}
"""


@pytest.fixture
def web(cluster):
    cluster.kubectl("create", "--validate=false", "-f", "-", data=SERVICE)
    yield cluster
    cluster.kubectl("delete", "service", "web", "--ignore-not-found")


def test_nothing_is_said_as_kubectl_says_it(cluster):
    assert cluster.kubectl("get", "services", "-n", "kube-public") == "No resources found in kube-public namespace.\n"


def test_a_service_is_created_shown_and_deleted(cluster):
    assert cluster.kubectl("create", "--validate=false", "-f", "-", data=SERVICE) == "service/web created\n"
    head, row = cluster.kubectl("get", "service", "web", "-o", "wide").splitlines()
    assert head.split() == ["NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE", "SELECTOR"]
    assert row.split()[:2] == ["web", "NodePort"]
    assert row.split()[2].startswith(cluster.world.addresses.services.removesuffix("0.0/16"))
    assert row.split()[4] == "80:30080/TCP"
    again = cluster.kubectl("create", "--validate=false", "-f", "-", data=SERVICE, code=1)
    assert again == 'Error from server (AlreadyExists): error when creating "STDIN": services "web" already exists\n'
    assert cluster.kubectl("delete", "service", "web") == 'service "web" deleted from default namespace\n'
    gone = cluster.kubectl("get", "service", "web", code=1)
    assert gone == 'Error from server (NotFound): services "web" not found\n'


def test_node_ports_are_given_out_and_given_back(web):
    other = SERVICE.replace("name: web,", "name: other,")
    refused = web.kubectl("create", "--validate=false", "-f", "-", data=other, code=1)
    assert refused == (
        'The Service "other" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated\n'
    )
    web.kubectl("delete", "service", "web")
    assert "created" in web.kubectl("create", "--validate=false", "-f", "-", data=other)
    web.kubectl("delete", "service", "other")


@pytest.mark.parametrize(
    ("patch", "kind", "expected"),
    [
        ('{"spec":{"ports":[{"port":80,"nodePort":31000}]}}', "strategic", [(80, 31000)]),
        ('{"spec":{"ports":[{"port":443,"name":"b","nodePort":31001},{"port":80,"name":"a"}]}}', "strategic", [(80, 30080), (443, 31001)]),
        ('{"spec":{"ports":[{"port":81,"nodePort":31000}]}}', "merge", [(81, 31000)]),
        ('[{"op":"replace","path":"/spec/ports/0/nodePort","value":31002}]', "json", [(80, 31002)]),
    ],
)  # fmt: skip
def test_the_three_patches(web, patch, kind, expected):
    assert web.kubectl("patch", "service", "web", f"--type={kind}", "-p", patch) == "service/web patched\n"
    ports = json.loads(web.kubectl("get", "service", "web", "-o", "json"))["spec"]["ports"]
    assert sorted((port["port"], port["nodePort"]) for port in ports) == expected


def test_selectors_choose(web):
    assert web.kubectl("get", "services", "-l", "app=web", "-o", "name") == "service/web\n"
    assert web.kubectl("get", "services", "-l", "app!=web", "-o", "name") == "service/kubernetes\n"
    assert web.kubectl("get", "services", "--field-selector", "spec.type=NodePort", "-o", "name") == "service/web\n"
    assert web.kubectl("get", "services", "-A", "--field-selector", "metadata.name=gone", "-o", "name") == ""


def test_an_unknown_field_is_refused_by_the_server(cluster):
    sent = json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "typo"},
            "spec": {"prots": [], "ports": [{"port": 1}]},
        }
    )
    status, body = ask(cluster, "/api/v1/namespaces/default/services?fieldValidation=Strict", sent)
    assert status == 400
    assert json.loads(body)["message"] == (
        'Service in version "v1" cannot be handled as a Service: strict decoding error: unknown field "spec.prots"'
    )


def test_a_watch_tells_what_changes(web):
    seen = web.kubectl("get", "service", "web", "-w", "--request-timeout=1s", "--output-watch-events")
    assert seen.splitlines()[1].split()[:2] == ["ADDED", "web"]


ROOT = "kube-root-ca.crt"  # every namespace has one


def test_pages_show_one_moment(cluster):
    for number in range(7):
        cluster.kubectl("create", "--validate=false", "-f", "-", data=json.dumps(config(f"c{number}")))
    names = cluster.kubectl("get", "configmaps", "-o", "name", "--chunk-size=3").split()
    assert names == [*(f"configmap/c{number}" for number in range(7)), f"configmap/{ROOT}"]
    _, first = ask(cluster, "/api/v1/namespaces/default/configmaps?limit=3")
    listed = json.loads(first)
    assert listed["metadata"]["remainingItemCount"] == 5
    cluster.kubectl("delete", "configmap", "c5")
    _, rest = ask(cluster, f"/api/v1/namespaces/default/configmaps?limit=9&continue={listed['metadata']['continue']}")
    assert [item["metadata"]["name"] for item in json.loads(rest)["items"]] == ["c3", "c4", "c5", "c6", ROOT]
    cluster.kubectl("delete", "configmaps", "--all")


def config(name):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"a": "b"}}


# Who may ask


def ask(cluster, path, data=None, *, token=None, **headers):
    context = ssl.create_default_context(cadata=cluster.identity.authority.decode())
    sent = {"Authorization": f"Bearer {cluster.identity.token if token is None else token}"} | headers
    if data is not None:
        sent["Content-Type"] = "application/json"
    request = urllib.request.Request(cluster.url + path, data=None if data is None else data.encode(), headers=sent)
    try:
        with urllib.request.urlopen(request, context=context, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_without_the_token_nothing_is_told(cluster):
    for token in ("", "wrong"):
        status, body = ask(cluster, "/api/v1/namespaces", token=token)
        assert status == 401
        assert json.loads(body)["reason"] == "Unauthorized"


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
def test_pages_of_other_sites_are_refused(cluster, headers):
    assert ask(cluster, "/api/v1/namespaces", **headers)[0] == 403


def test_the_kubeconfig_is_for_its_owner_alone(cluster):
    assert stat.S_IMODE(cluster.kubeconfig.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/api/v2",
        "/apis/nope/v1",
        "/api/v1/../../etc/passwd",
        "/api/v1/namespaces/default/nope",
        "/api/v1/pods/x/y/z/%00",
    ],
)
def test_there_is_nothing_else(cluster, path):
    status, _ = ask(cluster, path)
    assert status in (400, 404)


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", '"x"', "[" * 5000, '{"metadata": 7}', '{"kind": 3}', '{"spec": "x", "metadata": {"name": "x"}}'],
)
def test_a_broken_body_is_refused_and_the_server_stays_up(cluster, body):
    status, said = ask(cluster, "/api/v1/namespaces/default/services", body)
    assert status in (400, 422)
    assert json.loads(said)["kind"] == "Status"
    assert ask(cluster, "/readyz") == (200, "ok")


def test_a_body_of_a_hundred_megabytes_is_refused(cluster):
    try:
        status, _ = ask(cluster, "/api/v1/namespaces/default/configmaps", "x" * 100_000_000)
    except urllib.error.URLError:
        status = 413  # the server hangs up while the rest is on its way
    assert status in (400, 413)
    assert ask(cluster, "/readyz") == (200, "ok")
