"""Objects, alone, against a cluster, and as changes of what is there."""

from pathlib import Path

import pytest
import yaml

from nodeportkit.cluster import Cluster
from nodeportkit.kube.proxy_config import ProxyConfig
from nodeportkit.sources.read import read
from nodeportkit.validation import validate
from nodeportkit.validation.explanations import explain

FIXTURES = Path(__file__).parents[1] / "fixtures"
RANGE = "provided port is not in the valid range. The range of valid ports is 30000-32767"
TAKEN = "provided port is already allocated"


def service(name="web", namespace=None, **spec):
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {"ports": [{"port": 80}], **spec}}


def node_port(number=None, name="web", namespace=None, **port):
    asked = {"port": 80, **port} | ({"nodePort": number} if number else {})
    return service(name, namespace, type="NodePort", ports=[asked])


def rows(found, severity="error"):
    chosen = found[found.severity == severity]
    return list(zip(chosen.field, chosen.message, strict=True))


@pytest.fixture
def cluster():
    return Cluster(
        services={
            "namespace": ["shop", "shop", "ops"],
            "name": ["web", "api", "lb"],
            "type": ["NodePort", "ClusterIP", "LoadBalancer"],
            "cluster_ips": [["10.96.0.10"], ["10.96.0.11"], ["10.96.0.12"]],
            "external_traffic_policy": ["Cluster", None, "Local"],
            "health_check_node_port": [None, None, 30500],
            "selector": [{"app": "web"}, {"app": "api"}, {"app": "lb"}],
        },
        ports={
            "namespace": ["shop", "shop", "ops"],
            "service": ["web", "api", "lb"],
            "port_name": ["", "", ""],
            "protocol": ["TCP", "TCP", "UDP"],
            "port": [80, 80, 53],
            "target_port": ["8080", "http", "53"],
            "node_port": [30080, None, 30053],
        },
    )


# Against the numbers that are taken


@pytest.mark.parametrize(
    ("thing", "expected"),
    [
        (node_port(30081, "new"), []),
        (node_port(None, "new"), []),
        (node_port(30080, "new"), [("spec.ports[0].nodePort", f"Invalid value: 30080: {TAKEN}")]),
        (node_port(30080, "new", "ops"), [("spec.ports[0].nodePort", f"Invalid value: 30080: {TAKEN}")]),
        (node_port(30080, "new", protocol="UDP"), [("spec.ports[0].nodePort", f"Invalid value: 30080: {TAKEN}")]),
        (node_port(30500, "new"), [("spec.ports[0].nodePort", f"Invalid value: 30500: {TAKEN}")]),
        (node_port(80, "new"), [("spec.ports[0].nodePort", f"Invalid value: 80: {RANGE}")]),
        (service("new", clusterIP="10.96.0.20"), []),
        (
            service("new", clusterIP="10.96.0.11"),
            [
                (
                    "spec.clusterIPs",
                    'Invalid value: ["10.96.0.11"]: failed to allocate IP 10.96.0.11: provided IP is already allocated',
                )
            ],
        ),
        (
            service("new", type="LoadBalancer", externalTrafficPolicy="Local", healthCheckNodePort=30500),
            [
                (
                    "spec.healthCheckNodePort",
                    f"Internal error occurred: failed to allocate requested HealthCheck NodePort 30500: {TAKEN}",
                )
            ],
        ),
    ],
)
def test_what_is_taken(cluster, thing, expected):
    assert rows(validate(thing, cluster)) == expected


def test_who_has_it_is_told(cluster):
    for thing, holder in (
        (node_port(30080, "new"), "shop/web"),
        (node_port(30500, "new"), "ops/lb"),
        (service("new", clusterIP="10.96.0.11"), "shop/api"),
        (
            service("new", type="LoadBalancer", externalTrafficPolicy="Local", healthCheckNodePort=30080),
            "shop/web",
        ),
    ):
        assert validate(thing, cluster).explanation[0].endswith(f" It belongs to {holder}.")


