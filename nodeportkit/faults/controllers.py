"""What Kubernetes' controllers make of services and pods: EndpointSlices, and the status of workloads.

Written a second time on purpose, object by object: the frames' own rules (`nodeportkit.kube.endpoints`) are judged by it. By
kubernetes/kubernetes staging/src/k8s.io/endpointslice/reconciler.go and utils.go, pkg/controller/deployment/sync.go,
pkg/controller/replicaset/replica_set_utils.go, pkg/controller/daemon/daemon_controller.go.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any, Final

from nodeportkit.faults.objects import Object, identity, labels_of, name_of, namespace_of, new, of_kind

__all__ = ["is_ready", "matched_pods", "settle"]

_SERVICE: Final = "kubernetes.io/service-name"
_MANAGER: Final = "endpointslice.kubernetes.io/managed-by"
_CONTROLLER: Final = "endpointslice-controller.k8s.io"
_ZONE: Final = "topology.kubernetes.io/zone"
_MOST: Final = 100  # endpoints in a slice
_REVISION: Final = "deployment.kubernetes.io/revision"


def settle(objects: list[Object]) -> None:
    """Bring the slices of services with a selector, and the counts of workloads, up to date, in place."""
    _write_slices(objects)
    _count_pods(objects)


def matched_pods(objects: Iterable[Object], service: Object) -> list[Object]:
    """The pods that the service's selector matches, whatever state they are in."""
    selector = service["spec"].get("selector") or {}
    if not selector or service["spec"]["type"] == "ExternalName":
        return []
    pods = of_kind(objects, "Pod", namespace=namespace_of(service))
    return [pod for pod in pods if selector.items() <= labels_of(pod).items()]


def is_ready(pod: Object) -> bool:
    """Whether its Ready condition is True."""
    conditions = pod["status"].get("conditions", [])
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


def _write_slices(objects: list[Object]) -> None:
    services = [s for s in of_kind(objects, "Service") if s["spec"].get("selector")]
    owned = {(namespace_of(s), name_of(s)) for s in services}
    zones = {name_of(node): labels_of(node).get(_ZONE) for node in of_kind(objects, "Node")}
    kept = [
        thing
        for thing in objects
        if thing["kind"] != "EndpointSlice"
        or labels_of(thing).get(_MANAGER) != _CONTROLLER
        or (namespace_of(thing), labels_of(thing).get(_SERVICE)) not in owned
    ]
    pods: dict[str, list[Object]] = {}
    for pod in of_kind(objects, "Pod"):
        pods.setdefault(namespace_of(pod), []).append(pod)
    for service in services:
        kept += _slices(service, matched_pods(pods.get(namespace_of(service), []), service), zones)
    objects[:] = kept


def _slices(service: Object, pods: list[Object], zones: dict[str, str | None]) -> list[Object]:
    spec = service["spec"]
    if spec["type"] == "ExternalName":
        return []
    found: list[Object] = []
    for family in spec.get("ipFamilies", ["IPv4"]):
        groups: dict[str, tuple[list[Object], list[Object]]] = {}
        for pod in pods:
            address = _address(pod, family)
            if address is None or pod["status"].get("phase") in ("Succeeded", "Failed"):
                continue
            ports = _ports(spec, pod)
            groups.setdefault(str(ports), (ports, []))[1].append(_endpoint(pod, address, spec, zones))
        # A service without endpoints keeps one slice as a placeholder.
        for ports, endpoints in groups.values() or [([], [])]:
            for start in range(0, max(len(endpoints), 1), _MOST):
                part = endpoints[start : start + _MOST]
                found.append(_slice(service, family, len(found), ports, part))
    return found


def _slice(service: Object, family: str, number: int, ports: list[Object], endpoints: list[Object]) -> Object:
    tail = "".join(random.Random(f"slice {identity(service)} {number}").choices("bcdfghjklmnpqrstvwxz2456789", k=5))
    labels = {_MANAGER: _CONTROLLER, _SERVICE: name_of(service)}
    if service["spec"].get("clusterIP") == "None":
        labels["service.kubernetes.io/headless"] = ""
    made = new("EndpointSlice", namespace_of(service), f"{name_of(service)}-{tail}", labels=labels, by=service)
    made["metadata"]["generateName"] = f"{name_of(service)}-"
    made["addressType"] = family
    made["endpoints"] = endpoints or None
    made["ports"] = ports or None
    return made


def _address(pod: Object, family: str) -> str | None:
    addresses = [entry["ip"] for entry in pod["status"].get("podIPs", [])]
    return next((ip for ip in addresses if (":" in ip) == (family == "IPv6")), None)


def _ports(spec: Object, pod: Object) -> list[Object]:
    """The ports of the service on this pod; one that the pod lacks is left out."""
    found = []
    for port in spec["ports"]:
        number = _number(pod, port.get("targetPort", port["port"]), port["protocol"])
        if number is not None:
            entry = {"name": port.get("name", ""), "port": number, "protocol": port["protocol"]}
            found.append(entry | ({"appProtocol": port["appProtocol"]} if "appProtocol" in port else {}))
    return found


