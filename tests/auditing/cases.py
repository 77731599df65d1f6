"""For each check, clusters in which it finds something, and clusters that come near and are right as they are."""

from dataclasses import dataclass, field
from typing import Any

from nodeportkit import Cluster, ProxyConfig

from .things import (
    NODES,
    PODS,
    cluster,
    deployment,
    end,
    event,
    ingress,
    node,
    pod,
    policy,
    port,
    proxy_pod,
    service,
    slice_,
)


@dataclass
class Case:
    """A cluster, how the audit is asked, and words that stand in what the check says of it; None where it says nothing."""

    about: str
    cluster: Cluster
    says: str | None = None
    settings: dict[str, Any] = field(default_factory=dict)


def case(about: str, *things: Any, says: str | None = None, collected=(), settings=None, **changes: Any) -> Case:
    return Case(about, cluster(*things, collected=collected, **changes), says, settings or {})


WEB = [*NODES, *PODS, service()]
LB = {"type": "LoadBalancer", "ingress": [{"ip": "198.51.100.6"}]}
LOCAL = {"externalTrafficPolicy": "Local"}
NUMERIC = {"ports": [port(target=8081)]}
CIDR = {"ipBlock": {"cidr": "192.168.1.0/24"}}

CASES: dict[str, list[Case]] = {
    "selector-matches-nothing": [
        case("another value", *NODES, *PODS, service(selector={"app": "web", "tier": "front"}), says="without tier=front it would match 3"),
        case("scaled to zero", *NODES, service(), deployment(replicas=0), pod("x", labels={"app": "x"}), says="Deployment web"),
        case("all pods match", *WEB),
        case("pods of another namespace alone were listed", *NODES, service(selector={"app": "x"}, namespace="other"), *PODS),
        case("an ExternalName's selector does not count", service(type="ExternalName", externalName="a.example", selector={"app": "x"}), *PODS),
        case("labels were not shown", service(selector={"app": "x"}), collected=["pods"], pods={"namespace": ["shop"], "name": ["p"]}),
    ],
    "selector-missing": [
        case("no slices", *NODES, service(selector={}), slice_(of="other"), says="nobody wrote an EndpointSlice"),
        case("a slice without endpoints", service(selector={}), slice_(), says="no EndpointSlice written for it lists"),
        case("a slice written by hand (kube-linter#746)", service(selector={}), slice_(end(ip="10.9.0.1"))),
        case("slices were not listed", *NODES, service(selector={})),
        case("an ExternalName needs none", service(selector={}, type="ExternalName", externalName="a.example"), slice_(of="other")),
    ],
    "endpoints-empty": [
        case("the slice is empty though pods match", *WEB, slice_(), says="Three pods match, but its EndpointSlices list no endpoint"),
        case("no pod has an address", *NODES, pod(ip=[""], ready=False, phase="Pending"), service(), says="none has an address"),
        case("the workload has no pods", *NODES, service(), deployment(replicas=0), pod("x", labels={"a": "x"}), says="(replicas: 0)"),
        case("slices alone, and they are empty", service(), slice_(), says="list no endpoint"),
        case("endpoints are there", *WEB),
        case("the selector is what is wrong", *NODES, *PODS, service(selector={"app": "x"})),
        case("an ExternalName has none", *PODS, service(type="ExternalName", externalName="a.example", ports=[])),
    ],
    "endpoints-not-ready": [
        case("one of three", *NODES, *PODS[:2], pod("web-3", 3, ready=False), service(), says="1 of its 3 pods is not ready: web-3"),
        case("none", *NODES, pod(ready=False), service(), says="Its one pod is not ready"),
        case("all are being deleted", *NODES, pod(leaving=True), service(), says="being deleted"),
        case("slices alone", service(), slice_(end(ip="10.1.0.1"), end(ip="10.1.0.2", ready=False)), says="1 of its 2 pods is not ready"),
        case("one is being deleted, the others are ready", *NODES, *PODS, pod("web-9", leaving=True, ready=False), service()),
        case("a finished pod of a job", *NODES, *PODS, pod("job", phase="Succeeded", ready=False), service()),
        case("not-ready addresses are published", *NODES, pod(ready=False), service(publishNotReadyAddresses=True)),
        case("a rollout: one more than asked for", *NODES, *PODS, pod("web-9", ready=False, owner=("ReplicaSet", "web-5d4f")),
             service(), deployment(), replicaset := {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "web-5d4f", "namespace": "shop",
             "ownerReferences": [{"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "uid": "1", "controller": True}]},
             "spec": {"replicas": 4, "selector": {"matchLabels": {"app": "web"}}, "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": []}}}}),
    ],
    "single-endpoint": [
        case("one pod behind a node port", *NODES, PODS[0], service(), says="One ready endpoint"),
        case("two addresses of one pod", *NODES, pod(ip=["10.1.0.1", "fd00::1"]),
             service(clusterIPs=["10.96.0.7", "fd01::7"], ipFamilies=["IPv4", "IPv6"]), says="One ready endpoint"),
        case("without a node port (popeye#296)", *NODES, PODS[0], service(type="ClusterIP", ports=[port(node_port=None)])),
        case("two in two slices", *NODES, *PODS[:2], service(), slice_(end(PODS[0])), slice_(end(PODS[1]), name="web-2")),
    ],
    "target-port-undeclared": [
        case("another number", *NODES, *PODS, service(**NUMERIC), says="declares port 8081"),
        case("the second pod declares it", *NODES, PODS[0], pod("web-2", 2, ports=((8081, "", "TCP"),)), service(**NUMERIC)),
        case("a native sidecar declares it", *NODES, pod(sidecars=((8081, "mesh", "TCP"),)), service(**NUMERIC)),
        case(
            "one of two pods declares none, and may listen there",
            *NODES,
            PODS[0],
            pod("web-2", 2, ports=()),
            service(**NUMERIC),
        ),
        case("no pod declares any port", *NODES, pod(ports=()), service(**NUMERIC)),
        case("a probe asks there", *NODES, pod(container={"readinessProbe": {"httpGet": {"port": 8081, "path": "/"}}}), service(**NUMERIC)),
        case("declared ports were not shown", service(**NUMERIC), pods={"namespace": ["shop"], "name": ["a"], "labels": [{"app": "web"}]}),
        case("headless", *NODES, *PODS, service(type="ClusterIP", clusterIP="None", clusterIPs=["None"], **NUMERIC)),
    ],
    "target-port-name-missing": [
        case("in all", *NODES, *PODS, service(ports=[port(target="web")]), says="No container port of its 3 pods is named web"),
        case("in one of two", *NODES, PODS[0], pod("web-2", 2, ports=((8080, "", "TCP"),)), service(), says="1 of its 2 pods has no container port named http"),
        case("every pod has it", *WEB),
        case("on different numbers", *NODES, PODS[0], pod("web-2", 2, ports=((9090, "http", "TCP"),)), service()),
        case("a native sidecar has it", *NODES, pod(ports=(), sidecars=((15001, "http", "TCP"),)), service()),
        case("a number needs no name", *NODES, *PODS, service(ports=[port(target=8080)])),
    ],
    "target-port-numeric": [
        case("all pods name it", *NODES, *PODS, service(ports=[port(target=8080)]), says="call port 8080 http"),
        case("one pod has no name for it", *NODES, PODS[0], pod("web-2", 2, ports=((8080, "", "TCP"),)), service(ports=[port(target=8080)])),
        case("a name already", *WEB),
    ],
    "protocol-mismatch": [
        case("by name", *NODES, *PODS, service(ports=[port(protocol="UDP")]), says="sends UDP to port http"),
        case("by number", *NODES, *PODS, service(ports=[port(target=8080, protocol="UDP")]), says="sends UDP to port 8080"),
        case("declared for both", *NODES, pod(ports=((53, "dns", "UDP"), (53, "dns-tcp", "TCP"))), service(ports=[port(53, 53, protocol="UDP")])),
        case("the same", *WEB),
        case("a TCP probe asks a port declared as UDP", *NODES,
             pod(ports=((8080, "http", "UDP"),), container={"readinessProbe": {"tcpSocket": {"port": 8080}}}), service(ports=[port(target=8080)])),
    ],
    "port-name-invalid": [
        case("a name with an underscore", service(ports=[port(name="my_port")], manifest=True), says="'my_port'"),
        case("a number too high", service(ports=[port(70000)], manifest=True), says="70000 must be between 1 and 65535"),
        case("a target port of 16 letters", service(ports=[port(target="a" * 16)], manifest=True), says="no more than 15"),
        case("several without names", service(ports=[port(), port(81, node_port=30081)], manifest=True), says="name each"),
        case("two of one name", service(ports=[port(name="a"), port(81, node_port=30081, name="a")], manifest=True), says="Two ports"),
        case("right names", service(ports=[port(name="http"), port(81, 8081, 30081, name="a-1")])),
        case("one without a name", *WEB),
    ],
    "type-node-port": [
        case("on all nodes", *WEB, says="30080/TCP is open on three nodes, at 192.168.1.1, 192.168.1.2 and 192.168.1.3"),
        case("beside external addresses", node(1, external=["203.0.113.9"]), service(), says="to all who reach 203.0.113.9"),
        case("within ranges alone", *WEB, proxy=ProxyConfig(nodeport_addresses=("192.168.1.2/32",)), says="at 192.168.1.2."),
        case("a cluster IP", *NODES, service(type="ClusterIP", ports=[port(node_port=None)])),
        case("a load balancer has checks of its own", *NODES, service(**LB)),
    ],
    "type-load-balancer": [
        case("for everybody", service(**LB, loadBalancerSourceRanges=[]), says="to everybody who reaches it at 198.51.100.6"),
        case("for some", service(**LB, loadBalancerSourceRanges=["10.0.0.0/8"]), says="to 10.0.0.0/8 at 198.51.100.6"),
        case("no address yet", service(type="LoadBalancer"), says="it has no address yet"),
        case("a node port", *WEB),
        case("a cluster IP", service(type="ClusterIP", ports=[port(node_port=None)])),
    ],
    "hidden-node-port": [
        case("behind a load balancer", service(**LB), says="Beside its load balancer, node port 30080/TCP is open"),
        case("left over", service(**LB, allocateLoadBalancerNodePorts=False), says="left over"),
        case("none allocated", service(**LB, allocateLoadBalancerNodePorts=False, ports=[port(node_port=None)])),
        case("asked for", *WEB),
    ],
    "node-port-clash": [
        case("two manifests", service(manifest=True), service("api", manifest=True), says="30080/TCP is claimed by service shop/web too"),
        case("within one service", service(ports=[port(name="a"), port(81, name="b")], manifest=True), says="another of its own ports"),
        case("two protocols", service(ports=[port(53, 53, name="a"), port(53, 53, name="b", protocol="UDP")])),
        case("two numbers", service(), service("api", ports=[port(node_port=30081)])),
    ],
    "node-port-out-of-range": [
        case("in a manifest", service(ports=[port(node_port=8080)], manifest=True), says="8080 is outside the range"),
        case("of a service made before", service(ports=[port(node_port=31000)]), settings={"node_port_range": "30000-30999"}, says="when the range was another one"),
        case("accepted, and nobody told the range: a hint", service(ports=[port(node_port=20000)]), says="the default range"),
        case("inside", *WEB),
        case("inside a range that was told", service(ports=[port(node_port=8080)]), settings={"node_port_range": "8000-8999"}),
        case("inside a range that the proxy has", service(ports=[port(node_port=8080)]), proxy=ProxyConfig(node_port_range="8000-8999")),
    ],
    "node-port-dynamic-band": [
        case("a manifest with a high number", service(ports=[port(node_port=31000)], manifest=True), says="30000-30085 are for fixed numbers"),
        case("a manifest in the static band", service(ports=[port(node_port=30085)], manifest=True)),
        case("a service that runs: who chose it is not known", service(ports=[port(node_port=31000)])),
        case("a range too small for bands", service(ports=[port(node_port=30010)], manifest=True), settings={"node_port_range": "30000-30015"}),
    ],
    "node-port-range-usage": [
        case("a little", *WEB, says="1 of 2,768 for TCP (0.1 %)"),
        case("health checks count", service(**LB, **LOCAL, healthCheckNodePort=31999), says="2 of 2,768 for TCP"),
        case("all of it", service(), settings={"node_port_range": "30080-30080"}, says="1 of 1 for TCP (100 %)"),
        case("no node ports", service(type="ClusterIP", ports=[port(node_port=None)])),
        case("no services", *NODES, collected=["services"]),
    ],
    "node-port-ephemeral-overlap": [
        case("a host port that is a node port", *WEB, pod("p", spec={"containers": [{"name": "a", "ports": [{"containerPort": 80, "hostPort": 30080}]}]}),
             says="30080/TCP is a hostPort of shop/ReplicaSet/web-5d4f, and it is the node port of service shop/web too"),
        case("a host port in the range", *WEB, pod("p", spec={"containers": [{"name": "a", "ports": [{"containerPort": 80, "hostPort": 31000}]}]}), says="of the range"),
        case("on the host's network", *WEB, pod("p", ports=((30080, "", "TCP"),), spec={"hostNetwork": True}), says="port on its host's network"),
        case("ephemeral ports that were told", *WEB, settings={"ephemeral_ports": "30000 60999"}, says="the nodes' ephemeral ports"),
        case("Linux' default: a hint", *WEB, settings={"node_port_range": "30000-40000"}, says="32768-40000 are Linux' default"),
        case("a host port below the range", *WEB, pod("p", spec={"containers": [{"name": "a", "ports": [{"containerPort": 80, "hostPort": 8080}]}]})),
        case("another protocol, outside", *WEB, pod("p", ports=((9100, "", "UDP"),), spec={"hostNetwork": True})),
        case("a container port is none of the host's", *WEB, pod("p", ports=((30080, "", "TCP"),))),
        case("a pod that has finished", *WEB, pod("p", phase="Succeeded", ports=((30080, "", "TCP"),), spec={"hostNetwork": True})),
    ],
    "local-dead-nodes": [
        case("a node without a pod", *NODES, *PODS[:2], service(**LOCAL), says="on 1 of 3 nodes, which have no ready pod (node-3): 33 % of connections"),
        case("a load balancer without an address", *NODES, PODS[0], service(type="LoadBalancer", **LOCAL, healthCheckNodePort=31999), says="2 of 3"),
        case("a ready pod on every node", *NODES, *PODS, service(**LOCAL)),
        case("policy Cluster", *NODES, *PODS[:2], service()),
        case("behind a load balancer that asks", *NODES, *PODS[:2], service(**LB, **LOCAL, healthCheckNodePort=31999)),
        case("the node without a pod is down anyway", *NODES[:2], node(3, ready=False), *PODS[:2], service(**LOCAL)),
        case("nodes were not listed", *PODS[:2], service(**LOCAL)),
    ],
    "load-balancer-cluster-policy": [
        case("three nodes", *NODES, *PODS, service(**LB), says="67 % of connections take an extra hop"),
        case("nodes not listed", service(**LB), says="in place of the client's."),
        case("policy Local", *NODES, *PODS, service(**LB, **LOCAL, healthCheckNodePort=31999)),
        case("a node port", *WEB),
    ],
    "placement-imbalance": [
        case("two and one under Local", *NODES[:2], PODS[0], pod("web-9", 1), PODS[1], service(**LOCAL), says="One of its 3 pods gets 50 %"),
        case("all on one node", *NODES, PODS[0], pod("web-9", 1), service(), says="All 2 of its pods are on node node-1"),
        case("one a node", *NODES, *PODS, service(**LOCAL)),
        case("two and one under Cluster: all get the same", *NODES[:2], PODS[0], pod("web-9", 1), PODS[1], service()),
        case("there is one node", NODES[0], PODS[0], pod("web-9", 1), service()),
    ],
    "cross-node-share": [
        case("three nodes", *WEB, says="67 % of connections"),
        case("policy Local", *NODES, *PODS, service(**LOCAL)),
        case("one node", NODES[0], PODS[0], service()),
        case("hints keep them on their node", *NODES, *PODS, service(), slice_(*(
            end(one, hints={"forNodes": [{"name": one["spec"]["nodeName"]}]}) for one in PODS))),
    ],
    "mixed-owners": [
        case("two applications", *NODES, pod("a", labels={"team": "x", "app": "a"}, owner=("ReplicaSet", "a")),
             pod("b", labels={"team": "x", "app": "b"}, owner=("ReplicaSet", "b")), service(selector={"team": "x"}), says="Deployment b: app is a and b"),
        case("a label copied to another image", *NODES, *PODS, pod("b", owner=("StatefulSet", "db"), image="example.com/db:1"), service(), says="StatefulSet db"),
        case("a canary shares the app label", *NODES, *PODS, pod("c", labels={"app": "web", "track": "canary"}, owner=("ReplicaSet", "canary-1"), image="example.com/web:2"), service()),
        case("two ReplicaSets of one Deployment", *NODES,
             *(pod(f"w-{h}", labels={"team": "x", "pod-template-hash": h}, owner=("ReplicaSet", f"w-{h}")) for h in ("aa", "bb")), service(selector={"team": "x"})),
        case("pods of a job", *NODES, *PODS, pod("j", labels={"app": "web", "component": "job"}, owner=("Job", "j"), image="example.com/job:1"), service()),
    ],
    "slice-drift": [
        case("an address of no pod", *WEB, slice_(*map(end, PODS), end(ip="10.9.9.9")), says="10.9.9.9:8080 is of no pod"),
        case("a pod is missing", *WEB, slice_(*map(end, PODS[:2])), says="is missing"),
        case("not as ready", *WEB, slice_(*map(end, PODS[:2]), end(PODS[2], ready=False)), says="not as ready as its pod"),
        case("another number", *WEB, slice_(*map(end, PODS), ports=((9999, "", "TCP"),)), says=":9999 and"),
        case("a port name that the service has not", service(selector={}), slice_(end(ip="10.9.0.1"), ports=((80, "web", "TCP"),)), says="named 'web'"),
        case("as it should be", *WEB, slice_(*map(end, PODS))),
        case("in two slices", *WEB, slice_(end(PODS[0])), slice_(*map(end, PODS[1:]), name="web-2")),
        case("written by hand for no selector", service(selector={}), slice_(end(ip="10.9.0.1"))),
        case("pods were not listed", service(), slice_(end(ip="10.9.0.1"))),
    ],
    "ip-family-mismatch": [
        case("IPv6 alone", *NODES, *PODS, service(clusterIPs=["fd01::7"], ipFamilies=["IPv6"]), says="it has no endpoints"),
        case("one of two", *NODES, *PODS, service(clusterIPs=["10.96.0.7", "fd01::7"], ipFamilies=["IPv4", "IPv6"]), says="nobody answers on IPv6"),
        case("both families", *NODES, pod(ip=["10.1.0.1", "fd00::1"]), service(clusterIPs=["10.96.0.7", "fd01::7"], ipFamilies=["IPv4", "IPv6"])),
        case("a table shows the first address alone", service(clusterIPs=["fd01::7"], ipFamilies=["IPv6"]),
             pods={"namespace": ["shop"], "name": ["a"], "labels": [{"app": "web"}], "ips": [["10.1.0.1"]], "ready": [True], "terminating": [False]}),
    ],
    "policy-blocks-nodes": [
        case("pods alone are admitted", *WEB, policy(ingress=[{"from": [{"podSelector": {}}]}]), says="NetworkPolicy web admits nobody with the address of a node"),
        case("nobody is admitted", *WEB, policy(), says="are dropped"),
        case("another port", *WEB, policy(ingress=[{"from": [CIDR], "ports": [{"port": 9090}]}]), says="8080/TCP"),
        case("the nodes' range is admitted", *WEB, policy(ingress=[{"from": [{"podSelector": {}}, CIDR], "ports": [{"port": "http"}]}])),
        case("everybody is admitted", *WEB, policy(ingress=[{"ports": [{"port": 8080}]}])),
        case("for egress", *WEB, policy(types=("Egress",))),
        case("of other pods", *WEB, policy(selector={"matchLabels": {"app": "db"}})),
        case("one node: its own pods are always admitted", NODES[0], PODS[0], service(), policy()),
        case("policy Local: pods see the client", *NODES, *PODS, service(**LOCAL), policy()),
        case("pods on the host's network are beyond policies", *NODES, pod(spec={"hostNetwork": True}), service(), policy()),
    ],
    "pods-without-policy": [
        case("none at all", *WEB, collected=["policies"], says="None of its pods is under a NetworkPolicy"),
        case("of other pods", *WEB, policy(selector={"matchLabels": {"app": "db"}}), says="None of its pods"),
        case("for egress alone", *WEB, policy(types=("Egress",)), says="None of its pods"),
        case("a policy for all", *WEB, policy(selector={}, ingress=[{}])),
        case("policies were not listed", *WEB),
        case("not exposed", *NODES, *PODS, service(type="ClusterIP", ports=[port(node_port=None)]), collected=["policies"]),
    ],
    "policy-selects-nothing": [
        case("a slip", *WEB, policy(selector={"matchLabels": {"app": "wbe"}}), says="app=wbe matches no pod"),
        case("an expression", *WEB, policy(selector={"matchExpressions": [{"key": "app", "operator": "In", "values": ["x", "y"]}]}), says="app in (x,y)"),
        case("it matches", *WEB, policy()),
        case("for all pods to come", *WEB, policy(selector={}, namespace="empty"), pod(namespace="b")),
        case("of a workload without pods", *WEB, policy(selector={"matchLabels": {"app": "db"}}), deployment("db", replicas=0, labels={"app": "db"})),
        case("pods of its namespace were not listed", *PODS, policy(selector={"matchLabels": {"app": "x"}}, namespace="other")),
    ],
    "affinity-behind-nat": [
        case("a proxying balancer", service(type="LoadBalancer", ingress=[{"ip": "198.51.100.6", "ipMode": "Proxy"}], sessionAffinity="ClientIP"), says="its load balancer"),
        case("a balancer known by name", service(type="LoadBalancer", ingress=[{"hostname": "lb.example.com"}], sessionAffinity="ClientIP"), says="lb.example.com"),
        case("behind an Ingress", service(sessionAffinity="ClientIP"), ingress(), says="Ingress front"),
        case("clients dial the node port: their own addresses decide", service(sessionAffinity="ClientIP")),
        case("a balancer that passes addresses on", service(**LB, sessionAffinity="ClientIP")),
        case("no affinity", service(), ingress()),
    ],
    "external-ips": [
        case("one", service(externalIPs=["198.51.100.77"]), says="198.51.100.77"),
        case("on a cluster IP service", service(type="ClusterIP", ports=[port(node_port=None)], externalIPs=["198.51.100.77"]), says="CVE-2020-8554"),
        case("none", *WEB),
        case("an empty list", service(externalIPs=[])),
    ],
    "host-port": [
        case("a DaemonSet", pod("p", owner=("DaemonSet", "proxy"), spec={"containers": [{"name": "a", "ports": [{"containerPort": 80, "hostPort": 80}]}]}), says="shop/DaemonSet/proxy takes 80/TCP"),
        case("a container port", *PODS),
        case("the host's network has its own check", pod("p", spec={"hostNetwork": True})),
    ],
    "host-network": [
        case("a gateway", pod("p", owner=("DaemonSet", "gateway"), spec={"hostNetwork": True}), says="shop/DaemonSet/gateway shares its nodes' network: 8080/TCP"),
        case("a static pod", pod("etcd", owner=("Node", "node-1"), spec={"hostNetwork": True})),
        case("kube-proxy", proxy_pod(1)),
        case("a network of its own", *PODS),
    ],
    "ingress-backend-missing": [
        case("no such service", *WEB, ingress("wbe"), says="service wbe, which is not there. Did you mean web?"),
        case("no such port", *WEB, ingress(number=8080), says="port 8080 of service web, which has no such port; it has 80"),
        case("no port of that name", *WEB, ingress(number="https"), says="port https"),
        case("by number", *WEB, ingress()),
        case("by name", *NODES, service(ports=[port(name="http")]), ingress(number="http")),
        case("services were not listed", ingress("gone")),
    ],
    "sensitive-ui": [
        case("by name", *NODES, service("kubernetes-dashboard"), says="kubernetes-dashboard"),
        case("by image", *NODES, pod(image="docker.io/grafana/grafana:11.2.0@sha256:abc"), service(), says="grafana"),
        case("by label", *NODES, service(labels={"app.kubernetes.io/name": "prometheus"}), says="prometheus"),
        case("a name that only begins like it", *NODES, service("prometheus-remote-write-adapter")),
        case("not exposed", *NODES, service("grafana", type="ClusterIP", ports=[port(node_port=None)])),
    ],
    "node-unreachable": [
        case("not ready", *NODES[:2], node(3, ready=False), *PODS, service(), says="its 1 pods get no connections"),
        case("loopback alone", node(1, internal=["127.0.0.1"]), service(), says="No node has an address"),
        case("no address at all", node(1, internal=[]), service(), says="No node has an address"),
        case("private addresses are reached from their network", *WEB),
        case("one of two has an address", node(1, internal=["127.0.0.1"]), NODES[1], service()),
        case("addresses were not shown", service(), nodes={"name": ["n"], "ready": [True]}),
    ],
    "kube-proxy-absent": [
        case("missing on one", *NODES, proxy_pod(1), proxy_pod(2), says="is not there"),
        case("not ready on one", *NODES, proxy_pod(1), proxy_pod(2), proxy_pod(3, ready=False), says="is not ready"),
        case("on every node", *NODES, *(proxy_pod(number) for number in (1, 2, 3))),
        case("none in a cluster that does without", *WEB),
        case("a node that is down", *NODES[:2], node(3, ready=False), proxy_pod(1), proxy_pod(2)),
        case("a virtual node", *NODES[:2], node(3, labels={"type": "virtual-kubelet"}), proxy_pod(1), proxy_pod(2)),
    ],
    "proxy-mode-address": [
        case("nftables", *WEB, proxy=ProxyConfig(mode="nftables"), says="primary address only"),
        case("iptables", *WEB, proxy=ProxyConfig(mode="iptables"), says="127.0.0.1 too (not ::1)"),
        case("iptables without localhost", *WEB, proxy=ProxyConfig(mode="iptables", localhost_nodeports=False), says="never on 127.0.0.1"),
        case("the mode was not told", *WEB),
        case("no node ports", *NODES, proxy=ProxyConfig(mode="nftables"), collected=["services"]),
    ],
    "health-check-port": [
        case("another's node port", service(), service("lb", **LB, **LOCAL, healthCheckNodePort=30080, ports=[port(node_port=30081)]), says="30080 is claimed by service shop/web too"),
        case("another's health check", *(service(name, **LB, **LOCAL, healthCheckNodePort=31999, ports=[port(node_port=n)]) for name, n in (("a", 30081), ("b", 30082))), says="31999 is claimed"),
        case("missing", service(**LB, **LOCAL), says="and there is none"),
        case("there", service(**LB, **LOCAL, healthCheckNodePort=31999)),
        case("a manifest may leave it out", service(type="LoadBalancer", **LOCAL, manifest=True)),
        case("policy Cluster needs none", service(**LB)),
        case("the same number for UDP", service(ports=[port(protocol="UDP")]), service("lb", **LB, **LOCAL, healthCheckNodePort=30080, ports=[port(node_port=30081)])),
    ],
    "warning-events": [
        case("of a pod", *WEB, event("Pod", "web-1"), says="BackOff: Back-off restarting failed container (7 times)"),
        case("of a node", *WEB, event("Node", "node-1", reason="NodeNotReady", namespace=""), says="NodeNotReady"),
        case("of the service", *WEB, event("Service", "web", reason="SyncLoadBalancerFailed"), says="SyncLoadBalancerFailed"),
        case("normal ones", *WEB, event("Pod", "web-1", type="Normal")),
        case("of a pod behind no service", *WEB, pod("x", labels={"app": "x"}), event("Pod", "x")),
    ],
    "rollout-without-drain": [
        case("no hook, no grace", *NODES, pod(spec={"terminationGracePeriodSeconds": 0}), service(), says="One pod behind the node port ends the moment"),
        case("a grace period", *WEB),
        case("a hook", *NODES, pod(container={"lifecycle": {"preStop": {"sleep": {"seconds": 5}}}}, spec={"terminationGracePeriodSeconds": 0}), service()),
        case("behind no node port", *NODES, pod(spec={"terminationGracePeriodSeconds": 0}), service(type="ClusterIP", ports=[port(node_port=None)])),
    ],
}  # fmt: skip