def test_ranges_are_the_cluster_s(cluster):
    small = cluster.replace(proxy=ProxyConfig(node_port_range="30080-30081", service_cidrs=("10.96.0.0/16",)))
    expected = RANGE.replace("30000-32767", "30080-30081")
    assert rows(validate(node_port(30090, "new"), small)) == [
        ("spec.ports[0].nodePort", f"Invalid value: 30090: {expected}")
    ]
    assert rows(validate([node_port(None, "a"), node_port(None, "b")], small)) == [
        ("spec.ports", "Internal error occurred: failed to allocate a nodePort: range is full")
    ]
    found = rows(validate(service("new", clusterIP="192.0.2.1"), small))
    assert found[0][1].endswith(
        "failed to allocate IP 192.0.2.1: the provided network does not match the current range"
    )
    dual = rows(validate(service("new", ipFamilyPolicy="RequireDualStack"), small))
    assert dual[0][1].endswith("this cluster is not configured for dual-stack services")


def test_of_a_cluster_that_nobody_showed_nothing_is_assumed():
    assert validate(service(clusterIP="192.0.2.1")).empty
    assert validate(service(ipFamilyPolicy="RequireDualStack")).empty
    assert validate(service(clusterIP="fd00::1")).empty
    assert validate(node_port(30080)).empty


def test_a_real_cluster_s_numbers():
    cluster = read(FIXTURES / "real-cluster/text/02-get-svc--A--o-wide.txt")
    taken = cluster.ports.dropna(subset=["node_port"])
    number = int(taken.node_port.iloc[0])
    assert rows(validate(node_port(number, "brand-new"), cluster)) == [
        ("spec.ports[0].nodePort", f"Invalid value: {number}: {TAKEN}")
    ]


# What is there already


def test_a_service_that_is_there_is_changed(cluster):
    found = validate(node_port(30080, "web", "shop"), cluster)
    assert rows(found) == []
    assert rows(found, "note") == [("metadata.name", 'services "web" already exists')]
    assert rows(validate(node_port(30080, "web", "default"), cluster))


def test_what_stays_of_a_service_that_is_there(cluster):
    found = validate(service("web", "shop", type="NodePort", clusterIP="10.96.9.9"), cluster)
    assert rows(found) == [("spec.clusterIPs[0]", 'Invalid value: ["10.96.9.9"]: may not change once set')]
    assert rows(validate(service("web", "shop"), cluster)) == []
    assert rows(validate(service("web", "shop", type="ExternalName", externalName="a.b", ports=[]), cluster)) == []
    assert rows(validate(service("lb", "ops", type="LoadBalancer", externalTrafficPolicy="Local"), cluster)) == []
    balanced = service("lb", "ops", type="LoadBalancer", externalTrafficPolicy="Local", healthCheckNodePort=30501)
    assert rows(validate(balanced, cluster)) == [("spec.healthCheckNodePort", "Forbidden: field is immutable")]


def test_workloads_and_pods_that_are_there():
    names = {"namespace": ["default"], "name": ["d"]}
    workloads = {**names, "kind": ["Deployment"], "selector": [{"matchLabels": {"app": "web"}}]}
    cluster = Cluster(workloads=workloads, pods=names)
    container = {"containers": [{"name": "a", "image": "b"}]}

    def deployment(app):
        template = {"metadata": {"labels": {"app": app}}, "spec": container}
        spec = {"selector": {"matchExpressions": [{"key": "app", "operator": "In", "values": [app]}]}}
        return {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "d"},
            "spec": spec | {"template": template},
        }

    found = validate(deployment("api"), cluster)
    assert rows(found, "note") == [("metadata.name", 'deployments.apps "d" already exists')]
    assert [row[0] for row in rows(found)] == ["spec.selector"]
    assert rows(validate(deployment("web"), cluster)) == []
    malformed = deployment("web")
    malformed["spec"]["selector"] = {"matchLabels": {"a b": "c"}}
    assert "spec.selector.matchLabels" in [row[0] for row in rows(validate(malformed, cluster))]
    assert rows(validate(deployment("api") | {"metadata": {"name": "e"}}, cluster)) == []
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "d"}, "spec": container}
    assert rows(validate(pod, cluster), "note") == [("metadata.name", 'pods "d" already exists')]
    assert rows(validate(pod, cluster)) == []


def test_what_a_table_did_not_show_is_not_guessed():
    cluster = Cluster(services={"namespace": ["default"], "name": ["web"]})
    assert rows(validate(service(clusterIP="10.96.9.9"), cluster)) == []


