"""Which fields there are, and what a server says of others.

The fields are compared with the models of the official Python client, the messages with those that servers gave.
"""

import re

import kubernetes
import pytest
from kubernetes.client import models

from nodeportkit.kube.decoding import decode
from nodeportkit.kube.decoding.types import ROOTS, types

# The client that `types.txt` was compared with in full.
VERSION = 37
PLAIN = {
    "int32": "int",
    "int64": "int",
    "bool": "bool",
    "time": "datetime",
    "intstr": "object",
    "any": "object",
    "bytes": "bytes",
}


def model_of(name):
    name, _, group = name.partition("@")
    prefixes = (f"{group.title()}V1",) if group else ("V1", "CoreV1")
    return next(getattr(models, prefix + name) for prefix in prefixes if hasattr(models, prefix + name))


def shape(type_):
    """A type as the client has it, without what only Go tells apart."""
    for prefix, other in (("[]", "list[{}]"), ("map[string]", "dict[str, {}]")):
        if type_.startswith(prefix):
            return other.format(shape(type_.removeprefix(prefix)))
    if type_ in types():
        return model_of(type_).__name__
    return PLAIN.get(type_, "str")


@pytest.mark.parametrize("name", sorted(types()))
def test_a_type_has_the_fields_of_the_client_s_model(name):
    model = model_of(name)
    theirs = {model.attribute_map[at]: re.sub(r"\bList\b", "list", it) for at, it in model.openapi_types.items()}
    theirs = {field: re.sub(r"Dict[\[(]|dict\(", "dict[", it).replace(")", "]") for field, it in theirs.items()}
    ours = {field: shape(type_) for field, type_ in types()[name].items()}
    if int(kubernetes.__version__.partition(".")[0]) == VERSION:
        assert ours == theirs
    shared = ours.keys() & theirs.keys()
    assert {field: ours[field] for field in shared} == {field: theirs[field] for field in shared}


def test_every_type_that_is_named_is_there():
    todo, seen = list(ROOTS), set()
    while todo:
        name = todo.pop()
        seen.add(name)
        fields = (re.sub(r"^(\[\]|map\[string\])+", "", type_) for type_ in types()[name].values())
        todo += [field for field in fields if field in types() and field not in seen]
    assert seen == set(types())


def service(metadata=None, **spec):
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata or {"name": "s"}, "spec": spec}


def deployment(**spec):
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": spec}


def template(**container):
    return {"template": {"spec": {"containers": [{"name": "web", **container}]}}}


@pytest.mark.parametrize(
    ("thing", "field"),
    [
        # What servers answered to people who asked about it.
        (service(typeNodePort="x"), "spec.typeNodePort"),
        (service(Type="NodePort"), "spec.Type"),
        (service(loadBalancerIp="1.2.3.4"), "spec.loadBalancerIp"),
        (service(ports=[{"port": 80, "nodeport": 30080}]), "spec.ports[0].nodeport"),
        (service({"name": "s", "app": "web"}), "metadata.app"),
        (deployment(replica=3), "spec.replica"),
        (deployment(strategy={"Recreate": None}), "spec.strategy.Recreate"),
        (
            deployment(**template(volumeMounts=[{"path": "/x"}])),
            "spec.template.spec.containers[0].volumeMounts[0].path",
        ),
        (deployment(**template(imagePullSecrets=[])), "spec.template.spec.containers[0].imagePullSecrets"),
    ],
)
def test_unknown_fields_are_named_as_servers_do(thing, field):
    unknown, mistyped = decode(thing, thing["kind"])
    assert [found.message for found in unknown] == [f'strict decoding error: unknown field "{field}"']
    assert mistyped == []


def test_several_unknown_fields_come_in_the_server_s_order():
    thing = deployment()
    thing["metadata"] |= {"replicas": 1, "selector": {}}
    thing["template"] = {}
    # As a server answered: unknown field "metadata.replicas", unknown field "metadata.selector", unknown field "template"
    assert [found.path for found in decode(thing, "Deployment")[0]] == [
        "metadata.replicas",
        "metadata.selector",
        "template",
    ]


