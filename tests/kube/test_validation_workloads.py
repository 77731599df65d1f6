"""What is refused of Pods, Deployments, ReplicaSets, DaemonSets and StatefulSets, in the API server's words.

Where it says so, a server 1.36.2 or one quoted in an issue said it; else the words are those of
kubernetes/kubernetes pkg/apis/core/validation/validation.go and pkg/apis/apps/validation/validation.go.
"""

import copy

import pytest

from nodeportkit.kube.defaults import with_defaults
from nodeportkit.kube.validation import check_create, check_update, refusal, warnings_of
from nodeportkit.validation.explanations import explain

CONTAINER = {"name": "web", "image": "nginx:1.27"}
LABELS = {"app": "d"}
PORT_RULE = "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"
ONE_TO_65535 = "must be between 1 and 65535, inclusive"


def pod(*containers, **spec):
    spec = {"containers": [CONTAINER | container for container in containers or ({},)], **spec}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": spec}


def workload(kind="Deployment", labels=LABELS, **spec):
    template = {"metadata": {"labels": labels}, "spec": pod()["spec"]}
    spec = {"selector": {"matchLabels": {"app": "d"}}, "template": template, **spec}
    spec = {key: value for key, value in spec.items() if value is not None}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "d"}, "spec": spec}


def told(thing):
    return [str(error) for error in check_create(with_defaults(thing))]


def ports(*given):
    return {"ports": list(given)}


def probe(**handler):
    return {"readinessProbe": handler}


POD_CASES = [
    (pod(), []),
    (pod({"name": ""}), ["spec.containers[0].name: Required value"]),
    (pod({"name": "web"}, {"name": "web"}), ['spec.containers[1].name: Duplicate value: "web"']),  # seen
    (pod({"image": ""}), ["spec.containers[0].image: Required value"]),  # seen
    (
        pod({"imagePullPolicy": "Sometimes"}),
        [
            'spec.containers[0].imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", '
            '"IfNotPresent", "Never"'
        ],
    ),
    (pod(ports({"containerPort": 80}, {"containerPort": 443, "name": "https"})), []),
    (pod(ports({"containerPort": 0})), ["spec.containers[0].ports[0].containerPort: Required value"]),  # seen
    (
        pod(ports({"containerPort": 70000})),
        [f"spec.containers[0].ports[0].containerPort: Invalid value: 70000: {ONE_TO_65535}"],
    ),
    (
        pod(ports({"containerPort": 80, "hostPort": -1})),
        [f"spec.containers[0].ports[0].hostPort: Invalid value: -1: {ONE_TO_65535}"],
    ),
    (
        pod(ports({"containerPort": 80, "protocol": "tcp"})),
        ['spec.containers[0].ports[0].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"'],
    ),
    (
        pod(ports({"containerPort": 80, "name": "http"}, {"containerPort": 81, "name": "http"})),
        ['spec.containers[0].ports[1].name: Duplicate value: "http"'],
    ),
    (
        pod(ports({"containerPort": 80, "name": "web-server-http-port"})),
        [
            'spec.containers[0].ports[0].name: Invalid value: "web-server-http-port": must be no more than 15 bytes',
        ],
    ),
    (
        pod(ports({"containerPort": 80, "name": "HTTP"})),
        [
            f'spec.containers[0].ports[0].name: Invalid value: "HTTP": {PORT_RULE}',
            'spec.containers[0].ports[0].name: Invalid value: "HTTP": must contain at least one letter (a-z)',
        ],
    ),
    (
        pod(ports({"containerPort": 80, "name": "a--b-"})),
        [
            'spec.containers[0].ports[0].name: Invalid value: "a--b-": must not contain consecutive hyphens',
            'spec.containers[0].ports[0].name: Invalid value: "a--b-": must not begin or end with a hyphen',
        ],
    ),
    (
        pod(
            ports({"containerPort": 80, "hostPort": 80}), {"name": "b", **ports({"containerPort": 81, "hostPort": 80})}
        ),
        ['spec.containers[1].ports[0].hostPort: Duplicate value: "TCP//80"'],
    ),
    (pod(probe(httpGet={"port": 80})), []),
    (pod(probe(tcpSocket={"port": "http"})), []),
    (pod(probe(grpc={"port": 9000})), []),
    (pod(probe(exec={"command": ["true"]})), []),
    (
        pod(probe(httpGet={"port": 0})),
        [f"spec.containers[0].readinessProbe.httpGet.port: Invalid value: 0: {ONE_TO_65535}"],
    ),
    (
        pod(probe(httpGet={"port": "8080"})),
        [
            'spec.containers[0].readinessProbe.httpGet.port: Invalid value: "8080": must contain at least one letter (a-z)'
        ],
    ),
    (
        pod(probe(httpGet={"port": 80, "scheme": "http"})),
        [
            'spec.containers[0].readinessProbe.httpGet.scheme: Unsupported value: "http": supported values: "HTTP", "HTTPS"'
        ],
    ),
    (
        pod(probe(periodSeconds=5)),
        ["spec.containers[0].readinessProbe: Required value: must specify a handler type"],
    ),
    (
        pod(probe(httpGet={"port": 80}, tcpSocket={"port": 80})),
        [
            "spec.containers[0].readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type",
        ],
    ),
    (
        pod(probe(exec={})),
        ["spec.containers[0].readinessProbe.exec.command: Required value"],
    ),
    (
        pod({"livenessProbe": {"tcpSocket": {"port": 80}, "successThreshold": 2}}),
        ["spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1"],
    ),
    (
        pod(probe(tcpSocket={"port": 80}, initialDelaySeconds=-1)),
        [
            "spec.containers[0].readinessProbe.initialDelaySeconds: Invalid value: -1: must be greater than or equal to 0",
        ],
    ),
    (
        pod(restartPolicy="Sometimes"),
        [
            'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"'
        ],  # seen
    ),
    (
        pod(initContainers=[{"name": "web", "image": "busybox"}]),
        ['spec.initContainers[0].name: Duplicate value: "web"'],
    ),
    (
        pod(initContainers=[{"name": "i", "image": "busybox", "readinessProbe": {"tcpSocket": {"port": 80}}}]),
        [
            "spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without "
            "restartPolicy=Always"
        ],
    ),
    (
        pod(
            initContainers=[
                {
                    "name": "proxy",
                    "image": "envoy",
                    "restartPolicy": "Always",
                    "readinessProbe": {"tcpSocket": {"port": 80}},
                }
            ]
        ),
        [],
    ),
    (pod(ports({"containerPort": 80}), hostNetwork=True), []),
    (
        pod(ports({"containerPort": 80, "hostPort": 81}), hostNetwork=True),
        [
            "spec.containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork` is true",
        ],
    ),
    ({**pod(), "spec": {}}, ["spec.containers: Required value"]),  # seen
]


