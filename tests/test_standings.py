"""How a chain stands, in words: each cause once, and what is not known."""

import json
import shlex
import subprocess
from itertools import pairwise

import pandas as pd
import pytest

from nodeportkit.cluster import Cluster
from nodeportkit.errors import NotFound
from nodeportkit.sources.read import read
from nodeportkit.standings import standing
from nodeportkit.standings.nearest import spelled_alike

FIX = """kubectl patch service myapp-service -p '{"spec": {"selector": {"type": null}}}'"""


# The article


@pytest.fixture(scope="module")
def article(fixtures):
    return read(fixtures / "article" / "nodeport-transcript.txt")


def test_the_article_is_told_why_curl_was_refused(article):
    found = standing(article, "myapp-service")
    assert found.whole is False
    assert (found.cause, found.broken_link) == ("selector-mismatch", "selector")
    assert found.title == "myapp-service answers nobody: its selector matches no pod"
    assert found.reason == "No pod carries type=front-end."
    assert found.explanation == (
        "All six pods that carry app=myapp lack it. Put it into the pods' template, or take it out of the selector:"
    )
    assert found.fix == FIX
    assert [(str(term), term.pods) for term in found.terms] == [("app=myapp", 6), ("type=front-end", 0)]
    assert len(found.candidates) == 6
    assert found.symptom == "curl http://192.168.59.100:30008 → connection refused"
    assert found.changed_since == "kubectl edit service myapp-service"


def test_the_article_with_the_service_edited_is_whole(article):
    edited = article.services.assign(
        selector=[
            {"app": "myapp"} if name == "myapp-service" else selector
            for name, selector in zip(article.services["name"], article.services["selector"], strict=True)
        ]
    )
    found = standing(article.replace(services=edited), "myapp-service")
    assert found.whole is True
    assert found.title == "myapp-service reaches 6 of 6 pods"
    assert found.symptom == "curl http://192.168.59.100:30008 → “Welcome to nginx!”"
    assert (found.cause, found.reason, found.fix, found.broken_link) == ("", "", "", None)


# A small cluster, changed


def small(**changes):
    parts = {
        "nodes": {"name": ["a", "b"], "ready": [True, True], "internal_ips": [["192.168.1.1"], ["192.168.1.2"]]},
        "services": {
            "namespace": ["default"], "name": ["web"], "type": ["NodePort"], "selector": [{"app": "web", "tier": "front"}],
            "cluster_ips": [["10.96.0.7"]], "external_traffic_policy": ["Cluster"],
        },
        "ports": {
            "namespace": ["default"], "service": ["web"], "port_name": [""], "protocol": ["TCP"], "port": [80],
            "target_port": ["8080"], "node_port": [30080],
        },
        "pods": {
            "namespace": ["default"] * 2, "name": ["web-0", "web-1"], "node": ["a", "b"], "ips": [["10.0.0.1"], ["10.0.0.2"]],
            "labels": [{"app": "web", "tier": "front"}] * 2, "ready": [True] * 2, "terminating": [False] * 2,
            "phase": ["Running"] * 2, "status": ["Running"] * 2, "host_network": [False] * 2,
        },
    }  # fmt: skip
    for name, columns in changes.items():
        parts[name] = (
            columns if columns is None or isinstance(columns, pd.DataFrame) else {**parts.get(name, {}), **columns}
        )
    return Cluster(**parts)


def labelled(*labels):
    return {"labels": list(labels)}


def alone(**columns):
    """The first pod only, with these columns."""
    first = {
        "namespace": ["default"], "name": ["web-0"], "node": ["a"], "ips": [["10.0.0.1"]], "terminating": [False],
        "labels": [{"app": "web", "tier": "front"}], "ready": [True], "phase": ["Running"], "status": ["Running"],
        "host_network": [False],
    }  # fmt: skip
    return first | columns


NONE = pd.DataFrame({"namespace": ["default"], "service": ["web"]})
WEB, FRONT = {"app": "web"}, {"app": "web", "tier": "front"}
NAMED = {"target_port": ["http"]}


def containers(*ports):
    return {
        "namespace": ["default"] * len(ports), "pod": [pod for pod, _, _, _ in ports],
        "port_name": [name for _, name, _, _ in ports], "container_port": [number for _, _, number, _ in ports],
        "protocol": [protocol for _, _, _, protocol in ports],
    }  # fmt: skip


