"""Kubernetes objects as `kubectl get -o json` gives them, as small as a check needs them, and three of each to begin with."""

from typing import Any

import nodeportkit as npk

CREATED = "2026-03-01T10:00:00Z"
Thing = dict[str, Any]


def node(number: int, *, ready: bool = True, internal=None, external=(), labels=None) -> Thing:
    ips = [f"192.168.1.{number}"] if internal is None else internal
    addresses = [{"type": "InternalIP", "address": ip} for ip in ips]
    addresses += [{"type": "ExternalIP", "address": ip} for ip in external]
    return {
        "apiVersion": "v1", "kind": "Node",
        "metadata": {"name": f"node-{number}", "labels": labels or {}, "creationTimestamp": CREATED},
        "spec": {},
        "status": {"addresses": addresses, "conditions": [{"type": "Ready", "status": "True" if ready else "False"}]},
    }  # fmt: skip


def pod(
    name: str = "web-0", number: int = 1, *, labels=None, ip=None, ports=((8080, "http", "TCP"),), ready=True, phase="Running",
    leaving=False, owner=("ReplicaSet", "web-5d4f"), namespace="shop", spec=None, image="example.com/web:1", sidecars=(),
    container=None,
) -> Thing:  # fmt: skip
    ips = ip if isinstance(ip, list) else [ip or f"10.244.{number}.{abs(hash(name)) % 200 + 2}"]
    named = [
        {"containerPort": n, **({"name": called} if called else {}), "protocol": protocol}
        for n, called, protocol in ports
    ]
    meta: Thing = {"name": name, "namespace": namespace, "labels": {"app": "web"} if labels is None else labels}
    meta["creationTimestamp"] = CREATED
    if owner:
        kind, of = owner
        meta["ownerReferences"] = [{"apiVersion": "apps/v1", "kind": kind, "name": of, "uid": "1", "controller": True}]
    if leaving:
        meta |= {"deletionTimestamp": CREATED, "deletionGracePeriodSeconds": 30}
    status: Thing = {"phase": phase, "conditions": [{"type": "Ready", "status": "True" if ready else "False"}]}
    if ips != [""]:
        status["podIPs"] = [{"ip": one} for one in ips]
    first = {"name": "app", "image": image, "ports": named} | (container or {})
    told: Thing = {"nodeName": f"node-{number}", "containers": [first], "terminationGracePeriodSeconds": 30}
    if sidecars:
        told["initContainers"] = [
            {"name": "side", "image": "example.com/side:1", "restartPolicy": "Always",
             "ports": [{"containerPort": n, "name": called, "protocol": protocol} for n, called, protocol in sidecars]}
        ]  # fmt: skip
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": told | (spec or {}), "status": status}


def port(number: int = 80, target: Any = "http", node_port: int | None = 30080, *, name="", protocol="TCP") -> Thing:
    made: Thing = {"port": number, "targetPort": target, "protocol": protocol}
    return made | ({"name": name} if name else {}) | ({"nodePort": node_port} if node_port else {})


def service(
    name: str = "web", *, ports=None, selector=None, type="NodePort", namespace="shop", ignore=None, manifest=False,  # noqa: A002
    ingress=None, labels=None, **spec,
) -> Thing:  # fmt: skip
    meta: Thing = {"name": name, "namespace": namespace, "labels": labels or {}}
    if ignore:
        meta["annotations"] = {"nodeportkit.io/ignore": ignore}
    told: Thing = {
        "type": type,
        "ports": [port()] if ports is None else ports,
        "selector": {"app": "web"} if selector is None else selector,
    }
    if type in ("NodePort", "LoadBalancer"):
        told["externalTrafficPolicy"] = "Cluster"
    status: Thing = {"loadBalancer": {"ingress": ingress} if ingress else {}}
    if not manifest:
        meta |= {"creationTimestamp": CREATED, "uid": "1"}
        told |= {
            "clusterIP": "10.96.0.7",
            "clusterIPs": ["10.96.0.7"],
            "ipFamilies": ["IPv4"],
            "ipFamilyPolicy": "SingleStack",
        }
    told |= spec
    return {"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": told} | (
        {} if manifest else {"status": status}
    )