def test_old_is_given_as_the_manifest_is(tmp_path):
    old = node_port(30080) | {"metadata": {"name": "web", "namespace": "default"}}
    old["spec"] |= {"clusterIP": "10.96.0.10", "clusterIPs": ["10.96.0.10"]}
    new = service(clusterIP="10.96.0.11")
    expected = [("spec.clusterIPs[0]", 'Invalid value: ["10.96.0.11"]: may not change once set')]
    path = tmp_path / "old.yaml"
    path.write_text(yaml.safe_dump(old), encoding="utf-8")
    for given in (old, [old], path, path.read_text(encoding="utf-8")):
        assert rows(validate(new, old=given)) == expected
    assert rows(validate(new, old=service("other", clusterIP="10.96.0.12"))) != []
    assert rows(validate([new, service("b")], old=service("other"))) == []
    assert rows(validate(node_port(30080), old=old)) == []


def test_a_selector_of_a_deployment_stays():
    def deployment(app):
        template = {"metadata": {"labels": {"app": app}}, "spec": {"containers": [{"name": "a", "image": "b"}]}}
        spec = {"selector": {"matchLabels": {"app": app}}, "template": template}
        return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": spec}

    assert validate(deployment("web")).empty
    found = validate(deployment("web"), old=deployment("api"))
    assert rows(found) == [("spec.selector", 'Invalid value: {"matchLabels":{"app":"web"}}: field is immutable')]


def test_two_of_one_manifest_take_from_each_other():
    found = validate([node_port(30080, "a"), node_port(30080, "b"), node_port(30081, "c")])
    assert rows(found) == [("spec.ports[0].nodePort", f"Invalid value: 30080: {TAKEN}")]
    assert found.object[0] == "Service default/b"


def test_one_name_twice():
    found = validate([node_port(30080, "a"), node_port(30080, "a"), node_port(30080, "a", "ops")])
    assert rows(found, "warning") == [("metadata.name", 'services "a" already exists')]
    assert rows(found) == [("spec.ports[0].nodePort", f"Invalid value: 30080: {TAKEN}")]


# Fields


@pytest.mark.parametrize(
    ("spec", "field", "words"),
    [
        ({"typeNodePort": None}, "spec.typeNodePort", "write `type: NodePort`"),
        ({"Type": "NodePort"}, "spec.Type", "Capitals count: write `type`."),
        ({"tpye": "NodePort"}, "spec.tpye", "Did you mean `type`?"),
        (
            {"type": "NodePort", "ports": [{"port": 80, "nodeport": 30080}]},
            "spec.ports[0].nodeport",
            "Capitals count: write `nodePort`.",
        ),
        (
            {"type": "NodePort", "ports": [{"port": 80, "nodePrt": 30080}]},
            "spec.ports[0].nodePrt",
            "Did you mean `nodePort`?",
        ),
        ({"targetPort": 80}, "spec.targetPort", "`targetPort` belongs to spec.ports[]"),
        ({"labels": {}}, "spec.labels", "`labels` belongs to metadata"),
        ({"zzz": 1}, "spec.zzz", "There are: allocateLoadBalancerNodePorts, clusterIP"),
    ],
)
def test_unknown_fields_come_with_what_is_meant(spec, field, words):
    found = validate(service(**spec))
    assert rows(found) == [(field, f'strict decoding error: unknown field "{field}"')]
    assert words in found.explanation[0]


def test_indentation_slips_that_are_yaml():
    thing = service()
    thing["metadata"]["spec"] = thing.pop("spec")
    found = validate(thing)
    assert rows(found) == [("metadata.spec", 'strict decoding error: unknown field "metadata.spec"')]
    assert "`spec` belongs to the top of the object: look at the indentation." in found.explanation[0]
    assert len(found) == 1  # the rest is looked at where it belongs
    thing = service(type="NodePort")
    thing |= thing.pop("spec")
    assert [row[0] for row in rows(validate(thing))] == ["ports", "type"]
    thing = service()
    thing["metadata"]["app"] = "web"
    assert "`labels:`" in validate(thing).explanation[0]


def test_a_spec_one_level_too_deep():
    template = {"metadata": {"labels": {"app": "web"}, "spec": {"containers": [{"name": "web", "image": "b"}]}}}
    spec = {"selector": {"matchLabels": {"app": "web"}}, "template": template}
    thing = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": spec}
    found = validate(thing)
    # As a server answered to somebody.
    path = "spec.template.metadata.spec"
    assert rows(found) == [(path, f'strict decoding error: unknown field "{path}"')]
    assert "`spec` belongs to spec.template: look at the indentation." in found.explanation[0]