@pytest.mark.parametrize(
    ("thing", "message"),
    [
        # What servers answered.
        (
            service(ports=[{"port": "80"}]),
            "json: cannot unmarshal string into Go struct field ServicePort.spec.ports.port of type int32",
        ),
        (
            service(ports=[{"port": 80, "nodePort": "30080"}]),
            "json: cannot unmarshal string into Go struct field ServicePort.spec.ports.nodePort of type int32",
        ),
        (
            service(selector={"matchLabels": {"app": "web"}}),
            "json: cannot unmarshal object into Go struct field ServiceSpec.spec.selector of type string",
        ),
        (
            service(ports={"port": 80}),
            "json: cannot unmarshal object into Go struct field ServiceSpec.spec.ports of type []v1.ServicePort",
        ),
        (
            service({"name": "s", "labels": {"version": 1}}),
            "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string",
        ),
        (
            service({"name": "s", "annotations": {"x": True}}),
            "json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.annotations of type string",
        ),
        (
            service({"name": "s", "annotations": "x"}),
            "json: cannot unmarshal string into Go struct field ObjectMeta.metadata.annotations of type map[string]string",
        ),
        (
            service({"name": 80}),
            "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string",
        ),
        (
            deployment(replicas="three"),
            "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32",
        ),
        (
            deployment(template={"metadata": {"annotations": {"x": 1}}}),
            "json: cannot unmarshal number into Go struct field ObjectMeta.spec.template.metadata.annotations of type string",
        ),
        (
            deployment(template={"spec": {"containers": {"name": "web"}}}),
            "json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container",
        ),
        (
            deployment(**template(ports={"containerPort": 80})),
            "json: cannot unmarshal object into Go struct field Container.spec.template.spec.containers.ports of type "
            "[]v1.ContainerPort",
        ),
        (
            deployment(**template(ports=["containerPort:80"])),
            "json: cannot unmarshal string into Go struct field Container.spec.template.spec.containers.ports of type "
            "v1.ContainerPort",
        ),
        (
            deployment(**template(ports=[{"containerPort": "80"}])),
            "json: cannot unmarshal string into Go struct field "
            "ContainerPort.spec.template.spec.containers.ports.containerPort of type int32",
        ),
        (
            deployment(**template(env=[{"name": "PORT", "value": 80}])),
            "json: cannot unmarshal number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string",
        ),
        # What Go's encoding/json says of numbers that do not fit (decode.go, literalStore).
        (
            service(ports=[{"port": 80.5}]),
            "json: cannot unmarshal number 80.5 into Go struct field ServicePort.spec.ports.port of type int32",
        ),
        (
            service(ports=[{"port": 2**31}]),
            "json: cannot unmarshal number 2147483648 into Go struct field ServicePort.spec.ports.port of type int32",
        ),
        (
            service(type=True),
            "json: cannot unmarshal bool into Go struct field ServiceSpec.spec.type of type v1.ServiceType",
        ),
        (
            service(ports=[{"port": 80, "targetPort": [80]}]),
            "json: cannot unmarshal array into Go struct field ServicePort.spec.ports.targetPort of type int32",
        ),
        (
            service(clusterIPs="None"),
            "json: cannot unmarshal string into Go struct field ServiceSpec.spec.clusterIPs of type []string",
        ),
    ],
)
def test_wrong_types_are_told_in_go_s_words(thing, message):
    unknown, mistyped = decode(thing, thing["kind"])
    assert [found.message for found in mistyped] == [message]
    assert unknown == []


@pytest.mark.parametrize(
    "thing",
    [
        service(ports=[{"port": 80, "targetPort": "http"}], selector=None, clusterIPs=None, type=None),
        service(ports=[{"port": 80, "targetPort": 80, "nodePort": None, "name": None}, None]),
        service(
            {"name": "s", "creationTimestamp": None, "labels": {"a": None}, "managedFields": [{"fieldsV1": {"f": {}}}]}
        ),
        deployment(**template(resources={"limits": {"cpu": 1, "memory": "64Mi"}, "requests": {"cpu": 0.5}})),
        deployment(strategy={"rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 1}}),
        {**service(), "status": {"loadBalancer": {"ingress": [{"ip": "1.2.3.4", "ipMode": "VIP"}]}}},
    ],
)
def test_what_servers_read(thing):
    assert decode(thing, thing["kind"]) == ([], [])
