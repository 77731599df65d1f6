"""Write the cluster that notebooks/audit.ipynb explores, and the list of the faults in it.

It is made up: 12 nodes, 60 services, 300 pods. Run ``python scripts/audit_snapshot.py``.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from nodeportkit.cluster import Cluster
from nodeportkit.faults import healthy_cluster, plant
from nodeportkit.faults.building import pod_of
from nodeportkit.faults.controllers import settle
from nodeportkit.faults.kubelet import running
from nodeportkit.faults.objects import Object, as_list, name_of, namespace_of, new, of_kind
from nodeportkit.faults.scene import Scene, full_name
from nodeportkit.faults.surroundings import policy
from nodeportkit.kube.proxy_config import ProxyConfig
from nodeportkit.sources.read import read

DATA = Path(__file__).resolve().parent.parent / "notebooks" / "data"
SNAPSHOT, PLANTED = DATA / "audit-cluster.json.gz", DATA / "audit-cluster.planted.json"
SEED, NODES, APPS, PODS = 1, 12, 50, 300
FAULTS = (
    ("no-pods", "scaled_to_zero"),
    ("no-pods", "over_quota"),
    ("selector-mismatch", "one_term_more"),
    ("selector-mismatch", "misspelt_value"),
    ("no-selector", "never_had"),
    ("pods-not-ready", "crash_loop"),
    ("pods-not-ready", "readiness_gate"),
    ("named-port-missing", "misspelt"),
    ("named-port-missing", "missing_in_some"),
    ("target-port-mismatch", "wrong_number"),
    ("protocol-mismatch", "container_is_udp_by_name"),
    ("local-policy-no-local-pod", "none_there"),
    ("network-policy", "for_clients_only"),
    ("port-range-overlap", "host_port"),
    ("selector-too-wide", "copied_label"),
    ("kube-proxy-down", "crash_loop"),
    # The controller would mend these if it ran once more: they come last.
    ("slice-drift", "one_stale"),
    ("slice-drift", "port_name_differs"),
)


def main() -> None:
    cluster, planted = snapshot()
    cluster.save(SNAPSHOT)
    PLANTED.write_text(json.dumps(planted, indent=2) + "\n", encoding="utf-8")
    print(f"{SNAPSHOT}: {cluster}, {SNAPSHOT.stat().st_size / 1000:.0f} KB, {len(planted)} faults")


def snapshot() -> tuple[Cluster, list[dict[str, Any]]]:
    """The cluster, and what is wrong in it: cause, form, service, and the checks that an audit should raise."""
    wanted = PODS
    while True:  # faults take pods away and add some, how many hangs on how many there are
        objects = healthy_cluster(SEED, nodes=NODES, services=APPS, platform="kubeadm", dual_stack=False)
        grow(objects, wanted)
        found, planted = broken(objects)
        if missing := PODS - sum(1 for _ in of_kind(found, "Pod")):
            wanted += missing
            continue
        cluster = read(as_list(found))
        return cluster.replace(proxy=ProxyConfig(mode="iptables", cluster_cidrs=("10.244.0.0/16",))), planted


def broken(objects: list[Object]) -> tuple[list[Object], list[dict[str, Any]]]:
    """The objects with all faults in them, and the list of the faults. No service has two."""
    planted: list[dict[str, Any]] = []
    held = with_loose_ends(objects, planted)
    for cause, variant in FAULTS:
        used = {entry["service"] for entry in planted}
        faults = (plant(held, cause, SEED + number, variant=variant) for number in range(100))
        fault = next(fault for fault in faults if fault.service not in used)
        held = fault.objects
        planted.append({"cause": cause, "variant": variant, "service": fault.service, "checks": list(fault.checks)})
    return held, planted


def with_loose_ends(objects: list[Object], planted: list[dict[str, Any]]) -> list[Object]:
    """The objects with an Ingress to a service that is no more, and a policy for pods that are no more."""
    ingress = new("Ingress", "shop", "old-frontend")
    path = {"backend": {"service": {"name": "old-frontend", "port": {"number": 80}}}, "path": "/", "pathType": "Prefix"}
    ingress["spec"] = {"rules": [{"host": "old.example.com", "http": {"paths": [path]}}]}
    idle = policy("shop", "old-frontend", {"matchLabels": {"app": "old-frontend"}}, [{}])
    for check, thing in (("ingress-backend-missing", ingress), ("policy-selects-nothing", idle)):
        planted.append({"cause": None, "variant": None, "service": full_name(thing), "checks": [check]})
    return [*objects, ingress, idle]


def grow(objects: list[Object], pods: int) -> None:
    """Scale Deployments up, by chance, until there are so many pods."""
    scene = Scene(objects, random.Random(SEED))
    workers = [node for node in scene.nodes if "taints" not in node["spec"]]
    sets = [s for s in of_kind(objects, "ReplicaSet") if s["spec"]["replicas"] and namespace_of(s) != "kube-system"]
    deployments = {full_name(thing): thing for thing in of_kind(objects, "Deployment")}
    missing = pods - sum(1 for _ in of_kind(objects, "Pod"))
    for number in range(missing):
        replica_set = sets[number % len(sets)]
        owner = f"{namespace_of(replica_set)}/{replica_set['metadata']['ownerReferences'][0]['name']}"
        for workload in (replica_set, deployments[owner]):
            workload["spec"]["replicas"] += 1
        objects.append(_pod(scene, replica_set, 50 + number, scene.rng.choice(workers)))
    settle(objects)


def _pod(scene: Scene, workload: Object, number: int, node: Object) -> Object:
    pod = pod_of(workload, number, name_of(node))
    running(pod, scene.addresses(node), ["10.244.0.250"])
    scene.move(pod, node)
    return pod


if __name__ == "__main__":
    main()