@pytest.mark.parametrize(("thing", "expected"), POD_CASES)
def test_of_pods_the_server_says(thing, expected):
    assert told(thing) == expected


MISMATCH = "spec.template.metadata.labels: Invalid value: {}: `selector` does not match template `labels`"
WORKLOAD_CASES = [
    *((workload(kind), []) for kind in ("Deployment", "ReplicaSet", "DaemonSet", "StatefulSet")),
    *(
        (workload(kind, {"app": "x"}), [MISMATCH.format('{"app":"x"}')])  # seen of a Deployment
        for kind in ("Deployment", "ReplicaSet", "DaemonSet", "StatefulSet")
    ),
    (workload(labels=None), [MISMATCH.format("null")]),
    (workload(selector=None), ["spec.selector: Required value", MISMATCH.format('{"app":"d"}')]),
    (
        workload(selector={}),
        ["spec.selector: Invalid value: {}: empty selector is invalid for deployment"],
    ),
    (
        workload("ReplicaSet", selector={}),
        ["spec.selector: Invalid value: {}: empty selector is invalid for deployment"],
    ),
    (
        workload("StatefulSet", selector={}),
        ["spec.selector: Invalid value: {}: empty selector is invalid for statefulset"],
    ),
    (
        workload("DaemonSet", selector={"matchLabels": {}}),
        ["spec.selector: Invalid value: {}: empty selector is invalid for daemonset"],
    ),
    (workload(selector={"matchExpressions": [{"key": "app", "operator": "In", "values": ["d", "e"]}]}), []),
    (
        workload(selector={"matchExpressions": [{"key": "app", "operator": "In"}]}),
        [
            "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
            'spec.selector: Invalid value: {"matchExpressions":[{"key":"app","operator":"In"}]}: invalid label selector',
        ],
    ),
    (workload(replicas=0), []),
    (
        workload(replicas=-1),
        ["spec.replicas: Invalid value: -1: must be greater than or equal to 0"],  # seen
    ),
    (workload(strategy={"type": "Recreate"}), []),
    (
        workload(strategy={"type": "Recreate", "rollingUpdate": {"maxSurge": 1}}),
        ["spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"],
    ),
    (
        workload(strategy={"type": "Rolling"}),
        [
            'spec.strategy: Unsupported value: {"Type":"Rolling","RollingUpdate":null}: supported values: "Recreate", '
            '"RollingUpdate"'
        ],
    ),
    (
        workload(strategy={"rollingUpdate": {"maxUnavailable": 0, "maxSurge": 0}}),
        ["spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0"],
    ),
    (
        workload(strategy={"rollingUpdate": {"maxUnavailable": "150%"}}),
        ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "150%": must not be greater than 100%'],
    ),
    (
        workload(strategy={"rollingUpdate": {"maxSurge": "half"}}),
        [
            'spec.strategy.rollingUpdate.maxSurge: Invalid value: "half": a valid percent string must be a numeric string '
            "followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
        ],
    ),
    (
        workload(minReadySeconds=600),
        ["spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds"],
    ),
    (
        workload("DaemonSet", updateStrategy={"rollingUpdate": {"maxUnavailable": 1, "maxSurge": 1}}),
        [
            "spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero",
        ],
    ),
    (
        workload("StatefulSet", podManagementPolicy="Serial"),
        ["spec.podManagementPolicy: Invalid value: \"Serial\": must be 'OrderedReady' or 'Parallel'"],
    ),
]


