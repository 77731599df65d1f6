"""A diagnosis as a whole: the article, a real cluster, order, words, and input that is hostile or makes no sense."""

import shlex
from pathlib import Path

import pandas as pd
import pytest

from diagnosis_cluster import NODES, SLICE, cluster, node, pod, service, service_port, slice_of, workload
from nodeportkit.diagnosis import diagnose
from nodeportkit.diagnosis.answer import ranked
from nodeportkit.diagnosis.causes import modules
from nodeportkit.diagnosis.finding import Cause
from nodeportkit.errors import NodePortKitError, NotFound
from nodeportkit.sources.read import read

CLOSED = """service-not-found not-exposed wrong-port node-port-invalid no-selector selector-mismatch no-pods pods-not-ready
target-port-mismatch named-port-missing protocol-mismatch ip-family-mismatch app-on-loopback local-policy-no-local-pod
cross-node-network firewall node-ip-unroutable node-not-ready node-address-not-served kube-proxy-down minikube-driver
tunnel-closed kind-port-mapping network-policy selector-too-wide port-range-overlap rolling-update uneven-by-design
slice-drift application-layer""".split()


def test_there_is_a_module_for_every_cause_of_the_closed_list_and_no_other():
    assert sorted(module.CAUSE.id for module in modules()) == sorted(CLOSED)
    for module in modules():
        assert module.__name__.rpartition(".")[2] == module.CAUSE.id.replace("-", "_")
        assert module.__doc__


# The article


@pytest.fixture(scope="module")
def article(fixtures: Path):
    return read(fixtures / "article" / "nodeport-transcript.txt")


def test_the_article_alone_is_enough(article):
    """It was mended by taking `type: front-end` out of the service's selector (`kubectl edit service`), after which curl answers."""
    found = diagnose(article, "myapp-service")
    assert found[["rank", "cause", "certainty"]].values.tolist() == [[1, "selector-mismatch", "fact"]]
    row = found.iloc[0]
    assert row["object"] == "Service default/myapp-service"
    assert row["field"] == "spec.selector.type"
    assert row["evidence"] == "spec.selector.type=front-end; 6 of 6 pods have app=myapp, none has a label type"
    assert row["fix"] == """kubectl patch service myapp-service -p '{"spec": {"selector": {"type": null}}}'"""


@pytest.mark.parametrize(
    "question", [{"symptom": "refused"}, {"port": 30008}, {"address": "192.168.59.100", "port": 30008}]
)
def test_the_article_asked_about_in_other_words(article, question):
    found = diagnose(article, "default/myapp-service", **question)
    assert found["cause"].tolist() == ["selector-mismatch"]


def test_the_article_once_it_is_mended(article):
    selectors = [
        {"app": "myapp"} if name == "myapp-service" else it
        for name, it in zip(article.services["name"], article.services["selector"], strict=True)
    ]
    mended = article.replace(services=article.services.assign(selector=selectors), steps=())
    found = diagnose(mended, "myapp-service", symptom="refused", address="192.168.59.100", port=30008)
    assert set(found["certainty"]) <= {"possible"}


# A real cluster: 1.36.2, with a real endpoint slice controller


@pytest.fixture(scope="module")
def real(fixtures: Path):
    return read(fixtures / "real-cluster" / "objects.json")


def test_of_all_services_of_the_real_cluster_one_is_broken(real):
    """Its workloads were not listed: one of them may make the pods that `nobody` wants. A list of none leaves no doubt."""
    listed = real.replace(collected=real.collected | {"workloads"})
    for namespace, name in real.services[["namespace", "name"]].itertuples(index=False):
        for shown, certainty in ((real, "hint"), (listed, "fact")):
            found = diagnose(shown, f"{namespace}/{name}", symptom="refused")
            told = dict(zip(found["cause"], found["certainty"], strict=True))
            assert told.get("selector-mismatch") == (certainty if name == "nobody" else None), name
            facts = [cause for cause, each in told.items() if each == "fact"]
            assert facts == (["selector-mismatch"] if name == "nobody" and certainty == "fact" else []), name


def test_what_the_real_kube_proxy_drops_is_a_fact(real):
    """Node 1 has no endpoint of api-local: its dump holds a DROP for node port 30082."""
    found = diagnose(real, "shop/api-local", symptom="timeout", node="node-1", port=30082)
    assert found["cause"].tolist() == ["local-policy-no-local-pod"]
    assert diagnose(real, "shop/api-local", symptom="timeout", node="node-3", port=30082)["certainty"].ne("fact").all()