WHOLE = {
    "all": ({}, "web reaches 2 of 2 pods on 2 nodes", ""),
    "one pod": ({"pods": alone()}, "web reaches 1 of 1 pod on 1 node", ""),
    "one not ready": (
        {"pods": {"ready": [True, False]}}, "web reaches 1 of 2 pods on 1 node",
        "One pod gets nothing, not being ready: web-1.",
    ),
    "nodes of pods not shown": ({"pods": {"node": [None, None]}}, "web reaches 2 of 2 pods", ""),
    "being deleted": (
        {"pods": {"terminating": [True, True]}}, "web reaches 2 of 2 pods on 2 nodes",
        "Both pods are being deleted, and still serve.",
    ),
    "one lacks the named port": (
        {"ports": NAMED, "containers": containers(("web-0", "http", 8080, "TCP"))}, "web reaches 1 of 1 pod on 1 node",
        "One pod gets nothing, for want of a port named http: web-1.",
    ),
    "a policy that was not shown": (
        {"services": {"external_traffic_policy": [None]}, "pods": alone()}, "web reaches 1 of 1 pod on 1 node",
        "Whether its external traffic policy is Local was not shown; if it is, b answers nobody. See:",
    ),
    "readiness of one not shown": ({"pods": {"ready": [True, None]}}, "web reaches at least 1 pod", ""),
    "two families, and some only counted": (
        {"services": {"ip_families": [["IPv4", "IPv6"]]}, "pods": None,
         "endpoints": {"namespace": ["default"] * 4, "service": ["web"] * 4, "address": ["10.0.0.1", "fd00::1", None, None],
                       "ready": [True] * 4, "port_name": [""] * 4, "protocol": ["TCP"] * 4, "port": [8080, 8080, None, None]}},
        "web reaches at least 1 pod", "",
    ),
    "local behind a balancer": (
        {"services": {"type": ["LoadBalancer"], "external_traffic_policy": ["Local"]}, "pods": alone()},
        "web reaches 1 of 1 pod on 1 node", "",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "title", "explanation"), WHOLE.values(), ids=WHOLE)
def test_whole(changes, title, explanation):
    found = standing(small(**changes), "web")
    assert (found.whole, found.title, found.explanation) == (True, title, explanation)
    assert (found.cause, found.broken_link, found.reason, found.fix) == ("", None, "", "")


