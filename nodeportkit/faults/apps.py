"""Applications behind services that are as they should be, the ones that are taken for broken among them.

Each function adds one application of a name to a namespace. `APPS` holds them all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from nodeportkit.faults import kubelet
from nodeportkit.faults.building import (
    container,
    daemon_set,
    deployment,
    hand_written_slice,
    pod_of,
    probe,
    replicate,
    service,
    service_port,
    stateful_set,
    template,
)
from nodeportkit.faults.ground import Ground, place
from nodeportkit.faults.objects import Object, new, uid

__all__ = ["APPS", "App", "web"]

App = Callable[[Ground, str, str], None]
_PORTS: Final = (8080, 3000, 5000, 8000, 9000)


def web(ground: Ground, namespace: str, name: str) -> None:
    """A plain one: a Deployment behind a node port, its target port a number or a name."""
    rng, labels = ground.rng, {"app": name}
    if rng.random() < 0.5:
        labels["tier"] = rng.choice(("front-end", "back-end"))
    if rng.random() < 0.3:
        labels = {"app.kubernetes.io/instance": name, "app.kubernetes.io/name": name}
    number, named = rng.choice(_PORTS), rng.random() < 0.4
    ports = [("http", number)] if named or rng.random() < 0.6 else [("", number)]
    more: Object = {}
    if rng.random() < 0.6:
        more["readinessProbe"] = probe(rng.choice(("http", "tcp", "exec")), number)
    if rng.random() < 0.3:
        more["lifecycle"] = {"preStop": {"exec": {"command": ["sleep", "5"]}}}
    image = f"registry.example.com/{name}:{rng.randrange(1, 5)}.{rng.randrange(20)}"
    made_from = template(labels, [container("web", image, ports, **more)])
    deployment(ground, namespace, name, made_from, rng.randrange(2, 5))
    service(ground, namespace, name, [service_port(rng.choice((80, 8080)), "http" if named else number)], labels)


def several_ports(ground: Ground, namespace: str, name: str) -> None:
    """Two named ports, one of them of a native sidecar."""
    labels = {"app": name}
    main = container("app", f"registry.example.com/{name}:1.4", [("http", 8080)], readinessProbe=probe("http", "http"))
    sidecar = container("mesh", "registry.example.com/mesh:2.9", [("metrics", 15090)], restartPolicy="Always")
    deployment(ground, namespace, name, template(labels, [main], initContainers=[sidecar]), 2)
    ports = [service_port(80, "http", name="web"), service_port(9090, "metrics", name="metrics")]
    service(ground, namespace, name, ports, labels)


def local_everywhere(ground: Ground, namespace: str, name: str) -> None:
    """Local policy with a pod on every node."""
    labels = {"app": name}
    made_from = template(
        labels,
        [container("edge", f"registry.example.com/{name}:3.0", [("http", 8080)], readinessProbe=probe("tcp", 8080))],
        tolerations=[{"operator": "Exists"}],
    )
    daemon_set(ground, namespace, name, made_from, ground.everywhere)
    kind = ground.rng.choice(("NodePort", "LoadBalancer"))
    made = service(
        ground, namespace, name, [service_port(80, "http")], labels, type=kind, externalTrafficPolicy="Local"
    )
    if kind == "LoadBalancer":
        made["spec"]["healthCheckNodePort"] = ground.node_port()
        made["status"]["loadBalancer"] = {"ingress": [{"ip": "198.51.100.7", "ipMode": "VIP"}]}


def balanced(ground: Ground, namespace: str, name: str) -> None:
    """A load balancer, with node ports or without."""
    labels = {"app": name}
    server = container("api", f"registry.example.com/{name}:2.1", [("https", 8443)], readinessProbe=probe("tcp", 8443))
    deployment(ground, namespace, name, template(labels, [server]), 3)
    made = service(
        ground,
        namespace,
        name,
        [service_port(443, "https", name="https")],
        labels,
        type="LoadBalancer",
        allocateLoadBalancerNodePorts=ground.rng.random() < 0.6,
    )
    at = [{"hostname": f"{name}.elb.example.com"}] if ground.platform == "eks" else [{"ip": "198.51.100.9"}]
    made["status"]["loadBalancer"] = {"ingress": at}


def database(ground: Ground, namespace: str, name: str) -> None:
    """A StatefulSet with its headless service, which publishes pods before they are ready, and a cluster IP for reading."""
    labels = {"app": name, "component": "database"}
    server = container("postgres", "docker.io/library/postgres:17.6", [("sql", 5432)], readinessProbe=probe("exec", 0))
    stateful_set(ground, namespace, name, template(labels, [server]), ground.rng.randrange(1, 4), f"{name}-peers")
    peers = [service_port(5432, "sql", name="sql")]
    service(
        ground,
        namespace,
        f"{name}-peers",
        peers,
        labels,
        type="ClusterIP",
        clusterIP="None",
        publishNotReadyAddresses=True,
    )
    service(ground, namespace, name, [service_port(5432, 5432)], labels, type="ClusterIP")


def elsewhere(ground: Ground, namespace: str, name: str) -> None:
    """Two services of things outside: an ExternalName, and a node port whose slice a person wrote."""
    made = new("Service", namespace, f"{name}-mail")
    made["spec"] = {"externalName": "smtp.example.com", "sessionAffinity": "None", "type": "ExternalName"}
    ground.objects.append(made | {"status": {"loadBalancer": {}}})
    several = ground.rng.random() < 0.5
    ports = [service_port(80, 8080, name="http" if several else "")]
    ports += [service_port(443, 8443, name="https")] if several else []
    outside = service(ground, namespace, name, ports, None)
    written = [{"name": p.get("name", ""), "port": p["targetPort"], "protocol": "TCP"} for p in ports]
    ground.objects.append(hand_written_slice(outside, ["10.20.0.4", "10.20.0.5"], written))


def name_server(ground: Ground, namespace: str, name: str) -> None:
    """UDP and TCP on one number, which share a node port."""
    labels = {"app": name}
    ports = [("dns", 5353, "UDP"), ("dns-tcp", 5353, "TCP")]
    server = container("resolver", f"registry.example.com/{name}:0.9", ports, readinessProbe=probe("tcp", "dns-tcp"))
    deployment(ground, namespace, name, template(labels, [server]), 2)
    served = [service_port(53, "dns", name="dns", protocol="UDP"), service_port(53, "dns-tcp", name="dns-tcp")]
    service(ground, namespace, name, served, labels)


def canary(ground: Ground, namespace: str, name: str) -> None:
    """Two Deployments behind one service, which differ in track and image tag only."""
    for track, replicas, tag in (("stable", 3, "1.8"), ("canary", 1, "1.9")):
        server = container("web", f"registry.example.com/{name}:{tag}", [("http", 8080)])
        made_from = template({"app": name, "track": track}, [server])
        deployment(ground, namespace, name if track == "stable" else f"{name}-canary", made_from, replicas)
    service(ground, namespace, name, [service_port(80, "http")], {"app": name})


def undeclared(ground: Ground, namespace: str, name: str) -> None:
    """A target port that no container declares: none declares any, or a probe passes on it."""
    labels = {"app": name}
    if ground.rng.random() < 0.5:
        server = container("web", f"registry.example.com/{name}:5.2")
    else:
        server = container(
            "web",
            f"registry.example.com/{name}:5.2",
            [("metrics", 9102)],
            readinessProbe=probe(ground.rng.choice(("http", "tcp", "grpc")), 8080),
        )
    deployment(ground, namespace, name, template(labels, [server]), 2)
    service(ground, namespace, name, [service_port(80, 8080)], labels)


def with_leftovers(ground: Ground, namespace: str, name: str) -> None:
    """Its selector also matches the finished pod of a job, and a pod that was evicted; some pods were restarted once."""
    labels = {"app": name}
    server = container("web", f"registry.example.com/{name}:1.1", [("http", 8080)], readinessProbe=probe("http", 8080))
    deployment(ground, namespace, name, template(labels, [server]), 2)
    service(ground, namespace, name, [service_port(80, 8080)], labels)
    replica_set = next(t for t in reversed(ground.objects) if t["kind"] == "ReplicaSet" and t["spec"]["replicas"])
    out = pod_of(replica_set, 99, ground.workers[0])
    place(ground, out, ground.workers[0])
    kubelet.evicted(out)
    job = new("Job", namespace, f"{name}-migrate", labels=labels)
    marked = labels | {"batch.kubernetes.io/job-name": f"{name}-migrate"}
    script = container("migrate", f"registry.example.com/{name}:1.1", command=["migrate"])
    job["spec"] = {
        "backoffLimit": 6,
        "completionMode": "NonIndexed",
        "completions": 1,
        "parallelism": 1,
        "selector": {"matchLabels": {"batch.kubernetes.io/controller-uid": uid("Job", namespace, f"{name}-migrate")}},
        "template": template(marked, [script], restartPolicy="Never"),
    }
    job["status"] = {"ready": 0, "succeeded": 1}
    ground.objects += [job, out]
    kubelet.completed(replicate(ground, job, [ground.workers[-1]])[0])
    running = [t for t in ground.objects if t["kind"] == "Pod" and t["status"]["phase"] == "Running"]
    kubelet.restarted(running[-1], ground.rng.randrange(1, 4))


def host_network(ground: Ground, namespace: str, name: str) -> None:
    """Pods in the network of their nodes; the API server declares their ports on the host."""
    labels = {"app": name}
    exporter = container("exporter", f"registry.example.com/{name}:1.9", [("metrics", 9100)])
    exporter["ports"][0]["hostPort"] = 9100
    made_from = template(labels, [exporter], hostNetwork=True, tolerations=[{"operator": "Exists"}])
    daemon_set(ground, namespace, name, made_from, ground.everywhere)
    service(ground, namespace, name, [service_port(9100, "metrics")], labels)


def lone_pod(ground: Ground, namespace: str, name: str) -> None:
    """One pod that nobody owns, clients that stay with it, and an external IP."""
    labels = {"run": name}
    pod = new("Pod", namespace, name, labels=labels)
    server = container("web", "docker.io/library/nginx:1.29", [("", 80)])
    pod["spec"] = template(labels, [server])["spec"] | {"serviceAccountName": "default"}
    place(ground, pod, ground.rng.choice(ground.workers))
    ground.objects.append(pod)
    stays: Object = {"sessionAffinity": "ClientIP", "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 10800}}}
    service(ground, namespace, name, [service_port(80, 80)], labels, **stays, externalIPs=["198.51.100.40"])


def zonal(ground: Ground, namespace: str, name: str) -> None:
    """Traffic is kept in its zone by hints; two families where the cluster has two."""
    labels = {"app": name}
    ports = [("grpc", 9000)]
    server = container("app", f"registry.example.com/{name}:7.0", ports, readinessProbe=probe("grpc", 9000))
    deployment(ground, namespace, name, template(labels, [server]), 3)
    families = ("IPv4", "IPv6") if ground.dual else ("IPv4",)
    port = service_port(9000, "grpc") | {"appProtocol": "kubernetes.io/h2c"}
    service(ground, namespace, name, [port], labels, families=families, trafficDistribution="PreferClose")


APPS: Final[tuple[App, ...]] = (
    web,
    several_ports,
    local_everywhere,
    balanced,
    database,
    elsewhere,
    name_server,
    canary,
    undeclared,
    with_leftovers,
    host_network,
    lone_pod,
    zonal,
)
