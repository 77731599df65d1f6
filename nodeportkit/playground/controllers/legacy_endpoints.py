"""Endpoints, as clients from before EndpointSlices read them: every address of a service in one object.

pkg/controller/endpoint/endpoints_controller.go.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from nodeportkit.playground.controllers.hands import Hands
from nodeportkit.playground.store import Change, Key, Object

__all__ = ["Controller"]

_SERVICE: Final = "kubernetes.io/service-name"


class Controller:
    """Writes the Endpoints of services from their slices."""

    NAME = "endpoint-controller"

    def __init__(self, hands: Hands, again: Any) -> None:
        self._hands = hands
        self._again = again

    def concerns(self, change: Change) -> Iterable[Key]:
        """The service itself, or the one that a slice belongs to."""
        if change.resource == "services":
            yield change.key
        elif change.resource == "endpointslices.discovery.k8s.io":
            name = (change.object["metadata"].get("labels") or {}).get(_SERVICE)
            if name:
                yield Key(change.key.namespace, name)

    def care(self, key: Key) -> None:
        """Bring the Endpoints object up to date."""
        service = self._hands.get("services", key)
        known = self._hands.get("endpoints", key)
        if service is None:
            if known is not None:
                self._hands.delete("endpoints", known)
            return
        if not service["spec"].get("selector") or service["spec"].get("type") == "ExternalName":
            return
        slices = self._hands.store.labelled("endpointslices.discovery.k8s.io", key.namespace, {_SERVICE: key.name})
        subsets = _subsets(slices)
        if known is None:
            metadata = {"name": key.name, "namespace": key.namespace, "labels": service["metadata"].get("labels") or {}}
            made: Object = {"apiVersion": "v1", "kind": "Endpoints", "metadata": metadata}
            self._hands.create("endpoints", made | ({"subsets": subsets} if subsets else {}))
        elif known.get("subsets", []) != subsets:
            known.pop("subsets", None)
            self._hands.update("endpoints", known | ({"subsets": subsets} if subsets else {}))


def _subsets(slices: list[Object]) -> list[Object]:
    found = []
    for it in slices:
        ready: list[Object] = []
        unready: list[Object] = []
        for end in it.get("endpoints") or ():
            conditions = end.get("conditions") or {}
            if conditions.get("terminating"):
                continue
            address = {"ip": end["addresses"][0], "nodeName": end.get("nodeName"), "targetRef": end.get("targetRef")}
            address = {name: value for name, value in address.items() if value}
            (ready if conditions.get("ready") else unready).append(address)
        if ready or unready:
            ports = [{name: value for name, value in port.items() if value != ""} for port in it.get("ports") or ()]
            found.append(
                {
                    **({"addresses": ready} if ready else {}),
                    **({"notReadyAddresses": unready} if unready else {}),
                    **({"ports": ports} if ports else {}),
                }
            )
    return found