BROKEN = {
    "another value, spelled alike": (
        {"pods": labelled({**WEB, "tier": "Front"}, {**WEB, "tier": "Front"})},
        "selector-mismatch", "selector", "web answers nobody: its selector matches no pod", "No pod carries tier=front.",
        "Both pods that carry app=web have tier=Front, which differs in the spelling only. Select that:",
        """kubectl patch service web -p '{"spec": {"selector": {"tier": "Front"}}}'""",
    ),
    "another value": (
        {"pods": alone(labels=[{**WEB, "tier": "back"}])},
        "selector-mismatch", "selector", "web answers nobody: its selector matches no pod", "No pod carries tier=front.",
        "The one pod that carries app=web has tier=back. If that is meant, select it:",
        """kubectl patch service web -p '{"spec": {"selector": {"tier": "back"}}}'""",
    ),
    "another key, spelled alike": (
        {"pods": labelled(*[{**WEB, "Tier": "front"}] * 2)},
        "selector-mismatch", "selector", "web answers nobody: its selector matches no pod", "No pod carries tier=front.",
        "Both pods that carry app=web have Tier=front, which differs in the spelling only. Select that:",
        """kubectl patch service web -p '{"spec": {"selector": {"tier": null, "Tier": "front"}}}'""",
    ),
    "a term lacking": (
        {"pods": alone(labels=[WEB])},
        "selector-mismatch", "selector", "web answers nobody: its selector matches no pod", "No pod carries tier=front.",
        "The one pod that carries app=web lacks it. Put it into the pods' template, or take it out of the selector:",
        """kubectl patch service web -p '{"spec": {"selector": {"tier": null}}}'""",
    ),
    "each term on other pods": (
        {"pods": labelled({"app": "web"}, {"tier": "front"})},
        "selector-mismatch", "selector", "web answers nobody: its selector matches no pod",
        "No pod carries both app=web and tier=front.",
        "One pod carries app=web. One pod carries tier=front. Compare with the labels of the pods:", "",
    ),
    "nothing near": (
        {"pods": labelled({"app": "db"}, {"app": "api"})},
        "selector-mismatch", "selector", "web answers nobody: its selector matches no pod",
        "No pod carries app=web or tier=front.",
        "Pods of this namespace carry app=api or app=db. No pod has a label tier. Compare with the labels of the pods:", "",
    ),
    "pods in another namespace": (
        {"pods": {"namespace": ["shop", "default"], "labels": [FRONT, {"app": "db"}]}},
        "selector-mismatch", "selector", "web answers nobody: its selector matches no pod",
        "No pod carries app=web or tier=front.",
        "One pod in namespace shop does, but a service selects pods of its own namespace only. See what there is in this one:",
        "",
    ),
    "no selector": (
        {"services": {"selector": [{}]}, "stated": NONE},
        "no-selector", "selector", "web answers nobody: it has no selector, and no endpoints", "It has no selector.",
        "A service without one gets no endpoints by itself. Give it one; see what the pods carry:", "",
    ),
    "scaled to zero": (
        {"pods": alone(name=["db-0"], labels=[{"app": "db"}]),
         "workloads": {"namespace": ["default"], "kind": ["Deployment"], "name": ["web"], "desired": [0], "template_labels": [FRONT]}},
        "no-pods", "pods", "web answers nobody: there are no pods", "Deployment web is scaled to zero.",
        "The selector matches its pods, but it is to have none. Scale it up:",
        "kubectl scale deployment web --replicas=1",
    ),
    "pods that cannot be made": (
        {"pods": alone(name=["db-0"], labels=[{"app": "db"}]),
         "workloads": {"namespace": ["default"] * 2, "kind": ["Deployment", "ReplicaSet"], "name": ["web", "web-5d4"],
                       "desired": [3, 3], "selector": [FRONT] * 2, "owner_name": [None, "web"]}},
        "no-pods", "pods", "web answers nobody: there are no pods", "Deployment web has no pods.",
        "It is to have three. A quota or an admission hook may forbid them; the events tell:", "",
    ),
    "finished": (
        {"pods": {"phase": ["Succeeded", "Failed"]}},
        "no-pods", "pods", "web answers nobody: no pod of it runs", "Both pods that it selects have finished.",
        "Pods that have finished get no connections. See what was to run:", "",
    ),
    "not scheduled": (
        {"pods": {"phase": ["Pending"] * 2, "ips": [[], []], "node": [None, None]}},
        "no-pods", "pods", "web answers nobody: no pod of it runs", "Both pods wait for a node.",
        "The events of the pod tell why:", "",
    ),
    "scheduled without address": (
        {"pods": alone(phase=["Pending"], ips=[[]])},
        "pods-not-ready", "pods", "web answers nobody: no pod of it runs", "The one pod waits for an address.",
        "The events of the pod tell why:", "",
    ),
    "crashing": (
        {"pods": {"ready": [False] * 2, "status": ["CrashLoopBackOff"] * 2}},
        "pods-not-ready", "pods", "web answers nobody: none of its two pods is ready",
        "Both pods are in CrashLoopBackOff.", "A service sends only to ready pods. Ask one what it said before it ended:", "",
    ),
    "failing their probe": (
        {"pods": alone(ready=[False])},
        "pods-not-ready", "pods", "web answers nobody: its pod is not ready", "The one pod runs, but is not ready.",
        "A service sends only to ready pods. Ask one why it is not:", "",
    ),
    "each for another reason": (
        {"pods": {"ready": [False] * 2, "status": ["ImagePullBackOff", "CrashLoopBackOff"]}},
        "pods-not-ready", "pods", "web answers nobody: none of its two pods is ready",
        "Of its two pods, one is in ImagePullBackOff and one is in CrashLoopBackOff.",
        "A service sends only to ready pods. Ask one what it said before it ended:", "",
    ),
    "not ready, and a list of those that are": (
        {"pods": {"ready": [False] * 2}, "stated": NONE},
        "pods-not-ready", "pods", "web answers nobody: none of its two pods is ready", "Both pods run, but are not ready.",
        "A service sends only to ready pods. Ask one why it is not:", "",
    ),
    "pods and endpoints of two moments": (
        {"stated": NONE},
        "slice-drift", "pods", "web answers nobody: it has no endpoints", "Two pods match, and no endpoint was there.",
        "If pods and endpoints were printed at different moments, print both again:", "",
    ),
    "no port of that name, one without": (
        {"ports": NAMED, "containers": containers(("web-0", "", 8080, "TCP"), ("web-1", "", 8080, "TCP"))},
        "named-port-missing", "target-port", "web answers nobody: no pod has a port named http",
        "No container port is named http.", "Both pods declare 8080 without a name. Send to that:",
        """kubectl patch service web --type json -p '[{"op": "replace", "path": "/spec/ports/0/targetPort", "value": 8080}]'""",
    ),
    "no port of that name, another": (
        {"ports": NAMED, "pods": alone(), "containers": containers(("web-0", "web", 8080, "TCP"))},
        "named-port-missing", "target-port", "web answers nobody: no pod has a port named http",
        "No container port is named http.", "The one pod calls its port web. Send to that:",
        """kubectl patch service web --type json -p '[{"op": "replace", "path": "/spec/ports/0/targetPort", "value": "web"}]'""",
    ),
    "no port of that name, several": (
        {"ports": NAMED, "containers": containers(("web-0", "", 8080, "TCP"), ("web-1", "admin", 9090, "TCP"))},
        "named-port-missing", "target-port", "web answers nobody: no pod has a port named http",
        "No container port is named http.",
        "Both pods declare 8080 and 9090 (admin). Let the target port be one of these; see what is behind each:", "",
    ),
    "no port at all": (
        {"ports": NAMED},
        "named-port-missing", "target-port", "web answers nobody: no pod has a port named http",
        "No container port is named http.",
        "Both pods declare no port. Let the target port be the number that the application listens on; see what it is told:", "",
    ),
    "another protocol": (
        {"ports": NAMED, "containers": containers(("web-0", "http", 8080, "UDP"), ("web-1", "http", 8080, "UDP"))},
        "protocol-mismatch", "target-port", "web answers nobody: it sends TCP to a port for UDP",
        "Port http is UDP in the pods, TCP in the service.", "Packets of one protocol never reach the other. If UDP is meant:",
        """kubectl patch service web --type json -p '[{"op": "replace", "path": "/spec/ports/0/protocol", "value": "UDP"}]'""",
    ),
    "nodes down": (
        {"nodes": {"ready": [False, False]}},
        "node-not-ready", "node", "web answers nobody: its pods are on nodes that are not ready", "a and b are not ready.",
        "What such a node says of its pods is old. See what is wrong with it:", "",
    ),
    "local": (
        {"services": {"external_traffic_policy": ["Local"]}, "pods": alone()},
        "local-policy-no-local-pod", "node", "web answers on 1 of 2 nodes: the other has no pod of it that is ready",
        "On b there is no ready pod.",
        "With externalTrafficPolicy: Local a node sends only to its own pods. Run a pod on every node, or send to all:",
        """kubectl patch service web -p '{"spec": {"externalTrafficPolicy": "Cluster"}}'""",
    ),
    "of type ClusterIP": (
        {"services": {"type": ["ClusterIP"]}, "ports": {"node_port": [None]}},
        "not-exposed", "node", "web opens no port on the nodes: it is of type ClusterIP",
        "A ClusterIP service has no node port.", "It is reached from inside the cluster only. Make it a NodePort service:",
        """kubectl patch service web -p '{"spec": {"type": "NodePort"}}'""",
    ),
    "headless": (
        {"services": {"type": ["ClusterIP"], "cluster_ips": [["None"]]}, "ports": {"node_port": [None]}},
        "not-exposed", "node", "web opens no port on the nodes: it is headless",
        "A headless service has neither cluster IP nor node port.",
        "Its name gives the addresses of the pods themselves. Expose them by a second service:",
        "kubectl expose service web --name=web-nodeport --type=NodePort",
    ),
    "a balancer that needs none": (
        {"services": {"type": ["LoadBalancer"]}, "ports": {"node_port": [None]}},
        "not-exposed", "node", "web opens no port on the nodes: it was told to allocate none",
        "allocateLoadBalancerNodePorts is false.",
        "The load balancer reaches the pods by itself. To have node ports as well:",
        """kubectl patch service web -p '{"spec": {"allocateLoadBalancerNodePorts": true}}'""",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "cause", "link", "title", "reason", "explanation", "fix"), BROKEN.values(), ids=BROKEN
)
def test_broken(changes, cause, link, title, reason, explanation, fix):
    found = standing(small(**changes), "web")
    assert (found.whole, found.cause, found.broken_link) == (False, cause, link)
    assert (found.title, found.reason, found.explanation, found.fix) == (title, reason, explanation, fix)
    # A colon announces a command, and every sentence ends.
    assert bool(found.fix or found.verify) == found.explanation.endswith(":")
    assert found.reason.endswith(".")
    assert not found.title.endswith(".")


