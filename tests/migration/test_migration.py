"""A service written anew: what is written is read back, and judged by the kubernetes client's own models."""

import json
import re
from pathlib import Path

import jsonschema
import kubernetes.client
import pytest
import yaml

import nodeportkit as npk
from nodeportkit.errors import NodePortKitError, NotFound

FIXTURES = Path(__file__).parents[1] / "fixtures"
MODELS = {"Service": "V1Service", "Ingress": "V1Ingress"}


def service(name="web", **spec):
    ports = spec.pop("ports", [{"port": 80, "targetPort": "http", "nodePort": 30080, "protocol": "TCP"}])
    metadata = {"name": name, "namespace": "shop", "creationTimestamp": "2026-01-01T00:00:00Z"}
    metadata |= spec.pop("metadata", {})
    full = {
        "type": "NodePort",
        "clusterIP": "10.96.7.20",
        "clusterIPs": ["10.96.7.20"],
        "selector": {"app": name},
        "ports": ports,
        "sessionAffinity": "None",
        "externalTrafficPolicy": "Cluster",
        "internalTrafficPolicy": "Cluster",
        "ipFamilies": ["IPv4"],
        "ipFamilyPolicy": "SingleStack",
    }
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": full | spec}


def pod(name="web-0", app="web"):
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "shop", "labels": {"app": app}},
        "spec": {"nodeName": "n1", "containers": [{"name": "c", "ports": [{"name": "http", "containerPort": 8080}]}]},
        "status": {
            "phase": "Running",
            "podIPs": [{"ip": "10.244.1.4"}],
            "conditions": [{"type": "Ready", "status": "True"}],
        },
    }


def from_text(text):
    return list(yaml.safe_load_all(text))


def by_kind(text):
    return {thing["kind"]: thing for thing in from_text(text)}


@pytest.mark.parametrize("to", ["LoadBalancer", "Ingress", "Gateway"])
def test_what_is_written_gives_the_same_endpoints(to):
    before = npk.read([service(), pod()])
    after = npk.read(str(npk.migrate(before, "shop/web", to)), [pod()])
    columns = ["namespace", "service", "address", "port", "port_name", "protocol", "pod"]
    assert after.endpoints[columns].equals(before.endpoints[columns])
    assert len(after.endpoints) == 1


@pytest.mark.parametrize("to", ["LoadBalancer", "Ingress", "Gateway"])
@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"sessionAffinity": "ClientIP", "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 60}}},
        {"externalTrafficPolicy": "Local", "internalTrafficPolicy": "Local", "trafficDistribution": "PreferSameZone"},
        {"ipFamilies": ["IPv6", "IPv4"], "ipFamilyPolicy": "RequireDualStack", "publishNotReadyAddresses": True},
        {"selector": {}, "externalIPs": ["203.0.113.9"]},
    ],
)
def test_every_field_is_one_that_the_kubernetes_client_knows_and_keeps(to, spec):
    text = npk.migrate(npk.read([service(**spec)]), "web", to)
    client = kubernetes.client.ApiClient()
    for thing in from_text(text):
        if thing["kind"] not in MODELS:
            continue
        model = client.deserialize(json.dumps(thing), MODELS[thing["kind"]], "application/json")
        # A field that the model does not know would not come back.
        assert client.sanitize_for_serialization(model) == thing


