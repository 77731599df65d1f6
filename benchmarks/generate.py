"""Write clusters as large as Kubernetes allows, as the API server and kubectl print them: the input of the benchmarks.

Kubernetes' own limits (https://kubernetes.io/docs/setup/best-practices/cluster-large/): 5,000 nodes, 150,000 pods; its
scalability thresholds add 10,000 services. Everything here follows from the seed alone.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NODES, PODS, SERVICES = 5_000, 150_000, 10_000
_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
_NAMESPACES = 200


def pod(
    number: int, rng: random.Random, *, services: int = SERVICES, nodes: int = NODES, plain: bool = False
) -> dict[str, Any]:
    """The object of one pod: managed fields, owner, conditions, container statuses; one in four has a sidecar.

    One in fifty does not run well: it waits, crashes, is done or is being deleted. A `plain` one has no arguments, probes,
    resources and mounts, one entry of managed fields, and the conditions of before Kubernetes 1.29: 2 KB.
    """
    app = number % services
    name = f"app-{app}"
    replica_set = f"{name}-{_suffix(random.Random(app), 10)}"
    namespace = f"team-{app % _NAMESPACES}"
    node = rng.randrange(nodes)
    when = f"2026-{1 + number % 9:02}-{1 + number % 28:02}T{number % 24:02}:{number % 60:02}:{number % 59:02}Z"
    labels = {"app": name, "pod-template-hash": replica_set.rpartition("-")[2], "tier": ("web", "api", "db")[app % 3]}
    trouble = rng.choice(["waiting", "crashed", "done", "deleted"]) if rng.random() < 0.02 else ""
    ip = f"10.{node >> 8 & 255}.{node & 255}.{1 + number // nodes % 254}"
    sidecar = number % 4 == 0
    done = trouble == "done"
    ready = "False" if trouble in ("waiting", "crashed", "done") else "True"
    condition_types = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")
    restarts = rng.randrange(4) if rng.random() < 0.1 else 0
    metadata: dict[str, Any] = {
        "creationTimestamp": when,
        "generateName": f"{replica_set}-",
        "labels": labels,
        "managedFields": [_written("kube-controller-manager", when), _written("kubelet", when, subresource="status")],
        "name": f"{replica_set}-{_suffix(rng, 5)}",
        "namespace": namespace,
        "ownerReferences": [
            {
                "apiVersion": "apps/v1",
                "blockOwnerDeletion": True,
                "controller": True,
                "kind": "ReplicaSet",
                "name": replica_set,
                "uid": _uid(rng),
            }
        ],
        "resourceVersion": str(1_000_000 + number),
        "uid": _uid(rng),
    }
    if trouble == "deleted":
        metadata["deletionGracePeriodSeconds"] = 30
        metadata["deletionTimestamp"] = when
    spec: dict[str, Any] = {
        "containers": [
            _container(
                "app", [{"containerPort": 8080, "name": "http", "protocol": "TCP"}], image=f"{name}:1.{app % 40}"
            )
            | {
                "args": ["serve", "--listen=0.0.0.0:8080"],
                "readinessProbe": {
                    "httpGet": {"path": "/ready", "port": "http", "scheme": "HTTP"},
                    "periodSeconds": 10,
                },
                "volumeMounts": [
                    {
                        "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount",
                        "name": f"kube-api-access-{_suffix(rng, 5)}",
                        "readOnly": True,
                    }
                ],
            }
        ],
        "dnsPolicy": "ClusterFirst",
        "nodeName": f"node-{node}",
        "restartPolicy": "Always",
        "serviceAccountName": "default",
        "terminationGracePeriodSeconds": 30,
    }
    status: dict[str, Any] = {
        "conditions": [
            {
                "lastProbeTime": None,
                "lastTransitionTime": when,
                "status": ready if type_ in ("Ready", "ContainersReady") else "True",
                "type": type_,
            }
            for type_ in condition_types
        ],
        "containerStatuses": [_status("app", restarts, trouble, when, rng)],
        "hostIP": f"192.168.{node >> 8 & 255}.{node & 255}",
        "phase": "Succeeded" if done else "Pending" if trouble == "waiting" else "Running",
        "podIP": ip,
        "podIPs": [{"ip": ip}],
        "qosClass": "Burstable",
        "startTime": when,
    }
    if plain:
        del metadata["managedFields"][1:], metadata["generateName"], status["conditions"][0]
        for part in ("args", "readinessProbe", "volumeMounts", "resources"):
            del spec["containers"][0][part]
    if sidecar:
        proxy = _container("mesh", [{"containerPort": 15090, "name": "mesh-metrics", "protocol": "TCP"}])
        spec["initContainers"] = [proxy | {"restartPolicy": "Always"}]
        status["initContainerStatuses"] = [_status("mesh", 0, "done" if done else "", when, rng)]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": status}


def pods_json(
    count: int = PODS,
    *,
    services: int = SERVICES,
    nodes: int = NODES,
    seed: int = 1,
    indent: int | None = None,
    plain: bool = False,
) -> Iterator[bytes]:
    """`kubectl get pods -A -o json --show-managed-fields` of `count` pods, piece by piece, 2.7 KB a pod, 2 KB a `plain` one.

    They come namespace by namespace and app by app, as the API server lists them.

    kubectl indents by four; that makes a pod about 6 KB of which two thirds are blanks.
    """
    rng = random.Random(seed)
    pad = "" if indent is None else "\n" + " " * indent
    deep = pad + " " * (indent or 0)
    yield f'{{{pad}"apiVersion": "v1",{pad}"items": ['.encode()
    in_order = sorted(range(count), key=lambda number: (number % services % _NAMESPACES, number % services))
    for at, number in enumerate(in_order):
        separators = (",", ":") if indent is None else (",", ": ")
        text = json.dumps(
            pod(number, rng, services=services, nodes=nodes, plain=plain), separators=separators, indent=indent
        )
        yield (("," if at else "") + deep + text.replace("\n", deep)).encode()
    yield f'{pad}],{pad}"kind": "List",{pad}"metadata": {{"resourceVersion": ""}}{pad[:1]}}}\n'.encode()


def pods_table(
    count: int = PODS, *, services: int = SERVICES, nodes: int = NODES, seed: int = 1
) -> Iterator[dict[str, str]]:
    """The cells of `kubectl get pods -A -o wide --show-labels`, a row a pod."""
    rng = random.Random(seed)
    for number in range(count):
        app, node, trouble = number % services, rng.randrange(nodes), rng.random() < 0.02
        restarts = rng.randrange(1, 40) if rng.random() < 0.1 else 0
        template = _suffix(random.Random(app), 10)
        yield {
            "NAMESPACE": f"team-{app % _NAMESPACES}",
            "NAME": f"app-{app}-{template}-{_suffix(rng, 5)}",
            "READY": "0/1" if trouble else "1/1",
            "STATUS": rng.choice(("CrashLoopBackOff", "Completed", "Pending")) if trouble else "Running",
            "RESTARTS": f"{restarts} ({rng.randrange(2, 48)}h ago)" if restarts else "0",
            "AGE": rng.choice((f"{rng.randrange(2, 60)}m", f"{rng.randrange(2, 8)}d{rng.randrange(1, 24)}h", "284d")),
            "IP": f"10.{node >> 8 & 255}.{node & 255}.{1 + number // nodes % 254}",
            "NODE": f"node-{node}",
            "NOMINATED NODE": "<none>",
            "READINESS GATES": "<none>",
            "LABELS": f"app=app-{app},pod-template-hash={template},tier={('web', 'api', 'db')[app % 3]}",
        }


def services_frames(services: int = SERVICES) -> dict[str, dict[str, list[Any]]]:
    """The columns of the frames `services` and `ports`: a NodePort service for each app, with two ports."""
    names, home = [f"app-{app}" for app in range(services)], [f"team-{app % _NAMESPACES}" for app in range(services)]
    return {
        "services": {
            "namespace": home,
            "name": names,
            "type": ["NodePort"] * services,
            "selector": [{"app": name, "tier": ("web", "api", "db")[app % 3]} for app, name in enumerate(names)],
            "cluster_ips": [[f"10.96.{app >> 8}.{app & 255}"] for app in range(services)],
            "ip_families": [["IPv4"] for _ in names],
        },
        "ports": {
            "namespace": [namespace for namespace in home for _ in range(2)],
            "service": [name for name in names for _ in range(2)],
            "port_name": ["http", "direct"] * services,
            "protocol": ["TCP"] * 2 * services,
            "port": [80, 81] * services,
            "target_port": ["http", "8081"] * services,
            "node_port": list(range(2 * services)),
        },
    }


def _container(name: str, ports: list[dict[str, Any]], image: str = "") -> dict[str, Any]:
    return {
        "image": f"registry.example.com/{image or f'{name}:1.27'}",
        "imagePullPolicy": "IfNotPresent",
        "name": name,
        "ports": ports,
        "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}},
    }


def _status(name: str, restarts: int, trouble: str, when: str, rng: random.Random) -> dict[str, Any]:
    running: dict[str, Any] = {"running": {"startedAt": when}}
    ended = {"exitCode": 0, "finishedAt": when, "reason": "Completed", "startedAt": when}
    failed = {"exitCode": 1, "finishedAt": when, "reason": "Error", "startedAt": when}
    state = {
        "waiting": {"waiting": {"reason": "ContainerCreating"}},
        "crashed": {"waiting": {"message": "back-off 5m0s restarting failed container", "reason": "CrashLoopBackOff"}},
        "done": {"terminated": ended},
    }.get(trouble, running)
    return {
        "containerID": f"containerd://{_uid(rng)}",
        "image": f"registry.example.com/{name}:1.27",
        "imageID": "",
        "lastState": {"terminated": failed} if restarts else {},
        "name": name,
        "ready": state is running,
        "restartCount": restarts,
        "started": state is running,
        "state": state,
    }


def _written(manager: str, when: str, **more: str) -> dict[str, Any]:
    owned = {"f:metadata": {"f:labels": {".": {}, "f:app": {}}}}
    return {
        "apiVersion": "v1",
        "fieldsType": "FieldsV1",
        "fieldsV1": owned,
        "manager": manager,
        "operation": "Update",
        "time": when,
        **more,
    }


def _suffix(rng: random.Random, length: int) -> str:
    return "".join(rng.choices(_ALPHABET, k=length))


def _uid(rng: random.Random) -> str:
    text = f"{rng.getrandbits(128):032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


if __name__ == "__main__":
    target, wanted = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else PODS
    with target.open("wb") as out:
        out.writelines(pods_json(wanted, indent=int(sys.argv[3]) if len(sys.argv) > 3 else None))
    print(f"{target}: {wanted:,} pods, {target.stat().st_size / 1e6:.0f} MB")