UNKNOWN = {
    "labels": ({"pods": labelled(None, None)}, "The labels of the pods were not shown.", "kubectl get pods --show-labels"),
    "pods": ({"pods": None}, "The pods of namespace default were not shown.", "kubectl get pods -o wide --show-labels"),
    "selector": ({"services": {"selector": [None]}}, "Its selector was not shown.", "kubectl get service web -o yaml"),
    "hand-written endpoints": (
        {"services": {"selector": [{}]}}, "It has no selector.",
        "kubectl get endpointslices -l kubernetes.io/service-name=web",
    ),
    "readiness": (
        {"pods": {"ready": [None, None]}}, "Whether its pods are ready was not shown.", "kubectl get pods -o wide",
    ),
    "ports": ({"ports": None}, "Its ports were not shown.", "kubectl get service web -o yaml"),
    "type and ports": (
        {"ports": None, "services": {"type": [None]}}, "Its type and ports were not shown.",
        "kubectl get service web -o yaml",
    ),
    "where its pods are": (
        {"services": {"external_traffic_policy": ["Local"]}, "pods": {"node": ["a", None]}},
        "On which nodes its pods are was not shown.", "kubectl get pods -o wide",
    ),
    "what nodes there are": (
        {"services": {"external_traffic_policy": ["Local"]}, "nodes": None}, "The nodes were not shown.",
        "kubectl get nodes -o wide",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "reason", "verify"), UNKNOWN.values(), ids=UNKNOWN)
