"""A small cluster as Kubernetes objects, to be changed in one place: shop/web behind node port 31080, on two of three nodes.

The slices are what the endpoint slice controller makes (`slices_of` is told the addresses, and works nothing out).
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from nodeportkit.cluster import Cluster
from nodeportkit.sources.read import read

Object = dict[str, Any]
NODES = ("n1", "n2", "n3")


def address(node: str) -> str:
    return f"192.168.1.1{node[-1]}"


def node(name: str, *, ready: bool = True, addresses: list[str] | None = None, **spec: Any) -> Object:
    told = [{"type": "InternalIP", "address": ip} for ip in addresses or [address(name)]]
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {"kubernetes.io/os": "linux"}},
        "spec": {"podCIDR": f"10.244.{name[-1]}.0/24", **spec},
        "status": {
            "addresses": [*told, {"type": "Hostname", "address": name}],
            "conditions": [{"type": "Ready", "status": "True" if ready else "Unknown"}],
            "nodeInfo": {"kubeletVersion": "v1.36.2"},
        },
    }


def container(name: str = "web", *ports: Object, image: str = "registry.example.com/web:1.0", **more: Any) -> Object:
    return {"name": name, "image": image, "ports": list(ports), **more}


def port(number: int, name: str = "", protocol: str = "TCP", **more: Any) -> Object:
    return {"containerPort": number, "protocol": protocol, **({"name": name} if name else {}), **more}


def pod(
    name: str,
    on: str | None = "n1",
    ip: str | list[str] | None = "10.244.1.5",
    *,
    labels: dict[str, str] | None = None,
    namespace: str = "shop",
    ready: bool = True,
    phase: str = "Running",
    containers: list[Object] | None = None,
    owner: tuple[str, str] | None = ("ReplicaSet", "web-5d9c"),
    reason: str = "",
    deleted: bool = False,
    state: Object | None = None,
    containers_ready: bool | None = None,
    **spec: Any,
) -> Object:
    made_of = containers if containers is not None else [container("web", port(8080, "http"))]
    ips = [] if ip is None else [ip] if isinstance(ip, str) else ip
    is_ready = ready if containers_ready is None else containers_ready
    conditions = [{"type": "Ready", "status": "True" if ready else "False", **({"reason": reason} if reason else {})}]
    if on is None:
        conditions = [
            {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": reason or "no room"}
        ]
    metadata: Object = {
        "name": name,
        "namespace": namespace,
        "labels": labels or {"app": "web", "pod-template-hash": "5d9c"},
    }
    if owner:
        metadata["ownerReferences"] = [
            {"apiVersion": "apps/v1", "kind": owner[0], "name": owner[1], "controller": True, "uid": "u"}
        ]
    if deleted:
        metadata |= {"deletionTimestamp": "2026-11-20T12:00:00Z", "deletionGracePeriodSeconds": 30}
    running = state or {"running": {"startedAt": "2026-11-20T11:00:00Z"}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": {"containers": made_of, **({"nodeName": on} if on else {}), **spec},
        "status": {
            "phase": phase,
            "conditions": conditions,
            "podIPs": [{"ip": each} for each in ips],
            **({"podIP": ips[0]} if ips else {}),
            "containerStatuses": [
                {"name": c["name"], "ready": is_ready, "restartCount": 0, "state": running} for c in made_of
            ]
            if on
            else [],
        },
    }


def service(name: str = "web", *, namespace: str = "shop", ports: list[Object] | None = None, **spec: Any) -> Object:
    plain = {
        "type": "NodePort",
        "clusterIP": "10.96.7.20",
        "clusterIPs": ["10.96.7.20"],
        "ipFamilies": ["IPv4"],
        "ipFamilyPolicy": "SingleStack",
        "selector": {"app": "web"},
        "sessionAffinity": "None",
        "externalTrafficPolicy": "Cluster",
        "internalTrafficPolicy": "Cluster",
        "ports": ports or [service_port()],
    }
    kept = {key: value for key, value in (plain | spec).items() if value is not None}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        "spec": kept,
        "status": {"loadBalancer": {}},
    }


def service_port(number: int = 80, target: int | str = 8080, at: int | None = 31080, **more: Any) -> Object:
    return {"port": number, "targetPort": target, "protocol": "TCP", **({"nodePort": at} if at else {}), **more}


def slice_of(
    *ends: tuple[str, str, str] | Object,
    name: str = "web",
    namespace: str = "shop",
    ports: list[Object] | None = None,
    family: str = "IPv4",
    label: bool = True,
) -> Object:
    made = []
    for end in ends:
        if isinstance(end, dict):
            made.append(end)
            continue
        who, on, ip = end
        made.append(
            {
                "addresses": [ip],
                "nodeName": on,
                "conditions": {"ready": True, "serving": True, "terminating": False},
                "targetRef": {"kind": "Pod", "namespace": namespace, "name": who},
            }
        )
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "addressType": family,
        "metadata": {
            "name": f"{name}-{family.lower()}",
            "namespace": namespace,
            "labels": {"kubernetes.io/service-name": name} if label else {},
        },
        "endpoints": made,
        "ports": ports or [{"name": "", "port": 8080, "protocol": "TCP"}],
    }


def workload(
    kind: str = "Deployment",
    name: str = "web",
    *,
    namespace: str = "shop",
    replicas: int = 2,
    labels: dict[str, str] | None = None,
    owner: tuple[str, str] | None = None,
    status: Object | None = None,
    containers: list[Object] | None = None,
) -> Object:
    told = labels or {"app": "web"}
    metadata: Object = {"name": name, "namespace": namespace, "labels": told}
    if owner:
        metadata["ownerReferences"] = [
            {"apiVersion": "apps/v1", "kind": owner[0], "name": owner[1], "controller": True, "uid": "u"}
        ]
    template = {
        "metadata": {"labels": told},
        "spec": {"containers": containers or [container("web", port(8080, "http"))]},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": metadata,
        "spec": {"replicas": replicas, "selector": {"matchLabels": told}, "template": template},
        "status": {"replicas": replicas, "readyReplicas": replicas, **(status or {})},
    }


def policy(name: str, *ingress: Object, selector: Object | None = None, namespace: str = "shop") -> Object:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"podSelector": selector or {}, "policyTypes": ["Ingress"], "ingress": list(ingress)},
    }


def proxies(*nodes: str, ready: bool = True) -> list[Object]:
    return [
        pod(
            f"kube-proxy-{on}x", on, address(on), namespace="kube-system", labels={"k8s-app": "kube-proxy"}, ready=ready,
            owner=("DaemonSet", "kube-proxy"), containers=[container("kube-proxy")], hostNetwork=True,
        )
        for on in nodes
    ]  # fmt: skip


PODS = [pod("web-5d9c-a", "n1", "10.244.1.5"), pod("web-5d9c-b", "n2", "10.244.2.5")]
SLICE = slice_of(("web-5d9c-a", "n1", "10.244.1.5"), ("web-5d9c-b", "n2", "10.244.2.5"))
OWNERS = [workload(), workload("ReplicaSet", "web-5d9c", owner=("Deployment", "web"))]


def cluster(
    *more: Object,
    service: Object | None = None,
    pods: list[Object] | None = None,
    slices: list[Object] | None = None,
    owners: list[Object] | None = None,
    nodes: list[Object] | None = None,
) -> Cluster:
    """The small cluster, with parts of it replaced, and others added."""
    parts = [
        *(nodes if nodes is not None else [node(name) for name in NODES]),
        *([globals()["service"]()] if service is None else [service] if service else []),
        *(PODS if pods is None else pods),
        *([SLICE] if slices is None else slices),
        *(OWNERS if owners is None else owners),
        *more,
    ]
    return _read(json.dumps(parts))


@cache
def _read(parts: str) -> Cluster:
    """The same objects are read once: a cluster does not change."""
    live = json.loads(parts)
    for thing in live:  # what an API server gives says when it was made
        thing["metadata"]["creationTimestamp"] = "2026-11-20T10:00:00Z"
    return read(*live)
