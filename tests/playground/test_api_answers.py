"""Refusals in the API server's own words, as a kube-apiserver 1.36 gave them."""

import json

import pytest
import yaml

from nodeportkit.playground.api.exchange import Request
from nodeportkit.playground.api.server import ApiServer

CORE = "/api/v1/namespaces/default"
MAPS = f"{CORE}/configmaps"
SERVICES = f"{CORE}/services"
ABSENT = object()


def service(name="s", **spec):
    return {"metadata": {"name": name}, "spec": {"ports": [{"port": 80}], **spec}}


def pod(name="p", **container):
    return {"metadata": {"name": name}, "spec": {"containers": [{"name": "web", "image": "nginx", **container}]}}


@pytest.fixture
def ask():
    server = ApiServer()

    def ask(method, path, body=ABSENT, media="application/json", accept="", **query):
        sent = b"" if body is ABSENT else body if isinstance(body, bytes) else json.dumps(body).encode()
        told = {name: value if isinstance(value, list) else [value] for name, value in query.items()}
        return server.answer(Request(method, path, told, {"content-type": media, "accept": accept}, sent))

    for name in ("default", "other"):
        assert ask("POST", "/api/v1/namespaces", {"metadata": {"name": name}}).code == 201
    ask("POST", MAPS, {"metadata": {"name": "a"}, "data": {"k": "v"}})
    return ask


STALE = (
    'Operation cannot be fulfilled on configmaps "a": the object has been modified; '
    "please apply your changes to the latest version and try again"
)
HANDLED = 'Service in version "v1" cannot be handled as a Service: '


@pytest.mark.parametrize(
    ("method", "path", "more", "code", "reason", "message"),
    [
        ("GET", f"{SERVICES}/x", {}, 404, "NotFound", 'services "x" not found'),
        ("GET", "/apis/apps/v1/namespaces/default/deployments/d", {}, 404, "NotFound", 'deployments.apps "d" not found'),
        ("GET", f"{CORE}/nope", {}, 404, "NotFound", "the server could not find the requested resource"),
        ("POST", MAPS, {"body": {"metadata": {"name": "a"}}}, 409, "AlreadyExists", 'configmaps "a" already exists'),
        ("PUT", f"{MAPS}/a", {"body": {"metadata": {"name": "a", "resourceVersion": "1"}}}, 409, "Conflict", STALE),
        ("PATCH", f"{MAPS}/a", {"body": {"metadata": {"resourceVersion": "1"}}, "media": "application/merge-patch+json"}, 409, "Conflict", STALE),
        ("PUT", f"{MAPS}/a", {"body": {"metadata": {"name": "b"}}}, 400, "BadRequest", "the name of the object (b) does not match the name on the URL (a)"),
        ("POST", MAPS, {"body": {"metadata": {"name": "b", "namespace": "other"}}}, 400, "BadRequest", "the namespace of the provided object does not match the namespace sent on the request"),
        ("POST", "/api/v1/namespaces/x/configmaps", {"body": {"metadata": {"name": "b"}}}, 404, "NotFound", 'namespaces "x" not found'),
        ("DELETE", "/api/v1/namespaces/default", {}, 403, "Forbidden", 'namespaces "default" is forbidden: this namespace may not be deleted'),
        ("PUT", MAPS, {"body": {}}, 405, "MethodNotAllowed", "the server does not allow this method on the requested resource"),
        ("DELETE", "/api/v1/namespaces", {}, 405, "MethodNotAllowed", "the server does not allow this method on the requested resource"),
        ("PATCH", f"{MAPS}/a", {"body": {}, "media": "application/json"}, 415, "UnsupportedMediaType", "415: Unsupported Media Type"),
        ("POST", SERVICES, {"body": {"kind": "Deployment", "apiVersion": "v1"}}, 400, "BadRequest", 'Deployment in version "v1" cannot be handled as a Service: converting (v1.Deployment) to (core.Service): unknown conversion'),
        ("POST", SERVICES, {"body": service(ports=[{"port": "80"}])}, 400, "BadRequest", HANDLED + "json: cannot unmarshal string into Go struct field ServicePort.spec.ports.port of type int32"),
        ("POST", SERVICES, {"body": service(nodePrt=1), "fieldValidation": "Strict"}, 400, "BadRequest", HANDLED + 'strict decoding error: unknown field "spec.nodePrt"'),
        ("POST", MAPS, {"body": {"metadata": {"name": "b"}, "dota": {}}, "fieldValidation": "Strict"}, 400, "BadRequest", 'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "dota"'),
        ("PATCH", f"{MAPS}/a", {"body": [{"op": "test", "path": "/data/k", "value": "x"}], "media": "application/json-patch+json"}, 422, "Invalid", "the server rejected our request due to an error in our request"),
        ("PATCH", f"{MAPS}/a", {"body": [{"op": "remove", "path": "/data/z"}], "media": "application/json-patch+json"}, 422, "Invalid", "the server rejected our request due to an error in our request"),
        ("POST", MAPS, {"body": {"metadata": {"name": "b"}}, "dryRun": "Maybe"}, 422, "Invalid", 'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Maybe"]: supported values: "All"'),
        ("GET", MAPS, {"fieldSelector": "spec.x=1"}, 400, "BadRequest", '"spec.x" is not a known field selector: only "metadata.name", "metadata.namespace"'),
        ("GET", f"{CORE}/pods", {"fieldSelector": "spec.foo=1"}, 400, "BadRequest", "field label not supported: spec.foo"),
        ("GET", MAPS, {"resourceVersion": "abc"}, 400, "BadRequest", 'invalid resource version: resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax'),
        ("GET", MAPS, {"resourceVersion": "999999"}, 504, "Timeout", "Too large resource version: 999999, current: 3"),
        ("POST", SERVICES, {"body": service("")}, 422, "Invalid", 'Service "" is invalid: metadata.name: Required value: name or generateName is required'),
        ("POST", SERVICES, {"body": service(type="NodePort", ports=[{"port": 80, "nodePort": 20000}])}, 422, "Invalid", 'Service "s" is invalid: spec.ports[0].nodePort: Invalid value: 20000: provided port is not in the valid range. The range of valid ports is 30000-32767'),
        ("POST", SERVICES, {"body": service(ports=[{"port": 80}, {"port": 81}])}, 422, "Invalid", 'Service "s" is invalid: [spec.ports[0].name: Required value, spec.ports[1].name: Required value]'),
        ("POST", SERVICES, {"body": service(ports=[{"port": 80, "nodePort": 30001}])}, 422, "Invalid", 'Service "s" is invalid: spec.ports[0].nodePort: Forbidden: may not be used when `type` is \'ClusterIP\''),
        ("POST", f"{CORE}/pods", {"body": pod(image="")}, 422, "Invalid", 'Pod "p" is invalid: spec.containers[0].image: Required value'),
    ],
)  # fmt: skip
def test_refusals(ask, method, path, more, code, reason, message):
    answer = ask(method, path, **more)
    assert (answer.code, answer.document.get("reason"), answer.document["message"]) == (code, reason, message)
    assert answer.document["status"] == "Failure"
    assert answer.document["code"] == code


