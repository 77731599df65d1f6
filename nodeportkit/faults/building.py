"""Workloads with their pods, and services, as the API server keeps them once its defaults are filled in."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from nodeportkit.faults.ground import Ground, place
from nodeportkit.faults.objects import Object, created_at, name_of, namespace_of, new, uid

__all__ = [
    "container",
    "daemon_set",
    "deployment",
    "event",
    "hand_written_slice",
    "probe",
    "replica_set",
    "replicate",
    "service",
    "service_port",
    "stateful_set",
    "template",
]

_LETTERS = "bcdfghjklmnpqrstvwxz2456789"


def service_port(
    port: int, target: int | str, *, name: str = "", protocol: str = "TCP", node_port: int | None = None
) -> Object:
    """A port of a service."""
    made: Object = {"name": name} if name else {}
    if node_port is not None:
        made["nodePort"] = node_port
    return made | {"port": port, "protocol": protocol, "targetPort": target}


def service(
    ground: Ground,
    namespace: str,
    name: str,
    ports: list[Object],
    selector: Mapping[str, str] | None,
    *,
    type: str = "NodePort",  # noqa: A002 - the field's name
    families: Sequence[str] = ("IPv4",),
    labels: Mapping[str, str] | None = None,
    **spec: Any,
) -> Object:
    """Add a service; its ports get node ports where its type wants some and they have none."""
    made = new("Service", namespace, name, labels=labels or selector)
    wants = type == "NodePort" or (type == "LoadBalancer" and spec.get("allocateLoadBalancerNodePorts", True))
    shared: dict[int, int] = {}
    for port in ports if wants else ():
        if "nodePort" not in port:  # ports of one number and two protocols share a node port
            port["nodePort"] = shared.get(port["port"]) or ground.node_port()
        shared[port["port"]] = port["nodePort"]
    told: Object = {"ports": ports, "sessionAffinity": "None", "type": type}
    if type != "ExternalName":
        ips = ground.cluster_ips(list(families)) if spec.get("clusterIP") != "None" else ["None"]
        told |= {"clusterIP": ips[0], "clusterIPs": ips, "internalTrafficPolicy": "Cluster"}
        told |= {
            "ipFamilies": list(families),
            "ipFamilyPolicy": "SingleStack" if len(families) == 1 else "RequireDualStack",
        }
    if type in ("NodePort", "LoadBalancer"):
        told["externalTrafficPolicy"] = "Cluster"
    if type == "LoadBalancer":
        told["allocateLoadBalancerNodePorts"] = True
    if selector:
        told["selector"] = dict(selector)
    made |= {"spec": told | spec, "status": {"loadBalancer": {}}}
    ground.objects.append(made)
    return made


def container(
    name: str, image: str, ports: Sequence[tuple[str, int] | tuple[str, int, str]] = (), **more: Any
) -> Object:
    """A container; each port is its name ("" for none), its number and, other than TCP, its protocol."""
    made: Object = {"image": image, "imagePullPolicy": "IfNotPresent", "name": name}
    if ports:
        made["ports"] = [
            {"containerPort": port[1]}
            | ({"name": port[0]} if port[0] else {})
            | {"protocol": port[2] if len(port) > 2 else "TCP"}
            for port in ports
        ]
    resources = {"requests": {"cpu": "100m", "memory": "64Mi"}}
    path = {"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"}
    return made | {"resources": resources} | path | more


def probe(kind: str, port: int | str) -> Object:
    """A readiness probe of a kind: http, tcp, grpc or exec."""
    made: dict[str, Object] = {
        "http": {"httpGet": {"path": "/healthz", "port": port, "scheme": "HTTP"}},
        "tcp": {"tcpSocket": {"port": port}},
        "grpc": {"grpc": {"port": port, "service": ""}},
        "exec": {"exec": {"command": ["cat", "/tmp/ready"]}},
    }
    return made[kind] | {"failureThreshold": 3, "periodSeconds": 10, "successThreshold": 1, "timeoutSeconds": 1}


def template(labels: Mapping[str, str], containers: list[Object], **spec: Any) -> Object:
    """What pods are made from."""
    told: Object = {"containers": containers, "dnsPolicy": "ClusterFirst", "restartPolicy": "Always"}
    told |= {"schedulerName": "default-scheduler", "securityContext": {}, "terminationGracePeriodSeconds": 30}
    return {"metadata": {"labels": dict(labels)}, "spec": told | spec}


def deployment(
    ground: Ground, namespace: str, name: str, made_from: Object, replicas: int, *, on: Sequence[str] | None = None
) -> Object:
    """Add a Deployment with its ReplicaSet and pods, and mostly an older ReplicaSet that is down to nothing."""
    labels = made_from["metadata"]["labels"]
    made = new("Deployment", namespace, name, labels=labels)
    revision = ground.rng.choice((1, 2, 2, 3))
    made["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": str(revision)}
    made["spec"] = {
        "progressDeadlineSeconds": 600,
        "replicas": replicas,
        "revisionHistoryLimit": 10,
        "selector": {"matchLabels": dict(labels)},
        "strategy": {"rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}, "type": "RollingUpdate"},
        "template": made_from,
    }
    when = made["metadata"]["creationTimestamp"]
    progressing = {"lastTransitionTime": when, "lastUpdateTime": when, "reason": "NewReplicaSetAvailable"}
    message = f'ReplicaSet "{name}" has successfully progressed.'
    progressing |= {"message": message, "status": "True", "type": "Progressing"}
    made["status"] = {"conditions": [progressing], "observedGeneration": revision}
    ground.objects.append(made)
    if revision > 1:
        replica_set(ground.objects, made, revision - 1, 0, old=True)
    current = replica_set(ground.objects, made, revision, replicas)
    replicate(ground, current, _spread(ground, replicas, on))
    return made


def replica_set(
    objects: list[Object], deployment: Object, revision: int, replicas: int, *, old: bool = False
) -> Object:
    """Add a ReplicaSet of a Deployment, without its pods; an old one is of an image before."""
    name, labels = name_of(deployment), deployment["spec"]["template"]["metadata"]["labels"]
    rng = random.Random(f"template {namespace_of(deployment)}/{name} {revision}")
    hash_ = "".join(rng.choices(_LETTERS, k=10))
    labels = {**labels, "pod-template-hash": hash_}
    made = new("ReplicaSet", namespace_of(deployment), f"{name}-{hash_}", labels=labels, by=deployment)
    made["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": str(revision)}
    spec = deployment["spec"]["template"]["spec"]
    if old:
        first, *others = spec["containers"]
        spec = spec | {"containers": [first | {"image": first["image"] + "-rc1"}, *others]}
    made["spec"] = {
        "replicas": replicas,
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": spec},
    }
    made["status"] = {"observedGeneration": 1, "replicas": 0}
    objects.append(made)
    return made


def daemon_set(ground: Ground, namespace: str, name: str, made_from: Object, on: Sequence[str]) -> Object:
    """Add a DaemonSet with a pod on each of the nodes."""
    made = _workload("DaemonSet", namespace, name, made_from)
    made["spec"]["updateStrategy"] = {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}, "type": "RollingUpdate"}
    made["status"] = {"desiredNumberScheduled": len(on), "observedGeneration": 1}
    ground.objects.append(made)
    replicate(ground, made, on)
    return made


def stateful_set(ground: Ground, namespace: str, name: str, made_from: Object, replicas: int, governing: str) -> Object:
    """Add a StatefulSet with its pods."""
    made = _workload("StatefulSet", namespace, name, made_from)
    made["spec"] |= {"podManagementPolicy": "OrderedReady", "replicas": replicas, "serviceName": governing}
    made["spec"]["updateStrategy"] = {"rollingUpdate": {"partition": 0}, "type": "RollingUpdate"}
    made["status"] = {"currentReplicas": replicas, "observedGeneration": 1}
    ground.objects.append(made)
    replicate(ground, made, _spread(ground, replicas, None))
    return made


def replicate(ground: Ground, workload: Object, nodes: Sequence[str]) -> list[Object]:
    """Add a pod of a ReplicaSet, DaemonSet, StatefulSet or Job on each of the nodes."""
    made = []
    for number, node in enumerate(nodes):
        pod = pod_of(workload, number, node)
        place(ground, pod, node)
        ground.objects.append(pod)
        made.append(pod)
    return made


def pod_of(workload: Object, number: int, node: str) -> Object:
    """A pod of a workload, nowhere yet."""
    made_from = workload["spec"]["template"]
    labels = dict(made_from["metadata"]["labels"])
    spec = made_from["spec"] | {"enableServiceLinks": True, "serviceAccountName": "default"}
    rng = random.Random(f"pod {workload['metadata']['uid']} {number} {node}")
    name = f"{name_of(workload)}-{''.join(rng.choices(_LETTERS, k=5))}"
    if workload["kind"] == "StatefulSet":
        name = f"{name_of(workload)}-{number}"
        labels |= {"apps.kubernetes.io/pod-index": str(number), "statefulset.kubernetes.io/pod-name": name}
        spec |= {"hostname": name, "subdomain": workload["spec"]["serviceName"]}
    return new("Pod", namespace_of(workload), name, labels=labels, by=workload) | {"spec": spec}


def hand_written_slice(service: Object, addresses: Sequence[str], ports: list[Object], *, tail: str = "1") -> Object:
    """A slice that a person wrote, for a service without a selector."""
    labels = {"endpointslice.kubernetes.io/managed-by": "staff", "kubernetes.io/service-name": name_of(service)}
    made = new("EndpointSlice", namespace_of(service), f"{name_of(service)}-{tail}", labels=labels)
    endpoints = [{"addresses": [address], "conditions": {"ready": True}} for address in addresses]
    return made | {"addressType": "IPv4", "endpoints": endpoints, "ports": ports}


def event(about: Object, type_: str, reason: str, message: str, *, source: str = "kubelet", count: int = 1) -> Object:
    """An event that tells of an object."""
    name = f"{name_of(about)}.{uid('Event', name_of(about), reason)[:8]}{uid('Event', reason, message)[:8]}"
    made = new("Event", namespace_of(about) or "default", name)
    reference = {"apiVersion": about["apiVersion"], "kind": about["kind"], "name": name_of(about)}
    if namespace_of(about):
        reference["namespace"] = namespace_of(about)
    return made | {
        "count": count,
        "firstTimestamp": created_at(name),
        "involvedObject": reference | {"uid": about["metadata"]["uid"]},
        "lastTimestamp": "2026-11-20T11:57:12Z",
        "message": message,
        "reason": reason,
        "reportingComponent": source,
        "reportingInstance": "",
        "source": {"component": source},
        "type": type_,
    }


def _workload(kind: str, namespace: str, name: str, made_from: Object) -> Object:
    labels = made_from["metadata"]["labels"]
    made = new(kind, namespace, name, labels=labels)
    made["spec"] = {"revisionHistoryLimit": 10, "selector": {"matchLabels": dict(labels)}, "template": made_from}
    return made


def _spread(ground: Ground, replicas: int, on: Sequence[str] | None) -> list[str]:
    """A node for each pod, one after the other from a random one on."""
    nodes = list(on or ground.workers)
    start = ground.rng.randrange(len(nodes))
    return [nodes[(start + number) % len(nodes)] for number in range(replicas)]