def test_a_field_written_wrong_is_read_as_it_is_meant():
    found = validate(service(Type="NodePort", ports=[{"port": 80, "nodeport": 80}]))
    assert rows(found)[-1] == ("spec.ports[0].nodePort", f"Invalid value: 80: {RANGE}")


@pytest.mark.parametrize(
    ("spec", "field", "words"),
    [
        (
            {"ports": [{"port": "80"}]},
            "spec.ports[0].port",
            "`port` is text, and takes a whole number: write it without",
        ),
        ({"ports": {"port": 80}}, "spec.ports", "`ports` is a mapping, and takes a list: write each entry as an item"),
        ({"selector": {"matchLabels": {"app": "web"}}}, "spec.selector.matchLabels", "without `matchLabels:` between"),
        ({"selector": "app=web"}, "spec.selector", "`selector` is text, and takes a mapping: keys below it"),
        (
            {"selector": {"app": True}},
            "spec.selector.app",
            "`app` is true or false, and takes text: write it in quotes.",
        ),
        ({"publishNotReadyAddresses": "yes"}, "spec.publishNotReadyAddresses", "takes true or false: write it without"),
        ({"ports": [{"port": 80.5}]}, "spec.ports[0].port", "`port` is a number, and takes a whole number that fits."),
    ],
)
def test_wrong_types_come_with_how_to_write_them(spec, field, words):
    found = validate(service(**spec))
    assert [row[0] for row in rows(found)] == [field]
    assert words in found.explanation[0]


# Words


def test_names_that_older_servers_refuse_are_noted():
    found = validate(service("1web"))
    assert list(found.severity) == ["note"]
    assert found.message[0].startswith('Invalid value: "1web": a DNS-1035 label must consist of')
    assert "before 1.36" in found.explanation[0]


def test_warnings_are_told():
    found = validate(service(externalName="db.example.com"))
    assert rows(found, "warning") == [
        ("spec.externalName", 'spec.externalName is ignored when spec.type is not "ExternalName"')
    ]
    assert found.explanation[0]


@pytest.mark.parametrize(
    ("spec", "value"),
    [
        ({"type": "nodePort"}, "NodePort"),
        ({"type": "Loadbalancer"}, "LoadBalancer"),
        ({"ports": [{"port": 80, "protocol": "tcp"}]}, "TCP"),
        ({"sessionAffinity": "clientIP"}, "ClientIP"),
    ],
)
def test_a_value_that_is_nearly_right_is_corrected(spec, value):
    assert validate(service(**spec)).explanation[0].startswith(f"Write `{value}`. ")


@pytest.mark.parametrize(
    ("thing", "name"),
    [(service("My_Web"), "my-web"), (service(ports=[{"port": 80, "targetPort": "HTTP"}]), "http")],
)
def test_a_name_that_would_do(thing, name):
    assert validate(thing).explanation[0].startswith(f"`{name}` would do. ")


def test_every_message_has_an_explanation():
    cases = yaml.safe_load((FIXTURES / "validation/services.yaml").read_text(encoding="utf-8"))
    messages = [error for case in cases for error in case["errors"]]
    untold = [error for error in messages if not explain(*error.split(": ", 1))]
    assert not untold


def test_nothing_is_refused_that_a_server_holds():
    found = validate(FIXTURES / "real-cluster/objects.json")
    assert found.empty


# The other kinds


OLD_INGRESS = """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  backend: {serviceName: web, servicePort: 80}
  rules:
  - http:
      paths:
      - path: shop
        pathtype: Prefix
        backend:
          serviceName: web
          servicePort: 80
"""


def test_an_ingress_as_it_was_written_before_v1():
    found = validate(OLD_INGRESS)
    at = "spec.rules[0].http.paths[0]"
    assert list(zip(found.field, found.line, strict=True)) == [
        ("spec.backend", 6),
        (f"{at}.backend.serviceName", 13),
        (f"{at}.backend.servicePort", 14),
        (f"{at}.pathtype", 11),
        # As if they were mended, the rest is looked at as well.
        (f"{at}.path", 10),
    ]
    assert found.explanation[1].endswith("now write `service:` and below it `name:`.")