def test_unknown(changes, reason, verify):
    found = standing(small(**changes), "web")
    assert (found.whole, found.cause, found.broken_link) == (None, "", None)
    assert (found.reason, found.verify, found.fix) == (reason, verify, "")
    assert found.title.endswith("cannot be told yet")
    assert found.explanation.endswith("Paste what this prints:")


@pytest.mark.parametrize("case", ["labels", "pods", "selector"])
def test_without_endpoints_it_answers_nobody_though_the_reason_is_unknown(case):
    changes, reason, verify = UNKNOWN[case]
    found = standing(small(**changes, stated=NONE), "web")
    assert (found.whole, found.cause, found.broken_link) == (False, "", "pods")
    assert found.title == "web answers nobody: it has no endpoints"
    assert (found.reason, found.verify) == (reason, verify)


def test_an_external_name_is_told_as_what_it_is(fixtures):
    real = read(fixtures / "real-cluster" / "objects.json")
    found = standing(real, "outside")
    assert found.title == "outside opens no port on the nodes: it is another name for shop.example.test"
    assert (found.cause, found.broken_link, found.fix) == ("not-exposed", "service", "")


# Who speaks


def test_a_port_that_is_broken_speaks_for_the_service():
    ports = {
        "namespace": ["default"] * 2, "service": ["web"] * 2, "port_name": ["http", "admin"], "protocol": ["TCP"] * 2,
        "port": [80, 81], "target_port": ["8080", "admin"], "node_port": [30080, 30081],
    }  # fmt: skip
    cluster = small(ports=ports, containers=containers(("web-0", "", 8080, "TCP"), ("web-1", "", 8080, "TCP")))
    found = standing(cluster, "web")
    assert found.title == "port admin of web answers nobody: no pod has a port named admin"
    assert "/spec/ports/1/targetPort" in found.fix
    assert standing(cluster, "web", "admin").fix == found.fix
    assert standing(cluster, "web", 30080).title == "web reaches 2 of 2 pods on 2 nodes"