def slice_(
    *ends: Thing, of="web", name="web-abc12", namespace="shop", ports=((8080, "", "TCP"),), family="IPv4"
) -> Thing:
    return {
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": family,
        "metadata": {
            "name": name, "namespace": namespace, "labels": {"kubernetes.io/service-name": of} if of else {},
            "creationTimestamp": CREATED,
        },
        "endpoints": list(ends),
        "ports": [{"port": number, "name": called, "protocol": protocol} for number, called, protocol in ports],
    }  # fmt: skip


def end(of: Thing | None = None, *, ip: str = "", ready: bool = True, hints=None) -> Thing:
    made: Thing = {
        "addresses": [ip or of["status"]["podIPs"][0]["ip"]],
        "conditions": {"ready": ready, "serving": ready, "terminating": False},
    }
    if of is not None:
        made |= {
            "nodeName": of["spec"]["nodeName"],
            "targetRef": {"kind": "Pod", "name": of["metadata"]["name"], "namespace": "shop"},
        }
    return made | ({"hints": hints} if hints else {})


def policy(name: str = "web", *, selector=None, ingress=None, types=("Ingress",), namespace="shop") -> Thing:
    return {
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": namespace, "creationTimestamp": CREATED},
        "spec": {"podSelector": {"matchLabels": {"app": "web"}} if selector is None else selector, "policyTypes": list(types),
                 "ingress": [] if ingress is None else ingress},
    }  # fmt: skip


def ingress(service_name: str = "web", number: Any = 80, *, name="front", namespace="shop") -> Thing:
    which = {"number": number} if isinstance(number, int) else {"name": number}
    backend = {"service": {"name": service_name, "port": which}}
    rule = {"host": "shop.example.com", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
    return {
        "apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
        "metadata": {"name": name, "namespace": namespace, "creationTimestamp": CREATED}, "spec": {"rules": [rule]},
    }  # fmt: skip


def event(kind: str, name: str, *, type="Warning", reason="BackOff", namespace="shop") -> Thing:  # noqa: A002
    return {
        "apiVersion": "v1", "kind": "Event",
        "metadata": {"name": f"{name}.1", "namespace": namespace or "default", "creationTimestamp": CREATED},
        "involvedObject": {"kind": kind, "name": name} | ({"namespace": namespace} if namespace else {}),
        "type": type, "reason": reason, "message": "Back-off restarting failed container", "count": 7,
        "lastTimestamp": CREATED, "firstTimestamp": CREATED,
    }  # fmt: skip


def deployment(name: str = "web", *, replicas: int = 3, ready: int = 3, labels=None, namespace="shop") -> Thing:
    return {
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace, "creationTimestamp": CREATED},
        "spec": {"replicas": replicas, "selector": {"matchLabels": labels or {"app": "web"}},
                 "template": {"metadata": {"labels": labels or {"app": "web"}}, "spec": {"containers": []}}},
        "status": {"replicas": replicas, "readyReplicas": ready},
    }  # fmt: skip


def proxy_pod(number: int, *, ready: bool = True) -> Thing:
    return pod(f"kube-proxy-{number}", number, labels={"k8s-app": "kube-proxy"}, ports=(), ready=ready,
               owner=("DaemonSet", "kube-proxy"), namespace="kube-system", spec={"hostNetwork": True})  # fmt: skip


LB_INGRESS = [{"ip": "198.51.100.6"}]
NODES = [node(number) for number in (1, 2, 3)]
PODS = [pod(f"web-{number}", number) for number in (1, 2, 3)]


def cluster(*things: Thing, collected=(), **changes: Any) -> npk.Cluster:
    """The things read; `collected` are frames that somebody listed and found empty."""
    found = npk.read(*things) if things else npk.Cluster()
    return found.replace(collected=found.collected | set(collected), **changes)