# Transcripts


TABLES = """$ kubectl get nodes -o wide
NAME  STATUS  ROLES   AGE  VERSION  INTERNAL-IP   EXTERNAL-IP  OS-IMAGE  KERNEL-VERSION  CONTAINER-RUNTIME
n1    Ready   <none>  5d   v1.36.2  192.168.1.11  <none>       Debian    6.1             containerd://2.0
n2    Ready   <none>  5d   v1.36.2  192.168.1.12  <none>       Debian    6.1             containerd://2.0

$ kubectl get svc -n shop -o wide
NAME  TYPE      CLUSTER-IP  EXTERNAL-IP  PORT(S)       AGE  SELECTOR
web   NodePort  10.96.7.20  <none>       80:31080/TCP  5d   app=web

$ kubectl get pods -n shop -o wide --show-labels
NAME   READY  STATUS   RESTARTS  AGE  IP          NODE  NOMINATED NODE  READINESS GATES  LABELS
web-0  1/1    Running  0         5d   10.244.1.5  n1    <none>          <none>           app=web

"""
SILENT = "curl: (28) Failed to connect to {} port {} after 5001 ms: Timeout was reached\n"


def asked(*tries):
    return read(TABLES + "".join(f"$ curl -m 5 http://{where}/\n{answer}\n" for where, answer in tries))


def test_a_try_in_a_transcript_gives_symptom_and_address():
    refused = "curl: (7) Failed to connect to 192.168.1.11 port 80 after 0 ms: Connection refused\n"
    found = diagnose(asked(("192.168.1.11:80", refused)), "shop/web")
    assert found["cause"].tolist() == ["wrong-port"]
    assert "dialled 192.168.1.11:80" in found["evidence"][0]


def test_a_node_port_of_nobody_that_was_tried_was_meant_to_be_the_services():
    refused = "curl: (7) Failed to connect to 192.168.1.11 port 31888 after 0 ms: Connection refused\n"
    tried = asked(("192.168.1.11:31888", refused))
    found = diagnose(tried, "shop/web")
    assert (found["cause"].tolist(), found["certainty"].tolist()) == (["wrong-port"], ["fact"])
    assert found["fix"][0] == "curl -m 5 http://192.168.1.11:31080/"
    within = tried.replace(
        services=tried.services.assign(type="ClusterIP"),
        ports=tried.ports.assign(node_port=pd.array([pd.NA], dtype="Int64")),
    )
    assert diagnose(within, "shop/web")["cause"].tolist() == ["not-exposed"]


def test_tries_of_the_api_server_and_of_others_tell_nothing_of_a_service():
    silent = SILENT.format("192.168.1.11", 6443)
    assert diagnose(asked(("192.168.1.11:6443", silent)), "shop/web").empty


def test_tries_that_reach_only_the_pods_own_node_point_to_the_network_between_nodes():
    tries = [
        ("192.168.1.11:31080", "<title>Welcome</title>"),
        ("192.168.1.12:31080", SILENT.format("192.168.1.12", 31080)),
    ]
    made = asked(*tries)
    found = diagnose(made, "shop/web")  # under policy Local, which tables do not show, it would be by design
    assert found["cause"].tolist()[:2] == ["local-policy-no-local-pod", "cross-node-network"]
    assert set(found["certainty"]) == {"possible"}
    for cause in range(2):
        assert "n1 answered, n2 did not" in found["evidence"][cause]
    known = made.replace(services=made.services.assign(external_traffic_policy="Cluster"))
    found = diagnose(known, "shop/web")
    assert (found["cause"][0], found["certainty"][0]) == ("cross-node-network", "hint")


def test_where_nothing_is_known_of_pods_tries_that_differ_by_node_still_tell():
    made = asked(
        ("192.168.1.11:31080", "<title>Welcome</title>"), ("192.168.1.12:31080", SILENT.format("192.168.1.12", 31080))
    )
    less = made.replace(pods=made.pods.iloc[:0], collected=made.collected - {"pods"}, endpoints=None)
    found = diagnose(less, "shop/web")
    assert found["cause"].tolist()[:2] == ["local-policy-no-local-pod", "cross-node-network"]