def test_the_version_of_a_new_object_is_not_the_clients_to_say(ask):
    answer = ask("POST", MAPS, {"metadata": {"name": "b", "resourceVersion": "7"}})
    assert answer.code == 500
    assert answer.document["message"] == "resourceVersion should not be set on objects to be created"
    assert "reason" not in answer.document


def test_another_uid_is_refused(ask):
    uid = ask("GET", f"{MAPS}/a").document["metadata"]["uid"]
    answer = ask("PUT", f"{MAPS}/a", {"metadata": {"name": "a", "uid": "U1"}})
    said = f'Operation cannot be fulfilled on configmaps "a": Precondition failed: UID in precondition: U1, UID in object meta: {uid}'
    assert (answer.code, answer.document["message"]) == (409, said)
    answer = ask("DELETE", f"{MAPS}/a", {"preconditions": {"uid": "U1"}})
    said = (
        f'Operation cannot be fulfilled on ConfigMap "a": the UID in the precondition (U1) does not match the UID in record ({uid}). '
        "The object might have been deleted and then recreated"
    )
    assert (answer.code, answer.document["message"]) == (409, said)


def test_details_name_the_kind_or_the_plural(ask):
    refused = ask("POST", SERVICES, service(ports=[{"port": 70000}])).document
    assert refused["details"]["kind"] == "Service"
    assert refused["details"]["causes"][0] == {
        "reason": "FieldValueInvalid",
        "message": "Invalid value: 70000: must be between 1 and 65535, inclusive",
        "field": "spec.ports[0].port",
    }
    assert ask("GET", f"{SERVICES}/x").document["details"] == {"name": "x", "kind": "services"}
    gone = ask("GET", "/apis/apps/v1/namespaces/default/deployments/d").document
    assert gone["details"] == {"name": "d", "group": "apps", "kind": "deployments"}


def test_broken_json_shows_how_it_begins(ask):
    answer = ask("POST", SERVICES, b'{"kind":')
    assert answer.code == 400
    assert answer.document["message"].startswith(
        "the object provided is unrecognized (must be of type Service): couldn't get version/kind; json parse error: "
        "unexpected end of JSON input ("
    )