def test_services_that_only_a_newer_server_lets_an_ingress_name():
    rules = [
        {
            "http": {
                "paths": [
                    {
                        "path": "/",
                        "pathType": "Prefix",
                        "backend": {"service": {"name": "1web", "port": {"number": 80}}},
                    }
                ]
            }
        }
    ]
    thing = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": "a"},
        "spec": {"rules": rules},
    }
    found = validate(thing)
    assert list(zip(found.severity, found.field, strict=True)) == [
        ("note", "spec.rules[0].http.paths[0].backend.service.name")
    ]
    assert "before 1.36" in found.explanation[0]


def test_paths_of_the_server_that_are_not_those_of_the_manifest():
    taints = "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nspec:\n  taints:\n  - key: a\n    effect: Never\n"
    assert list(validate(taints).line) == [7]
    both = (
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: a\n  annotations:\n"
        "    kubernetes.io/ingress.class: b\nspec: {ingressClassName: c, defaultBackend: {resource: {kind: a, name: b}}}\n"
    )
    assert list(validate(both).line) == [6]


def test_what_stands_in_no_namespace():
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "N1", "namespace": "shop"}}
    assert list(validate(node).object) == ["Node N1"]
    old = {**node, "metadata": {"name": "n1"}, "spec": {"podCIDR": "10.244.1.0/24"}}
    found = validate({**old, "spec": {"podCIDR": "10.244.2.0/24"}}, old=old)
    assert rows(found) == [("spec.podCIDRs", 'Forbidden: node updates may not change podCIDR except from "" to valid')]


@pytest.mark.parametrize(
    ("kind", "version", "frame", "columns"),
    [
        ("Ingress", "networking.k8s.io/v1", "backends", {"namespace": ["shop"], "ingress": ["web"]}),
        ("NetworkPolicy", "networking.k8s.io/v1", "policies", {"namespace": ["shop"], "name": ["web"]}),
        ("EndpointSlice", "discovery.k8s.io/v1", "endpoints", {"namespace": ["shop"], "slice": ["web"]}),
        ("Namespace", "v1", "namespaces", {"name": ["web"]}),
        ("Node", "v1", "nodes", {"name": ["web"]}),
    ],
)
def test_what_the_cluster_has_of_that_name(kind, version, frame, columns):
    needed = {
        "Ingress": {"spec": {"rules": [{"host": "a.com"}]}},
        "EndpointSlice": {"addressType": "IPv4", "endpoints": []},
    }
    thing = {
        "apiVersion": version,
        "kind": kind,
        "metadata": {"name": "web", "namespace": "shop"},
        **needed.get(kind, {}),
    }
    found = validate(thing, Cluster(**{frame: columns}))
    # The words of a real server: AlreadyExists names the resource with its group.
    plurals = {"Ingress": "ingresses.networking.k8s.io", "NetworkPolicy": "networkpolicies.networking.k8s.io"}
    resource = plurals.get(kind, {"EndpointSlice": "endpointslices.discovery.k8s.io"}.get(kind, f"{kind.lower()}s"))
    assert rows(found, "note") == [("metadata.name", f'{resource} "web" already exists')]
    assert len(found) == 1
    other = {**thing, "metadata": {**thing["metadata"], "name": "other"}}
    assert validate(other, Cluster(**{frame: columns})).empty


def test_endpoints_are_of_the_past():
    thing = {
        "apiVersion": "v1",
        "kind": "Endpoints",
        "metadata": {"name": "db"},
        "subsets": [{"addresses": [{"ip": "10.0.0.9"}]}],
    }
    # As kubectl prints it of a real server 1.36.
    said = "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"
    found = validate(thing)
    assert list(zip(found.severity, found.message, strict=True)) == [("warning", said)]
    assert "EndpointSlice" in found.explanation[0]


def test_no_secret_is_shown():
    secret = """
apiVersion: v1
kind: Secret
metadata: {name: token}
type: kubernetes.io/dockerconfigjson
data: {.dockerconfigjson: aHVudGVyMg==, plain: hunter2!}
stringData: {a b: hunter3}
"""
    for text in (secret, secret.replace(", plain: hunter2!", "")):
        found = validate(text)
        assert (found.severity == "error").all()
        assert not found.empty
        assert "hunter" not in found.to_string()