@pytest.mark.parametrize(("thing", "expected"), WORKLOAD_CASES)
def test_of_workloads_the_server_says(thing, expected):
    assert told(thing) == expected


@pytest.mark.parametrize("kind", ["Deployment", "ReplicaSet", "DaemonSet", "StatefulSet"])
def test_these_pods_restart_always(kind):
    thing = workload(kind)
    thing["spec"]["template"]["spec"]["restartPolicy"] = "Never"
    expected = 'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'
    assert told(thing) == [expected]


def test_what_is_wrong_inside_a_template_has_its_path():
    thing = workload()
    thing["spec"]["template"]["spec"]["containers"][0]["ports"] = [{"containerPort": 0}]
    # Quoted from a server in an issue of ingress-nginx.
    message = 'Deployment.apps "d" is invalid: spec.template.spec.containers[0].ports[0].containerPort: Required value'
    assert refusal("Deployment", "d", check_create(with_defaults(thing)), "apps")["message"] == message


def test_labels_of_a_template_have_the_server_s_path():
    expected = "spec.template.labels: Invalid value: "
    assert told(workload(labels={"app": "d", "bad key": "x"}))[0].startswith(expected + '"bad key": name part must')


@pytest.mark.parametrize("kind", ["Deployment", "ReplicaSet", "DaemonSet"])
def test_a_selector_stays(kind):
    old = with_defaults(workload(kind))
    new = with_defaults(workload(kind, {"app": "e"}, selector={"matchLabels": {"app": "e"}}))
    # Quoted from servers since 1.34.
    expected = 'spec.selector: Invalid value: {"matchLabels":{"app":"e"}}: field is immutable'
    assert [str(error) for error in check_update(new, old)] == [expected]
    assert check_update(with_defaults(workload(kind, {"app": "d", "more": "x"}, replicas=3)), old) == []


def test_of_a_stateful_set_little_may_change():
    old = with_defaults(workload("StatefulSet", serviceName="db"))
    assert check_update(with_defaults(workload("StatefulSet", serviceName="db", replicas=5)), old) == []
    # Quoted from a server in an issue.
    expected = (
        "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
        "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are "
        "forbidden"
    )
    new = with_defaults(workload("StatefulSet", serviceName="other"))
    assert [str(error) for error in check_update(new, old)] == [expected]


def test_of_a_pod_hardly_anything_may_change():
    old = with_defaults(pod(ports({"containerPort": 3000})))
    assert check_update(with_defaults(pod({"image": "nginx:1.28", **ports({"containerPort": 3000})})), old) == []
    errors = check_update(with_defaults(pod(ports({"containerPort": 3030}))), old)
    # [seen], with a diff behind it
    expected = (
        "spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,"
        "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing "
        "tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
    )
    assert [str(error) for error in errors] == [expected]
    errors = check_update(with_defaults(pod({}, {"name": "b"})), old)
    # Quoted from servers in issues.
    expected = "spec.containers: Forbidden: pod updates may not add or remove containers"
    assert [str(error) for error in errors] == [expected]


def test_ports_that_two_containers_declare_are_warned_of():
    made = with_defaults(pod(ports({"containerPort": 80}), {"name": "b", **ports({"containerPort": 80})}))
    # Printed by kubectl of servers since 1.28.
    assert warnings_of(made) == [
        "spec.containers[1].ports[0]: duplicate port definition with spec.containers[0].ports[0]"
    ]
    made = workload()
    container = made["spec"]["template"]["spec"]["containers"][0]
    container["ports"] = [{"containerPort": 80, "name": "a"}, {"containerPort": 80, "name": "b"}]
    expected = "spec.template.spec.containers[0].ports[1]: duplicate port definition with"
    assert warnings_of(with_defaults(made)) == [f"{expected} spec.template.spec.containers[0].ports[0]"]


def test_every_message_has_an_explanation():
    messages = [error for _, errors in [*POD_CASES, *WORKLOAD_CASES] for error in errors]
    assert [error for error in messages if not explain(*error.split(": ", 1))] == []
    assert "copy the selector's labels" in explain(*MISMATCH.format("null").split(": ", 1))


def test_looking_changes_nothing():
    thing = with_defaults(workload(labels={"app": "x"}))
    before = copy.deepcopy(thing)
    check_create(thing)
    check_update(thing, with_defaults(workload()))
    assert thing == before