def test_unknown_fields_are_warned_of_and_left_out(ask):
    answer = ask("POST", MAPS, {"metadata": {"name": "b"}, "dota": {}})
    assert answer.code == 201
    assert answer.warnings == ('unknown field "dota"',)
    assert "dota" not in answer.document


def test_what_cannot_be_sent_is_not_done(ask):
    answer = ask("POST", MAPS, {"metadata": {"name": "b"}}, accept="text/html")
    assert answer.code == 406
    assert answer.document["message"].startswith("406: Not Acceptable\n\nAvailable representations: application/json")
    assert ask("GET", f"{MAPS}/b").code == 404


def test_a_body_may_leave_out_what_the_path_says(ask):
    made = ask("POST", MAPS, {"metadata": {"generateName": "x-"}}).document
    assert (made["kind"], made["apiVersion"], made["metadata"]["namespace"]) == ("ConfigMap", "v1", "default")
    assert made["metadata"]["name"].startswith("x-")
    assert len(made["metadata"]["name"]) == 7


def test_what_changes_nothing_makes_no_version(ask):
    before = ask("GET", f"{MAPS}/a").document
    again = ask("PUT", f"{MAPS}/a", {"metadata": {"name": "a"}, "data": {"k": "v"}}).document
    assert again["metadata"]["resourceVersion"] == before["metadata"]["resourceVersion"]


def test_collections_answer_what_was_deleted(ask):
    gone = ask("DELETE", MAPS).document
    assert gone["kind"] == "ConfigMapList"
    assert [it["metadata"]["name"] for it in gone["items"]] == ["a"]
    assert ask("GET", MAPS).document["items"] == []


def test_yaml_is_read_and_a_moment_stays_a_text(ask):
    made = ask(
        "POST", MAPS, b"metadata: {name: y, annotations: {at: 2026-01-01T00:00:00Z}}\n", media="application/yaml"
    )
    assert made.document["metadata"]["annotations"] == {"at": "2026-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("secrets", {"data": {"a": "?"}}, "illegal base64 data at input byte 0"),
        ("events", {"count": "1"}, "json: cannot unmarshal string into Go struct field Event.count of type int32"),
        ("events", {"lastTimestamp": "now"}, 'parsing time "now" as "2006-01-02T15:04:05Z07:00": cannot parse "now" as "2006"'),
    ],
)  # fmt: skip
def test_values_of_the_wrong_type(ask, path, value, message):
    answer = ask("POST", f"{CORE}/{path}", {"metadata": {"name": "x"}, **value})
    assert answer.code == 400
    assert answer.document["message"].endswith(message)


# YAML


@pytest.mark.parametrize("path", [f"{MAPS}/a", MAPS, f"{MAPS}/nope", "/api/v1", "/api/v1/nope"])
def test_answers_can_be_had_in_yaml(ask, path):
    plain = ask("GET", path)
    asked = ask("GET", path, accept="application/yaml, application/json;q=0.5")
    assert asked.type == "application/yaml"
    assert yaml.safe_load(asked.content) == plain.document


def test_tables_can_be_had_in_yaml(ask):
    answer = ask("GET", MAPS, accept="application/yaml;as=Table;v=v1;g=meta.k8s.io")
    assert yaml.safe_load(answer.content)["rows"][0]["cells"][:2] == ["a", "1"]


@pytest.mark.parametrize(
    "text", ["1e3", "y", "N", "no", "010", "0o10", "true", "null", "2026-01-01", "1_000", "0x1F", ""]
)
def test_texts_stay_texts_in_yaml_to_readers_in_go(ask, text):
    # gopkg.in/yaml.v2/resolve.go reads all of these as something else where they are not quoted.
    ask("POST", MAPS, {"metadata": {"name": "t"}, "data": {"k": text}})
    content = ask("GET", f"{MAPS}/t", accept="application/yaml").content.decode()
    assert f"k: '{text}'\n" in content


def test_watches_are_not_to_be_had_in_yaml(ask):
    answer = ask("GET", MAPS, accept="application/yaml", watch="1")
    assert (answer.code, answer.document["reason"]) == (406, "NotAcceptable")


# What a body says twice, in the words of test/integration/apiserver/field_validation_test.go


TWICE_JSON = b'{"metadata":{"name":"b"},"data":{"k":"1","k":"2"},"data":{"k":"3"}}'
TWICE_DEEP = b'{"metadata":{"name":"s"},"spec":{"ports":[{"port":80,"port":81}]}}'
TWICE_YAML = b"metadata: {name: b}\ndata:\n  k: x\n  k: y\n"


