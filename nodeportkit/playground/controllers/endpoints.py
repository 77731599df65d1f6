"""EndpointSlices of services with a selector.

staging/src/k8s.io/endpointslice/reconciler.go and utils.go; one slice for each family and each set of ports.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from nodeportkit.playground.controllers.hands import Hands, owned_by
from nodeportkit.playground.controllers.pods import is_ready
from nodeportkit.playground.store import Change, Key, Object, copied

__all__ = ["Controller", "target_number"]

_SERVICE: Final = "kubernetes.io/service-name"
_MANAGED: Final = "endpointslice.kubernetes.io/managed-by"
_CONTROLLER: Final = "endpointslice-controller.k8s.io"
_HEADLESS: Final = "service.kubernetes.io/headless"
_ZONE: Final = "topology.kubernetes.io/zone"
_MOST: Final = 100  # endpoints in a slice
_FINISHED: Final = ("Succeeded", "Failed")


class Controller:
    """Writes the slices of services."""

    NAME = "endpoint-slice-controller"

    def __init__(self, hands: Hands, again: Any) -> None:
        self._hands = hands
        self._again = again

    def concerns(self, change: Change) -> Iterable[Key]:
        """The service itself, or every service whose selector takes a pod that has changed."""
        if change.resource == "services":
            yield change.key
        elif change.resource == "endpointslices.discovery.k8s.io" and change.type != "ADDED":
            labels = change.object["metadata"].get("labels") or {}
            if labels.get(_MANAGED) == _CONTROLLER and _SERVICE in labels:
                yield Key(change.key.namespace, labels[_SERVICE])
        elif change.resource == "pods":
            states = [it["metadata"].get("labels") or {} for it in (change.object, change.before) if it]
            for service in self._hands.all("services", change.key.namespace):
                selector = service["spec"].get("selector")
                if selector and any(selector.items() <= labels.items() for labels in states):
                    yield Key(change.key.namespace, service["metadata"]["name"])

    def care(self, key: Key) -> None:
        """Write what the slices of the service should hold."""
        service = self._hands.get("services", key)
        marks = {_SERVICE: key.name, _MANAGED: _CONTROLLER}
        mine = self._hands.store.labelled("endpointslices.discovery.k8s.io", key.namespace, marks)
        wanted = self._wanted(service) if service else []
        for known, content in zip(mine, wanted, strict=False):
            changed = {**copied(known), **content}
            if changed != known:
                self._hands.update("endpointslices.discovery.k8s.io", changed)
        for extra in mine[len(wanted) :]:
            self._hands.delete("endpointslices.discovery.k8s.io", extra)
        for content in wanted[len(mine) :]:
            assert service is not None
            self._hands.create("endpointslices.discovery.k8s.io", _slice(service, content))

    def _wanted(self, service: Object) -> list[Object]:
        """What the slices should hold."""
        spec = service["spec"]
        if (
            not spec.get("selector")
            or spec.get("type") == "ExternalName"
            or service["metadata"].get("deletionTimestamp")
        ):
            return []
        namespace = service["metadata"]["namespace"]
        pods = [
            pod
            for pod in self._hands.store.labelled("pods", namespace, spec["selector"])
            if pod.get("status", {}).get("phase") not in _FINISHED
        ]
        zones = {
            it["metadata"]["name"]: (it["metadata"].get("labels") or {}).get(_ZONE) for it in self._hands.all("nodes")
        }
        found: list[Object] = []
        for family in spec.get("ipFamilies") or ["IPv4"]:
            groups: dict[str, tuple[list[Object], list[Object]]] = {}
            for pod in pods:
                if address := _address(pod, family):
                    ports = _ports(spec, pod)
                    groups.setdefault(str(ports), (ports, []))[1].append(_endpoint(pod, address, spec, zones))
            # A service without endpoints keeps one slice as a placeholder.
            for ports, endpoints in groups.values() or [([], [])]:
                for start in range(0, max(len(endpoints), 1), _MOST):
                    part = endpoints[start : start + _MOST]
                    found.append({"addressType": family, "endpoints": part or None, "ports": ports or None})
        return found


def _slice(service: Object, content: Object) -> Object:
    labels = {**(service["metadata"].get("labels") or {}), _MANAGED: _CONTROLLER, _SERVICE: service["metadata"]["name"]}
    if service["spec"].get("clusterIP") == "None":
        labels[_HEADLESS] = ""
    metadata = {
        "generateName": f"{service['metadata']['name']}-",
        "namespace": service["metadata"]["namespace"],
        "labels": labels,
        "ownerReferences": [owned_by(service)],
    }
    return {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": metadata, **content}


def _address(pod: Object, family: str) -> str | None:
    addresses = [it["ip"] for it in pod.get("status", {}).get("podIPs") or ()]
    return next((ip for ip in addresses if (":" in ip) == (family == "IPv6")), None)


def _ports(spec: Object, pod: Object) -> list[Object]:
    """The service's ports on this pod; one that the pod does not have is left out."""
    found = []
    for port in spec.get("ports") or ():
        number = target_number(pod, port.get("targetPort", port["port"]), port.get("protocol", "TCP"))
        if number is not None:
            entry = {"name": port.get("name", ""), "port": number, "protocol": port.get("protocol", "TCP")}
            found.append(entry | ({"appProtocol": port["appProtocol"]} if port.get("appProtocol") else {}))
    return found


def target_number(pod: Object, target: Any, protocol: str) -> int | None:
    """The number of a target port on a pod; a name may mean another number on each pod, or none.

    pkg/api/v1/pod/util.go, `FindPort`: containers first, then sidecars.
    """
    if isinstance(target, int):
        return target
    sidecars = [it for it in pod["spec"].get("initContainers") or () if it.get("restartPolicy") == "Always"]
    for container in [*pod["spec"].get("containers", ()), *sidecars]:
        for port in container.get("ports") or ():
            if port.get("name") == target and port.get("protocol", "TCP") == protocol:
                return int(port["containerPort"])
    return None


def _endpoint(pod: Object, address: str, spec: Object, zones: dict[str, str | None]) -> Object:
    ready, ends = is_ready(pod), bool(pod["metadata"].get("deletionTimestamp"))
    metadata, node = pod["metadata"], pod["spec"].get("nodeName", "")
    endpoint: Object = {
        "addresses": [address],
        "conditions": {
            "ready": (ready and not ends) or spec.get("publishNotReadyAddresses") is True,
            "serving": ready,
            "terminating": ends,
        },
        "nodeName": node,
        "targetRef": {
            "kind": "Pod",
            "name": metadata["name"],
            "namespace": metadata["namespace"],
            "uid": metadata["uid"],
        },
    }
    if zone := zones.get(node):
        endpoint["zone"] = zone
        if spec.get("trafficDistribution") in ("PreferClose", "PreferSameZone"):
            endpoint["hints"] = {"forZones": [{"name": zone}]}
    return endpoint