SPECS = [
    {},
    {"sessionAffinity": "ClientIP", "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 60}}},
    {"externalTrafficPolicy": "Local", "internalTrafficPolicy": "Local", "trafficDistribution": "PreferSameZone"},
    {"ipFamilies": ["IPv4", "IPv6"], "ipFamilyPolicy": "PreferDualStack", "publishNotReadyAddresses": True},
    {"selector": {}, "externalIPs": ["203.0.113.9"]},
    {"ports": [{"port": 80, "name": "a-name-of-more-than-15-characters", "nodePort": 30080}]},
    {
        "ports": [
            {"port": 80, "name": "http", "nodePort": 30080, "appProtocol": "kubernetes.io/h2c"},
            {"port": 53, "name": "dns", "protocol": "UDP", "nodePort": 30053},
            {"port": 53, "name": "dns-tcp", "nodePort": 30054, "targetPort": "dns-tcp"},
        ]
    },
]
ASKED = {
    "LoadBalancer": [{}, {"class_name": "example.com/internal"}],
    "Ingress": [{}, {"host": "shop.example.com", "class_name": "nginx"}, {"host": "*.example.com", "port": 80}],
    "Gateway": [{}, {"host": "*.example.com", "class_name": "envoy"}],
}


@pytest.mark.parametrize("to", list(ASKED))
@pytest.mark.parametrize("spec", SPECS)
def test_the_api_server_takes_what_is_written(to, spec):
    cluster = npk.read([service(**spec), pod()])
    for asked in ASKED[to]:
        text = npk.migrate(cluster, "web", to, **asked)
        # As new objects, and over those that are there.
        for found in (npk.validate(text), npk.validate(text, cluster)):
            assert found[found.severity == "error"].empty, found[["field", "message"]].to_dict("records")
            assert not (found.severity == "warning").any()


@pytest.mark.parametrize("to", list(ASKED))
def test_services_of_a_real_cluster_can_move(to):
    cluster = npk.read(FIXTURES / "real-cluster/objects.json")
    exposed = cluster.services[cluster.services["type"].isin(["NodePort", "LoadBalancer"])]
    moved = 0
    for namespace, name in zip(exposed["namespace"], exposed["name"], strict=True):
        try:
            text = npk.migrate(cluster, f"{namespace}/{name}", to)
        except NodePortKitError as error:
            assert re.search("HTTP alone|Say which|SCTP", str(error))
            continue
        moved += 1
        found = npk.validate(text, cluster)
        assert found[found.severity == "error"].empty, found[["object", "field", "message"]].to_dict("records")
    assert moved


def test_settings_that_do_not_depend_on_the_type_are_kept():
    spec = {
        "sessionAffinity": "ClientIP",
        "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 60}},
        "internalTrafficPolicy": "Local",
        "publishNotReadyAddresses": True,
        "metadata": {"labels": {"team": "shop"}},
    }
    text = npk.migrate(npk.read([service(**spec)]), "web", "Ingress")
    made = by_kind(text)["Service"]
    assert made["metadata"]["labels"] == {"team": "shop"}
    assert made["spec"] == {
        "type": "ClusterIP",
        "selector": {"app": "web"},
        "ports": [{"port": 80, "targetPort": "http"}],
        "sessionAffinity": "ClientIP",
        "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 60}},
        "internalTrafficPolicy": "Local",
        "publishNotReadyAddresses": True,
    }
    assert any("affinity" in change for change in text.changes)


def test_a_load_balancer_keeps_node_ports_and_policy():
    text = npk.migrate(npk.read([service(externalTrafficPolicy="Local")]), "web", "loadbalancer")
    made = by_kind(text)["Service"]["spec"]
    assert made["type"] == "LoadBalancer"
    assert made["externalTrafficPolicy"] == "Local"
    assert made["ports"][0]["nodePort"] == 30080
    assert any("healthCheckNodePort" in change for change in text.changes)
    assert any("allocateLoadBalancerNodePorts: false" in change for change in text.changes)


def test_an_ingress_points_to_the_port_that_speaks_http():
    ports = [
        {"name": "metrics", "port": 9090, "targetPort": 9090, "nodePort": 30090},
        {"name": "http-web", "port": 8000, "targetPort": 8000, "nodePort": 30080},
        {"name": "dns", "port": 53, "targetPort": 53, "protocol": "UDP", "nodePort": 30053},
    ]
    before = npk.read([service(ports=ports)])
    text = npk.migrate(before, "web", "Ingress", host="shop.example.com", class_name="nginx")
    spec = by_kind(text)["Ingress"]["spec"]
    assert spec["ingressClassName"] == "nginx"
    assert spec["rules"][0]["host"] == "shop.example.com"
    assert spec["rules"][0]["http"]["paths"][0]["backend"]["service"] == {"name": "web", "port": {"name": "http-web"}}
    assert any("9090/TCP, 53/UDP" in change for change in text.changes)
    chosen = by_kind(npk.migrate(before, "web", "Ingress", port=9090))["Ingress"]["spec"]["rules"][0]
    assert chosen["http"]["paths"][0]["backend"]["service"]["port"] == {"name": "metrics"}


def test_a_gateway_has_a_listener_and_a_route_for_each_port():
    ports = [
        {"name": "http", "port": 80, "targetPort": 8080, "nodePort": 30080},
        {"name": "db", "port": 5432, "targetPort": 5432, "nodePort": 30432},
        {"name": "dns", "port": 53, "targetPort": 53, "protocol": "UDP", "nodePort": 30053},
        {"name": "https", "port": 443, "targetPort": 8443, "nodePort": 30443},
    ]
    text = npk.migrate(npk.read([service(ports=ports)]), "web", "gateway", host="shop.example.com")
    things = from_text(text)
    gateway = next(thing for thing in things if thing["kind"] == "Gateway")
    listeners = {it["name"]: (it["protocol"], it["port"], it.get("hostname")) for it in gateway["spec"]["listeners"]}
    assert listeners == {
        "http": ("HTTP", 80, "shop.example.com"),
        "db": ("TCP", 5432, None),
        "dns": ("UDP", 53, None),
        "https": ("TCP", 443, None),  # TLS that pods end is passed on unread
    }
    routes = {thing["metadata"]["name"]: thing for thing in things if thing["kind"].endswith("Route")}
    assert {name: it["kind"] for name, it in routes.items()} == {
        "web-http": "HTTPRoute",
        "web-db": "TCPRoute",
        "web-dns": "UDPRoute",
        "web-https": "TCPRoute",
    }
    for thing in routes.values():
        (parent,) = thing["spec"]["parentRefs"]
        assert parent["name"] == gateway["metadata"]["name"]
        assert parent["sectionName"] in listeners
        (backend,) = thing["spec"]["rules"][0]["backendRefs"]
        assert (backend["name"], listeners[parent["sectionName"]][1]) == ("web", backend["port"])
    assert any("gatewayClassName: example" in change for change in text.changes)


def test_every_change_stands_above_the_yaml_as_a_comment():
    text = npk.migrate(npk.read([service()]), "web", "LoadBalancer")
    head = " ".join(line.lstrip("# ") for line in text.splitlines() if line.startswith("#"))
    assert text.changes
    for change in text.changes:
        assert change in head.replace("- ", "") or change in head


@pytest.mark.parametrize(
    ("objects", "service_name", "to", "options", "said"),
    [
        ([service(type="ClusterIP", ports=[{"port": 80}])], "web", "Ingress", {}, "is no NodePort service"),
        ([service()], "web", "Mesh", {}, r"cannot be moved to 'Mesh'.*Gateway.*Ingress.*LoadBalancer"),
        ([service()], "web", "LoadBalancer", {"host": "a.example"}, "every port"),
        ([service(ports=[{"port": 53, "protocol": "UDP", "nodePort": 30053}])], "web", "Ingress", {}, "HTTP alone"),
        ([service(ports=[{"port": 38412, "protocol": "SCTP", "nodePort": 30412}])], "web", "Gateway", {}, "SCTP"),
        ([service()], "web", "Ingress", {"port": 81}, r"no port 81 over TCP.*80/TCP"),
        (
            [service()],
            "web",
            "Ingress",
            {"host": "http://shop.example"},
            r"'http://shop.example' is no host: .*RFC 1123",
        ),
        ([service()], "web", "Gateway", {"host": "10.0.0.1"}, "is no host: must be a DNS name, not an IP address"),
        ([service()], "web", "Gateway", {"class_name": "My Class"}, "'My Class' is no gatewayClassName"),
        ([service()], "web", "Ingress", {"class_name": "nginx/"}, "'nginx/' is no ingressClassName"),
        ([service()], "web", "LoadBalancer", {"class_name": "a/b/c"}, "'a/b/c' is no loadBalancerClass"),
        (
            [service(ports=[{"name": n, "port": p, "nodePort": 30000 + p} for n, p in [("a", 1), ("b", 2)]])],
            "web",
            "Ingress",
            {},
            r"Say which with port=: a, b",
        ),
    ],
)
def test_what_cannot_be_moved_is_one_clear_error(objects, service_name, to, options, said):
    with pytest.raises(NodePortKitError, match=said):
        npk.migrate(npk.read(objects), service_name, to, **options)


def test_a_service_that_is_not_there():
    with pytest.raises(NotFound, match="Did you mean shop/web"):
        npk.migrate(npk.read([service()]), "wep", "Ingress")


def test_what_was_not_shown_is_asked_for_or_said():
    table = "NAME  TYPE      CLUSTER-IP  EXTERNAL-IP  PORT(S)       AGE{}\nweb   NodePort  10.96.7.20  <none>       80:30080/TCP  5d{}\n"
    with pytest.raises(NodePortKitError, match=r"selector of default/web was not shown.*-o yaml"):
        npk.migrate(npk.read(table.format("", "")), "web", "Ingress")
    text = npk.migrate(npk.read(table.format("  SELECTOR", "   app=web")), "web", "Ingress")
    assert "did not show externalTrafficPolicy, sessionAffinity" in text.changes[-1]


def test_names_and_labels_cannot_break_out_of_comments_or_yaml():
    labels = {"app.kubernetes.io/managed-by": "x\nkind: Secret\u2028y\x1b[31m", "a": "yes", "b": "1e3", "c": "<script>"}
    text = npk.migrate(npk.read([service(metadata={"labels": labels})]), "web", "LoadBalancer")
    (made,) = from_text(text)
    assert made["metadata"]["labels"] == labels
    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert not any(ord(mark) < 32 for line in comments for mark in line)
    assert "\x1b" not in text


SCHEMAS = json.loads((FIXTURES / "gateway-api/specs.json").read_text())


def strict(schema):
    """A schema that takes no field which it does not name, as `kubectl apply` with strict validation does."""
    if isinstance(schema, list):
        return [strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {"additionalProperties": False} if schema.get("type") == "object" and "properties" in schema else {}
    return closed | {key: strict(value) for key, value in schema.items()}


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("asked", ASKED["Gateway"])
def test_gateways_and_routes_are_what_gateway_api_publishes(spec, asked):
    written = from_text(npk.migrate(npk.read([service(**spec), pod()]), "web", "Gateway", **asked))
    judged = [thing for thing in written if thing["kind"] in SCHEMAS]
    assert "Gateway" in {thing["kind"] for thing in judged}
    assert len(judged) == len(written) - 1  # all but the Service
    for thing in judged:
        assert thing["apiVersion"] == "gateway.networking.k8s.io/v1"
        jsonschema.validate(thing["spec"], strict(SCHEMAS[thing["kind"]]))


def test_the_published_schemas_refuse_what_is_wrong():
    gateway = by_kind(npk.migrate(npk.read([service()]), "web", "Gateway"))["Gateway"]["spec"]
    for wrong in ({"listener": []}, {"listeners": []}, {"listeners": [gateway["listeners"][0] | {"port": 70000}]}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(gateway | wrong, strict(SCHEMAS["Gateway"]))