def test_what_holds_for_all_ports_is_said_of_the_service():
    ports = {
        "namespace": ["default"] * 2, "service": ["web"] * 2, "port_name": ["http", "admin"], "protocol": ["TCP"] * 2,
        "port": [80, 81], "target_port": ["8080", "9090"], "node_port": [30080, 30081],
    }  # fmt: skip
    assert standing(small(ports=ports), "web").title == "web reaches 2 of 2 pods on 2 nodes"
    assert standing(small(ports=ports, pods=labelled(WEB, WEB)), "web").title == (
        "web answers nobody: its selector matches no pod"
    )


def test_what_is_not_there_is_told():
    with pytest.raises(NotFound):
        standing(small(), "api")
    with pytest.raises(NotFound):
        standing(small(), "web", 8080)


# What stands in a transcript


def test_a_try_is_told_in_short_and_without_secrets():
    text = """
$ kubectl get svc,pods -o wide
NAME          TYPE       CLUSTER-IP    EXTERNAL-IP   PORT(S)        AGE   SELECTOR
service/web   NodePort   10.96.10.1    <none>        80:30080/TCP   5s    app=web

NAME        READY   STATUS    RESTARTS   AGE   IP            NODE     NOMINATED NODE   READINESS GATES
pod/web-0   1/1     Running   0          6s    10.244.2.20   node-2   <none>           <none>
$ curl -m 3 -H 'Authorization: Bearer abc' http://me:secret@192.168.1.2:30080/
curl: (28) Connection timed out after 3001 milliseconds
$ curl http://192.168.1.2:30099
curl: (7) Failed to connect to 192.168.1.2 port 30099 after 0 ms: Connection refused
"""
    found = standing(read(text), "web")
    assert found.symptom == "curl http://192.168.1.2:30080/ → no answer"
    assert found.changed_since == ""
    assert found.whole is None


TWO_SERVICES = """
$ kubectl get svc,pods,deployments -n shop -o wide --show-labels
NAME          TYPE       CLUSTER-IP    EXTERNAL-IP   PORT(S)        AGE   SELECTOR   LABELS
service/web   NodePort   10.96.10.1    <none>        80:30080/TCP   5s    app=web    <none>
service/api   NodePort   10.96.10.2    <none>        80:30081/TCP   5s    app=api    <none>

NAME        READY   STATUS    RESTARTS   AGE   IP            NODE     NOMINATED NODE   READINESS GATES   LABELS
pod/web-0   1/1     Running   0          6s    10.244.2.20   node-2   <none>           <none>            app=web
pod/api-0   1/1     Running   0          6s    10.244.2.21   node-2   <none>           <none>            app=api
"""
API = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "api", "namespace": "shop"},
    "spec": {
        "selector": {"matchLabels": {"app": "api"}},
        "template": {"metadata": {"labels": {"app": "api"}}, "spec": {"containers": []}},
    },
}


@pytest.mark.parametrize(
    ("command", "web", "api"),
    [
        ("kubectl edit service api -n shop", False, True),
        ("kubectl delete svc/api svc/other -n shop", False, True),
        ("kubectl -n shop patch svc api -p '{}'", False, True),
        ("kubectl label pods api-0 app=web --overwrite -n shop", True, True),
        ("kubectl scale deployment/api --replicas=3 -n shop", False, True),
        ("kubectl rollout restart deployment web -n shop", True, True),  # nothing is known of that deployment
        ("kubectl scale deployment/api --replicas=3", False, False),  # of namespace default
        ("kubectl apply -f web.yaml", True, True),
        ("kubectl create service nodeport new --tcp=80 -n shop", False, False),
        ("kubectl expose deployment api --name=api --port=80 -n shop", False, True),
        ("kubectl expose deployment web --name new --port=80 -n shop", False, False),
        ("kubectl delete namespace shop", True, True),
        ("kubectl delete namespace other", False, False),
        ("kubectl drain node-2", True, True),
        ("kubectl delete pods,services --all -n shop", True, True),
    ],
)
def test_a_command_that_cannot_touch_a_service_has_not_changed_it(command, web, api):
    cluster = read(TWO_SERVICES + f"$ {command}\n", API)
    assert (standing(cluster, "web").changed_since, standing(cluster, "api").changed_since) == (
        command if web else "",
        command if api else "",
    )


