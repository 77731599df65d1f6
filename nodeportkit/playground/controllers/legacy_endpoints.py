"""Endpoints, as clients from before EndpointSlices read them: the addresses of a service in one object, a thousand at most.

pkg/controller/endpoint/endpoints_controller.go.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from nodeportkit.playground.controllers.hands import Hands
from nodeportkit.playground.store import Change, Key, Object

__all__ = ["Controller"]

_SERVICE: Final = "kubernetes.io/service-name"
_SLICES: Final = "endpointslices.discovery.k8s.io"
_OVER: Final = "endpoints.kubernetes.io/over-capacity"
_MOST: Final = 1000  # addresses, `maxCapacity`
_PLACES: Final = ("addresses", "notReadyAddresses")


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
        elif change.resource == _SLICES:
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
        subsets = _subsets(self._hands.store.labelled(_SLICES, key.namespace, {_SERVICE: key.name}))
        held = _truncated(subsets)
        metadata = {"name": key.name, "namespace": key.namespace} | (known["metadata"] if known else {})
        metadata["labels"] = service["metadata"].get("labels") or {}
        annotations = {name: text for name, text in (metadata.get("annotations") or {}).items() if name != _OVER}
        metadata["annotations"] = annotations | ({_OVER: "truncated"} if held != subsets else {})
        wanted: Object = {"apiVersion": "v1", "kind": "Endpoints", "metadata": metadata}
        wanted |= {"subsets": held} if held else {}
        if known is None:
            self._hands.create("endpoints", wanted)
        else:
            self._hands.update("endpoints", wanted)


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


def _truncated(subsets: list[Object]) -> list[Object]:
    """As many of the addresses as one object may hold; ready ones go before the others."""
    room = _MOST
    kept: dict[tuple[int, str], list[Object]] = {}
    for place in _PLACES:
        for at, subset in enumerate(subsets):
            kept[at, place] = subset.get(place, [])[:room]
            room -= len(kept[at, place])
    cut = [
        {**{name: value for name, value in subset.items() if name not in _PLACES}}
        | {place: kept[at, place] for place in _PLACES if kept[at, place]}
        for at, subset in enumerate(subsets)
    ]
    return [subset for subset in cut if any(place in subset for place in _PLACES)]