def test_a_node_port_that_answers_on_the_node_and_not_from_outside_is_blocked_before_it():
    made = asked(
        ("localhost:31080", "<title>Welcome</title>"), ("203.0.113.50:31080", SILENT.format("203.0.113.50", 31080))
    )
    found = diagnose(made.replace(nodes=made.nodes.iloc[:0], collected=made.collected - {"nodes"}), "shop/web")
    assert found["cause"][0] == "firewall"
    assert found["evidence"][0] == "localhost:31080 answered on the node itself"
    assert "open TCP 31080" in found["explanation"][0]


def test_an_error_of_http_is_the_applications():
    answer = "curl: (22) The requested URL returned error: 503\n"
    found = diagnose(asked(("192.168.1.11:31080", answer)), "shop/web")
    assert found["cause"].tolist() == ["application-layer"]
    assert found["evidence"][0].startswith("HTTP 503; ")


def test_a_refusal_of_the_api_server_in_a_transcript():
    text = (
        TABLES
        + """$ kubectl apply -n shop -f api.yaml
The Service "api" is invalid: spec.ports[0].nodePort: Invalid value: 31080: provided port is already allocated
"""
    )
    found = diagnose(read(text), "shop/api", symptom="refused")
    assert found["cause"].tolist() == ["node-port-invalid"]
    assert "31080 is the node port of shop/web" in found["evidence"][0]


@pytest.mark.parametrize(
    ("printed", "cause", "certainty"),
    [
        (
            "😄  minikube v1.36.0 on Darwin 15.1\n✨  Using the docker driver based on user configuration",
            "minikube-driver",
            "fact",
        ),
        ("✨  Using the docker driver based on existing profile", "minikube-driver", "hint"),
        ("✨  Using the kvm2 driver based on existing profile", "firewall", "possible"),
    ],
)
def test_the_driver_of_minikube(printed, cause, certainty):
    made = read(
        f"$ minikube start\n{printed}\n\n$ minikube ip\n192.168.49.2\n\n$ kubectl get nodes\nNAME      STATUS  ROLES          AGE  VERSION\n"
        "minikube  Ready   control-plane  5d   v1.36.2\n\n"
        + TABLES.partition("\n\n")[2].replace("  n1  ", "  minikube  ")
    )
    found = diagnose(made, "shop/web", symptom="timeout", address="192.168.49.2", port=31080)
    assert (found["cause"][0], found["certainty"][0]) == (cause, certainty)


def test_only_services_pasted_tells_what_to_paste_next():
    found = diagnose(read(TABLES.partition("$ kubectl get pods")[0]), "shop/web", symptom="refused")
    assert set(found["certainty"]) == {"possible"}
    assert "kubectl get pods -n shop -o wide --show-labels" in found["verify"].tolist()


# Order


def test_facts_that_explain_come_before_facts_hints_and_possibilities():
    seen, other, near, far = (Cause(name, place, symptoms, name) for name, place, symptoms in [
        ("seen", 9, ("refused",)), ("other", 1, ("timeout",)), ("near", 2, ("refused",)), ("far", 0, ("refused",)),
    ])  # fmt: skip
    said = {"object": "", "evidence": "", "explanation": ""}
    findings = [far.possible(**said), near.hint(**said), other.fact(**said), seen.fact(**said, partial=True)]
    assert [f.cause for f in ranked(findings, "refused")] == ["seen", "other", "near", "far"]
    assert [f.cause for f in ranked([*findings, seen.fact(**said)], "refused")][-1] == "near"


def test_the_frame_is_the_same_with_and_without_findings():
    none, some = diagnose(cluster(), "shop/web"), diagnose(cluster(service=False), "shop/web")
    assert (
        list(none)
        == list(some)
        == ["rank", "cause", "certainty", "object", "field", "evidence", "explanation", "fix", "alternative", "verify"]
    )
    assert none.dtypes.equals(some.dtypes)
    assert none.empty
    assert not some.isna().any(axis=None)


# Input


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ({"symptom": "slow"}, "'slow' is no symptom"),
        ({"port": 0}, "0 is no port"),
        ({"port": 70000}, "70000 is no port"),
        ({"port": True}, "True is no port"),
        ({"port": "http"}, "'http' is no port"),
        ({"source": "somebody"}, "'somebody' is no client"),
        ({"address": "foo"}, "'foo' is no address"),
        ({"address": "n11"}, "'n11' is no address that can be dialled. Did you mean n1"),
        ({"address": "192.168.1.300"}, "'192.168.1.300' is no address"),
        ({"address": ""}, "'' is no address"),
        ({"address": "web shop"}, "'web shop' is no address"),
        ({"address": "http://192.168.1.11:31080/"}, "Give the address 192.168.1.11 alone, and the port 31080"),
        ({"address": "192.168.1.11:31080"}, "Give the address 192.168.1.11 alone, and the port 31080"),
    ],
)
def test_questions_that_make_no_sense(question, words):
    with pytest.raises(NodePortKitError, match=words):
        diagnose(cluster(), "shop/web", **question)