def test_a_list_of_many_nodes_has_separators_in_its_numbers():
    nodes = {"name": [f"node-{i}" for i in range(5000)], "ready": [True] * 5000}
    pods = {
        "namespace": ["shop"] * 4997,
        "name": [f"web-{i}" for i in range(4997)],
        "ips": [[f"10.{i >> 8}.{i & 255}.1"] for i in range(4997)],
        "node": nodes["name"][:4997],
        "ready": [True] * 4997,
        "terminating": [False] * 4997,
        "phase": ["Running"] * 4997,
        "labels": [{"app": "web"}] * 4997,
    }
    services = {
        "namespace": ["shop"], "name": ["web"], "type": ["NodePort"], "selector": [{"app": "web"}],
        "external_traffic_policy": ["Local"], "cluster_ips": [["10.96.0.1"]],
    }  # fmt: skip
    ports = {
        "namespace": ["shop"], "service": ["web"], "port_name": [""], "port": [80], "target_port": ["80"],
        "node_port": [30080], "protocol": ["TCP"],
    }  # fmt: skip
    found = standing(Cluster(nodes=nodes, pods=pods, services=services, ports=ports), "web")
    assert found.title.startswith("web answers on 4,997 of 5,000 nodes")


@pytest.mark.parametrize(
    ("endpoints", "titles"),
    [
        # Each pod stands there once for each of two ports: 7 more are not 7 more pods.
        (
            "10.1.0.1:8080,10.1.0.2:8080,10.1.0.3:8080 + 7 more...",
            ["web reaches at least 3 pods", "web reaches at least 3 pods", "web reaches pods, how many was not shown"],
        ),
        (
            "10.1.0.1:8080,10.1.0.2:8080,10.1.0.1:9090 + 1 more...",
            ["web reaches at least 2 pods", "web reaches at least 2 pods", "web reaches at least 1 pod"],
        ),
    ],
)
def test_what_a_list_of_endpoints_counts_twice_is_not_counted_as_pods(endpoints, titles):
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {
            "type": "NodePort",
            "selector": {"app": "web"},
            "clusterIPs": ["10.96.0.1"],
            "ipFamilies": ["IPv4"],
            "ports": [
                {"name": "a", "port": 80, "targetPort": 8080, "nodePort": 30080},
                {"name": "b", "port": 81, "targetPort": 9090, "nodePort": 30081},
            ],
        },
    }
    table = f"$ kubectl get endpoints -n shop\nNAME   ENDPOINTS   AGE\nweb    {endpoints}   49s\n"
    cluster = read(service, table)
    assert [standing(cluster, "web", port).title for port in (None, 80, 81)] == titles


def test_a_listing_that_found_nothing_is_known_to_be_empty():
    text = """
$ kubectl get svc -n shop -o wide
NAME   TYPE       CLUSTER-IP    EXTERNAL-IP   PORT(S)        AGE   SELECTOR
web    NodePort   10.96.10.1    <none>        80:30080/TCP   5s    app=web
$ kubectl get pods -n shop
No resources found in shop namespace.
"""
    found = standing(read(text), "web")
    assert (found.cause, found.reason) == ("no-pods", "There are no pods in namespace shop.")
    assert found.verify == "kubectl get deployments,replicasets -n shop"


# Commands


@pytest.mark.parametrize("case", [case for case, row in BROKEN.items() if row[-1]])
def test_a_fix_is_one_command_whose_patches_are_json(case):
    words = shlex.split(BROKEN[case][-1])
    assert words[0] == "kubectl"
    for flag, value in pairwise(words):
        if flag == "-p":
            json.loads(value)


def test_names_cannot_leave_their_quotes():
    labels = {"app": "web", "tier": "$(touch x); `id` 'y'"}
    cluster = small(services={"selector": [{**WEB, "tier": "front"}]}, pods=labelled(labels, labels))
    fix = standing(cluster, "web").fix
    said = subprocess.run(["sh", "-c", f"printf '%s\\n' {fix}"], capture_output=True, text=True, check=True).stdout
    assert json.loads(said.splitlines()[-1]) == {"spec": {"selector": {"tier": labels["tier"]}}}


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("front-end", "frontend", True), ("Web", "web", True), ("myapp", "my-app", True), ("fornt-end", "front-end", True),
        ("v1", "v2", False), ("release-1.2.3", "release-1.2.4", False), ("web", "db", False), ("blue", "green", False),
    ],
)  # fmt: skip
def test_spelling(one, other, alike):
    assert spelled_alike(one, other) is alike