@pytest.mark.parametrize(
    ("path", "body", "media", "warnings"),
    [
        (MAPS, TWICE_JSON, "application/json", ('duplicate field "data"',)),
        (SERVICES, TWICE_DEEP, "application/json", ('duplicate field "spec.ports[0].port"',)),
        (MAPS, TWICE_YAML, "application/yaml", ('line 4: key "k" already set in map',)),
    ],
)
def test_what_stands_twice_is_warned_of(ask, path, body, media, warnings):
    answer = ask("POST", path, body, media=media)
    assert (answer.code, answer.warnings) == (201, warnings)


@pytest.mark.parametrize(
    ("body", "media", "said"),
    [
        (TWICE_JSON, "application/json", 'duplicate field "data"'),
        (b'{"dota":1,"data":{},"data":{}}', "application/json", 'unknown field "dota", duplicate field "data"'),
        (TWICE_YAML, "application/yaml", 'yaml: unmarshal errors:\n  line 4: key "k" already set in map'),
        (TWICE_YAML + b"dota: {}\n", "application/yaml", 'yaml: unmarshal errors:\n  line 4: key "k" already set in map, unknown field "dota"'),
    ],
)  # fmt: skip
def test_what_stands_twice_is_refused_where_strictness_is_asked_for(ask, body, media, said):
    answer = ask("POST", MAPS, body, media=media, fieldValidation="Strict")
    assert answer.code == 400
    handled = 'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: '
    assert answer.document["message"] == handled + said


def test_what_stands_twice_may_be_ignored_and_the_last_counts(ask):
    answer = ask("POST", MAPS, TWICE_JSON, fieldValidation="Ignore")
    assert (answer.code, answer.warnings, answer.document["data"]) == (201, (), {"k": "3"})


def test_a_patch_can_say_things_twice_too(ask):
    body = b'{"data":{"k":"1","k":"2"}}'
    assert ask("PATCH", f"{MAPS}/a", body, media="application/merge-patch+json").warnings == (
        'duplicate field "data.k"',
    )


def test_a_body_of_no_known_type_is_told_which_there_are(ask):
    answer = ask("POST", MAPS, b"x", media="text/plain")
    assert (answer.code, answer.document["reason"]) == (415, "UnsupportedMediaType")
    assert answer.document["message"] == (
        "the body of the request was in an unknown format - accepted media types include: application/json, "
        "application/yaml, application/vnd.kubernetes.protobuf"
    )


def test_how_strict_to_be_is_one_of_three(ask):
    answer = ask("POST", MAPS, {"metadata": {"name": "b"}}, fieldValidation="Maybe")
    assert answer.document["message"] == (
        'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Maybe": '
        'supported values: "", "Ignore", "Strict", "Warn"'
    )


# What there is not


@pytest.mark.parametrize(
    "path", ["/apis/batch/v1/namespaces/default/jobs", "/api/v1/persistentvolumes", "/apis/autoscaling/v2/horizontalpodautoscalers/x"]
)  # fmt: skip
def test_what_clusters_serve_and_a_playground_does_not_is_said(ask, path):
    answer = ask("GET", path)
    assert (answer.code, answer.document["reason"], answer.document["details"]) == (404, "NotFound", {})
    assert answer.document["message"].startswith("the playground serves no ")


def test_empty_metadata_is_left_out(ask):
    # Go's encoding/json leaves out what is empty.
    made = ask("POST", MAPS, {"metadata": {"name": "b", "labels": {}, "ownerReferences": [], "finalizers": []}})
    assert not {"labels", "ownerReferences", "finalizers"} & made.document["metadata"].keys()


@pytest.mark.parametrize("name", ["s", "s:80", "http:s:80"])
def test_who_asks_for_a_proxy_is_told_where_to_dial(ask, name):
    ask("POST", SERVICES, service(clusterIP="10.96.0.9"))
    answer = ask("GET", f"{SERVICES}/{name}/proxy/index.html")
    assert answer.code == 404
    assert answer.document["message"].endswith("dial s on this machine, at 10.96.0.9:80")


def test_nobody_manages_the_status_of_what_is_new(ask):
    made = ask("POST", SERVICES, service(), fieldManager="ann").document
    (entry,) = made["metadata"]["managedFields"]
    assert entry["manager"] == "ann"
    assert entry["fieldsV1"].keys() == {"f:spec"}


@pytest.mark.parametrize(("token", "status"), [("mine", {"authenticated": True}), ("other", {"error": "invalid bearer token"})])  # fmt: skip
def test_a_token_is_good_if_it_is_the_one_that_asks(token, status):
    headers = {"authorization": "Bearer mine"}
    body = json.dumps({"spec": {"token": token}}).encode()
    told = ApiServer().answer(Request("POST", "/apis/authentication.k8s.io/v1/tokenreviews", {}, headers, body))
    assert told.document["status"].items() >= status.items()