def test_names_that_are_not_there_or_not_clear():
    with pytest.raises(NotFound, match="Did you mean n1"):
        diagnose(cluster(), "shop/web", node="n11")
    with pytest.raises(NotFound, match="several services"):
        diagnose(cluster(service("web", namespace="lab")), "web")
    with pytest.raises(NodePortKitError, match="no name of a service"):
        diagnose(cluster(), "shop/")


def test_whole_numbers_of_numpy_are_ports():
    number = cluster().ports["node_port"].to_numpy()[0]
    assert diagnose(cluster(), "shop/web", port=number, node="n1").empty


HOSTILE = "web'; rm -rf ~ #"


def test_commands_are_quoted_for_a_shell():
    """Labels are checked by the API server; what is pasted is not."""
    selector = {"app": HOSTILE, "tier": '"$(reboot)"'}
    made = service(HOSTILE, namespace="shop", selector=selector)
    pods = [pod("a", labels={"app": HOSTILE})]
    found = diagnose(
        cluster(service=made, pods=pods, slices=[], owners=[workload(labels={"app": HOSTILE})]), f"shop/{HOSTILE}"
    )
    assert found["cause"].tolist() == ["selector-mismatch"]
    words = shlex.split(found["fix"][0])
    assert words[:6] == ["kubectl", "patch", "service", "-n", "shop", HOSTILE]
    assert len(words) == 8


def test_an_empty_cluster_says_what_to_paste():
    found = diagnose(read(""), "shop/web", symptom="refused", port=31080)
    assert found[["cause", "certainty", "verify"]].values.tolist() == [
        ["service-not-found", "possible", "kubectl get services -n shop -o wide"]
    ]


def test_several_ports_are_told_apart():
    ports = [service_port(name="http"), service_port(443, "https", 31443, name="https")]
    declared = [{"name": "http", "port": 8080, "protocol": "TCP"}]
    ends = [("web-5d9c-a", "n1", "10.244.1.5"), ("web-5d9c-b", "n2", "10.244.2.5")]
    made = cluster(service=service(ports=ports), slices=[slice_of(*ends, ports=declared)])
    assert diagnose(made, "shop/web", symptom="refused", node="n1", port=31080)["certainty"].ne("fact").all()
    found = diagnose(made, "shop/web", symptom="refused", node="n1", port=31443)
    assert found[["cause", "field"]].values.tolist() == [["named-port-missing", "spec.ports[1].targetPort"]]


def test_two_families_at_once():
    nodes = [node(name, addresses=[f"192.168.1.1{name[-1]}", f"fd00:168::{name[-1]}"]) for name in NODES]
    both = service(
        clusterIPs=["10.96.7.20", "fd00:10:96::7"], ipFamilies=["IPv4", "IPv6"], ipFamilyPolicy="RequireDualStack"
    )
    pods = [
        pod("web-5d9c-a", "n1", ["10.244.1.5", "fd00:244::5"]),
        pod("web-5d9c-b", "n2", ["10.244.2.5", "fd00:244::6"]),
    ]
    six = slice_of(("web-5d9c-a", "n1", "fd00:244::5"), ("web-5d9c-b", "n2", "fd00:244::6"), family="IPv6")
    made = cluster(nodes=nodes, service=both, pods=pods, slices=[SLICE, six])
    for address in ("192.168.1.11", "fd00:168::1", "[fd00:168::1]"):
        for symptom in ("refused", "timeout"):
            found = diagnose(made, "shop/web", symptom=symptom, address=address, port=31080)
            assert set(found["certainty"]) <= {"possible"}


def test_what_was_not_collected_is_never_guessed(fixtures: Path):
    """With frames taken away one by one, what is left is not called a fact of another cause than before."""
    whole = read(fixtures / "real-cluster" / "objects.json")
    for frame in ("nodes", "pods", "ports"):
        less = whole.replace(**{frame: getattr(whole, frame).iloc[:0]}, collected=whole.collected - {frame})
        for name in ("web", "nobody", "api-local", "dns"):
            found = diagnose(less, f"shop/{name}", symptom="refused")
            facts = set(found.loc[found["certainty"].eq("fact"), "cause"])
            assert facts <= ({"selector-mismatch", "no-pods"} if name == "nobody" else set()), (frame, name, facts)
            assert isinstance(found, pd.DataFrame)