def _number(pod: Object, target: int | str, protocol: str) -> int | None:
    """By pkg/api/v1/pod/util.go, FindPort: containers first, then sidecars."""
    if isinstance(target, int):
        return target
    inits = pod["spec"].get("initContainers", [])
    for container in [*pod["spec"]["containers"], *(c for c in inits if c.get("restartPolicy") == "Always")]:
        for port in container.get("ports", []):
            if port.get("name") == target and port.get("protocol", "TCP") == protocol:
                return int(port["containerPort"])
    return None


def _endpoint(pod: Object, address: str, spec: Object, zones: dict[str, str | None]) -> Object:
    ready, ends = is_ready(pod), "deletionTimestamp" in pod["metadata"]
    takes = (ready and not ends) or spec.get("publishNotReadyAddresses") is True
    node = pod["spec"]["nodeName"]
    reference = {"kind": "Pod", "name": name_of(pod), "namespace": namespace_of(pod), "uid": pod["metadata"]["uid"]}
    endpoint: Object = {
        "addresses": [address],
        "conditions": {"ready": takes, "serving": ready, "terminating": ends},
        "nodeName": node,
        "targetRef": reference,
    }
    if "hostname" in pod["spec"] and pod["spec"].get("subdomain"):
        endpoint["hostname"] = pod["spec"]["hostname"]
    if zone := zones.get(node):
        endpoint["zone"] = zone
        if spec.get("trafficDistribution") in ("PreferClose", "PreferSameZone"):
            endpoint["hints"] = {"forZones": [{"name": zone}]}
    return endpoint


def _count_pods(objects: list[Object]) -> None:
    pods: dict[tuple[str, str, str], list[Object]] = {}
    sets: dict[tuple[str, str, str], list[Object]] = {}
    for thing in of_kind(objects, "Pod", "ReplicaSet"):
        for reference in thing["metadata"].get("ownerReferences", []):
            held = pods if thing["kind"] == "Pod" else sets
            held.setdefault((reference["kind"], namespace_of(thing), reference["name"]), []).append(thing)
    for thing in of_kind(objects, "ReplicaSet", "StatefulSet", "DaemonSet"):
        _tell(thing, _active(pods.get(identity(thing), [])))
    for thing in of_kind(objects, "Deployment"):
        replica_sets = sets.get(identity(thing), [])
        latest = max(replica_sets, key=lambda s: int(s["metadata"]["annotations"][_REVISION]), default=None)
        alive = [pod for s in replica_sets for pod in _active(pods.get(identity(s), []))]
        _tell(thing, alive, 0 if latest is None else latest["status"]["replicas"])


def _active(pods: list[Object]) -> list[Object]:
    """Pods that count: not finished, and not being deleted."""
    return [
        pod
        for pod in pods
        if pod["status"].get("phase") not in ("Succeeded", "Failed") and "deletionTimestamp" not in pod["metadata"]
    ]


def _tell(workload: Object, pods: list[Object], updated: int | None = None) -> None:
    status = workload.setdefault("status", {})
    ready = sum(map(is_ready, pods))
    if workload["kind"] == "DaemonSet":
        wanted = status.get("desiredNumberScheduled", len(pods))
        told: dict[str, Any] = {
            "currentNumberScheduled": min(len(pods), wanted),
            "desiredNumberScheduled": wanted,
            "numberAvailable": ready,
            "numberMisscheduled": 0,
            "numberReady": ready,
            "numberUnavailable": wanted - ready,
            "updatedNumberScheduled": len(pods),
        }
        required = {"currentNumberScheduled", "desiredNumberScheduled", "numberMisscheduled", "numberReady"}
    else:
        told = {"availableReplicas": ready, "readyReplicas": ready, "replicas": len(pods)}
        if workload["kind"] == "ReplicaSet":
            told["fullyLabeledReplicas"] = len(pods)
        else:
            told["updatedReplicas"] = len(pods) if updated is None else updated
        if workload["kind"] == "Deployment":
            told["unavailableReplicas"] = max(workload["spec"]["replicas"] - ready, 0)
        required = {"replicas"}
    # The server leaves counts of 0 out, save those that its types require.
    for key, count in told.items():
        status.pop(key, None)
        if count or key in required:
            status[key] = count
    if workload["kind"] == "Deployment":
        _judge(workload, ready)


def _judge(deployment: Object, ready: int) -> None:
    """Available: no more pods are missing than a rolling update may take away (a quarter, rounded down)."""
    wanted = deployment["spec"]["replicas"]
    enough = ready >= wanted - wanted // 4
    reason = "MinimumReplicasAvailable" if enough else "MinimumReplicasUnavailable"
    message = f"Deployment {'has' if enough else 'does not have'} minimum availability."
    conditions = [c for c in deployment["status"].get("conditions", []) if c["type"] != "Available"]
    when = deployment["metadata"]["creationTimestamp"]
    available = {"lastTransitionTime": when, "lastUpdateTime": when, "message": message, "reason": reason}
    conditions.insert(0, available | {"status": str(enough), "type": "Available"})
    deployment["status"]["conditions"] = conditions
