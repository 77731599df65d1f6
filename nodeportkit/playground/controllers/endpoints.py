"""EndpointSlices of services with a selector.

staging/src/k8s.io/endpointslice/reconciler.go and utils.go.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from nodeportkit.playground.controllers.hands import Hands, key_of, owned_by
from nodeportkit.playground.controllers.pods import FINISHED, is_ready
from nodeportkit.playground.controllers.slices import fill
from nodeportkit.playground.store import Change, Key, Object, copied

__all__ = ["Controller", "target_number"]

_SLICES: Final = "endpointslices.discovery.k8s.io"
_SERVICE: Final = "kubernetes.io/service-name"
_MANAGED: Final = "endpointslice.kubernetes.io/managed-by"
_CONTROLLER: Final = "endpointslice-controller.k8s.io"
_HEADLESS: Final = "service.kubernetes.io/headless"
_ZONE: Final = "topology.kubernetes.io/zone"
_NEAR: Final = ("PreferClose", "PreferSameZone", "PreferSameNode")
_Group = tuple[str, str]  # a family, and ports as text


class Controller:
    """Writes the slices of services."""

    NAME = "endpoint-slice-controller"

    def __init__(self, hands: Hands, again: Any) -> None:
        self._hands = hands
        self._again = again
        self._selectors: dict[str, dict[str, Any]] = {}  # namespace -> service -> the labels that it asks for

    def concerns(self, change: Change) -> Iterable[Key]:
        """The service itself, or every service whose selector takes a pod that has changed."""
        if change.resource == "services":
            self._remember(change)
            yield change.key
        elif change.resource == _SLICES and change.type != "ADDED":
            labels = change.object["metadata"].get("labels") or {}
            if labels.get(_MANAGED) == _CONTROLLER and _SERVICE in labels:
                yield Key(change.key.namespace, labels[_SERVICE])
        elif change.resource == "pods" and _matters(change):
            states = [it["metadata"].get("labels") or {} for it in (change.object, change.before) if it]
            for name, selector in self._selectors.get(change.key.namespace, {}).items():
                if any(selector <= labels.items() for labels in states):
                    yield Key(change.key.namespace, name)

    def _remember(self, change: Change) -> None:
        """Keep at hand what the services of each namespace select."""
        selectors = self._selectors.setdefault(change.key.namespace, {})
        selectors.pop(change.key.name, None)
        selector = change.object["spec"].get("selector")
        if selector and change.type != "DELETED":
            selectors[change.key.name] = selector.items()

    def care(self, key: Key) -> None:
        """Write what the slices of the service should hold."""
        service = self._hands.store.get("services", key)
        mine = self._hands.store.labelled(_SLICES, key.namespace, {_SERVICE: key.name, _MANAGED: _CONTROLLER})
        if service is None or service["metadata"].get("deletionTimestamp"):
            for it in mine:
                self._hands.delete(_SLICES, it)
            return
        if not service["spec"].get("selector") or service["spec"].get("type") == "ExternalName":
            return  # whoever takes the selector away keeps the endpoints, and looks after them
        changed, new = self._planned(service, mine)
        stay: Object = {"labels": _labels(service)}
        for known in mine:
            content = changed.pop(known["metadata"]["name"], None) or (new.pop() if new else None)
            if content is None:
                self._hands.delete(_SLICES, known)
                continue
            wanted = {**known, **content, "metadata": {**known["metadata"], **stay}}
            if wanted != known:
                self._hands.update(_SLICES, copied(wanted))
        for content in reversed(new):
            self._hands.create(_SLICES, _slice(service, content))

    def _planned(self, service: Object, mine: list[Object]) -> tuple[dict[str, Object], list[Object]]:
        """What the slices that stay should hold, by name, and what further ones should, the last of them first."""
        there: dict[_Group, list[Object]] = {}
        for it in mine:
            there.setdefault((it["addressType"], str(it.get("ports") or [])), []).append(it)
        changed: dict[str, Object] = {}
        new: list[Object] = []
        for family in service["spec"].get("ipFamilies") or ["IPv4"]:
            groups = self._groups(service, family)
            for ports, ends in groups:
                filled = fill(there.get((family, str(ports)), ()), ends)
                content = {"addressType": family, "ports": ports or None}
                changed |= {name: {**content, "endpoints": held} for name, held in filled.kept.items()}
                new += [{**content, "endpoints": held} for held in filled.new]
            if not groups:
                new.append({"addressType": family, "ports": None, "endpoints": None})  # a placeholder
        return changed, new[::-1]

    def _groups(self, service: Object, family: str) -> list[tuple[list[Object], list[Object]]]:
        """The service's ports, and the endpoints that have them under these numbers."""
        spec = service["spec"]
        zones = {
            it["metadata"]["name"]: (it["metadata"].get("labels") or {}).get(_ZONE) for it in self._hands.all("nodes")
        }
        groups: dict[str, tuple[list[Object], list[Object]]] = {}
        for pod in self._hands.store.labelled("pods", service["metadata"]["namespace"], spec["selector"]):
            address = _address(pod, family)
            if address and pod["status"].get("phase") not in FINISHED:
                ports = _ports(spec, pod)
                groups.setdefault(str(ports), (ports, []))[1].append(_endpoint(pod, address, spec, zones))
        return list(groups.values())


def _matters(change: Change) -> bool:
    """Whether a change of a pod is one of its endpoints too."""

    def told(pod: Object) -> Any:
        metadata, status = pod["metadata"], pod.get("status", {})
        leaves = bool(metadata.get("deletionTimestamp"))
        return metadata.get("labels"), leaves, is_ready(pod), status.get("podIPs"), status.get("phase") in FINISHED

    return change.type != "MODIFIED" or change.before is None or told(change.object) != told(change.before)


def _labels(service: Object) -> dict[str, str]:
    """The labels of its slices: the service's own, and whose they are."""
    labels = {**(service["metadata"].get("labels") or {}), _MANAGED: _CONTROLLER, _SERVICE: service["metadata"]["name"]}
    return labels | ({_HEADLESS: ""} if service["spec"].get("clusterIP") == "None" else {})


def _slice(service: Object, content: Object) -> Object:
    where = key_of(service)
    metadata = {
        "generateName": f"{where.name}-",
        "namespace": where.namespace,
        "labels": _labels(service),
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
        if spec.get("trafficDistribution") in _NEAR:
            endpoint["hints"] = {"forZones": [{"name": zone}]}
    if spec.get("trafficDistribution") == "PreferSameNode":
        endpoint.setdefault("hints", {})["forNodes"] = [{"name": node}]
    return endpoint