# Little was shown


CRASHING = """$ kubectl get svc,pods -n shop
NAME           TYPE       CLUSTER-IP     EXTERNAL-IP   PORT(S)          AGE
service/cart   NodePort   10.96.44.101   <none>        8080:30888/TCP   41m

NAME                        READY   STATUS             RESTARTS        AGE
pod/cart-6f7c9b5d8d-2mzqp   0/1     CrashLoopBackOff   12 (2m5s ago)   41m
pod/cart-6f7c9b5d8d-xk4hs   0/1     CrashLoopBackOff   12 (99s ago)    41m
"""


def test_where_no_pod_of_the_namespace_is_ready_none_that_it_selects_is():
    found = diagnose(read(CRASHING), "shop/cart", symptom="refused")
    assert (found["cause"][0], found["certainty"][0]) == ("pods-not-ready", "hint")
    assert found["verify"][0] == "kubectl logs -n shop cart-6f7c9b5d8d-2mzqp --previous"


def test_pods_named_like_the_service_are_looked_at_first():
    other = "pod/web-7c56dcdb9b-4x2kq    1/1     Running            0               41m\n"
    found = diagnose(read(CRASHING + other), "shop/cart", symptom="refused")
    assert (found["cause"][0], found["certainty"][0]) == ("pods-not-ready", "possible")
    assert "CrashLoopBackOff" in found["evidence"][0]


def test_slices_without_a_port_tell_that_pods_lack_it():
    """kubectl prints `<unset>` for a slice without ports (pkg/printers/internalversion/printers.go, formatDiscoveryPorts)."""
    found = diagnose(
        read(
            TABLES
            + "$ kubectl get endpointslices -n shop --show-labels\n"
            + "NAME       ADDRESSTYPE  PORTS    ENDPOINTS   AGE  LABELS\n"
            + "web-x8dkz  IPv4         <unset>  10.244.1.5  5d   kubernetes.io/service-name=web\n"
        ),
        "shop/web",
        symptom="refused",
    )
    assert found["cause"].tolist()[:2] == ["named-port-missing", "protocol-mismatch"]
    assert set(found["certainty"]) == {"possible"}
    assert found["evidence"][0] == "its slices list web-0 without a port"


def test_a_change_of_another_service_leaves_the_tries_at_this_one_standing():
    refused = "curl: (7) Failed to connect to 192.168.1.11 port 80 after 0 ms: Connection refused\n"
    tried = f"$ curl http://192.168.1.11:80/\n{refused}"
    other, own = (f"$ kubectl edit service {name} -n shop\nservice/{name} edited\n" for name in ("api", "web"))
    assert diagnose(read(TABLES + other + tried), "shop/web")["cause"].tolist() == ["wrong-port"]
    assert diagnose(read(TABLES + own + tried), "shop/web").empty


def test_without_any_pod_a_workload_that_is_to_have_none_is_the_reason():
    text = """$ kubectl get all
NAME            TYPE        CLUSTER-IP   EXTERNAL-IP  PORT(S)       AGE
service/shop    NodePort    10.96.51.20  <none>       80:30080/TCP  9d

NAME                   READY   UP-TO-DATE   AVAILABLE   AGE
deployment.apps/shop   0/0     0            0           9d
"""
    found = diagnose(read(text), "shop", symptom="refused")
    assert (found["cause"][0], found["certainty"][0]) == ("no-pods", "hint")
    assert found["fix"][0] == "kubectl scale deployment shop --replicas=1"
    # With a list of services and nothing else nobody looked for pods.
    assert "hint" not in set(
        diagnose(read(text.partition("\n\n")[0].replace("all", "services")), "shop", symptom="refused")["certainty"]
    )


def test_the_right_number_is_tried_at_the_address_dialled_where_no_node_was_shown():
    services = TABLES.partition("$ kubectl get svc")[2].partition("\n\n")[0]
    made = read(f"$ kubectl get svc{services}\n")
    found = diagnose(made, "shop/web", symptom="refused", address="192.168.49.2", port=80)
    assert found["fix"][0] == "curl -m 5 http://192.168.49.2:31080/"
