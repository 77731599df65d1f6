"""Namespaces: what each begins with, and how it ends.

pkg/controller/serviceaccount, pkg/controller/certificates/rootcacertpublisher, pkg/controller/namespace.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from nodeportkit.playground.controllers.hands import Hands
from nodeportkit.playground.resources import resources
from nodeportkit.playground.store import Change, Key

__all__ = ["Controller"]

_AUTHORITY: Final = "kube-root-ca.crt"
# rootcacertpublisher/publisher.go
_DESCRIPTION: Final = (
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal "
    "service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters."
)


class Controller:
    """Fills new namespaces, and empties those that go."""

    NAME = "namespace-controller"

    def __init__(self, hands: Hands, again: Any) -> None:
        self._hands = hands
        self._again = again

    def concerns(self, change: Change) -> Iterable[Key]:
        """The namespace itself, or that of what was deleted; or of the certificate, which is put back."""
        if change.resource == "namespaces":
            yield change.key
        elif (change.resource == "configmaps" and change.key.name == _AUTHORITY) or (
            change.type == "DELETED" and change.key.namespace
        ):
            yield Key("", change.key.namespace)

    def care(self, key: Key) -> None:
        """Give the namespace its service account and the API server's certificate; if it goes, delete what is in it, and then it."""
        namespace = self._hands.get("namespaces", key)
        if namespace is None:
            return
        if not namespace["metadata"].get("deletionTimestamp"):
            if self._hands.get("serviceaccounts", Key(key.name, "default")) is None:
                metadata = {"name": "default", "namespace": key.name}
                account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}
                self._hands.create("serviceaccounts", account)
            self._publish(key.name)
            return
        left = [
            (resource.name, thing)
            for resource in resources()
            if resource.namespaced
            for thing in self._hands.all(resource.name, key.name)
        ]
        for resource, thing in left:
            if not thing["metadata"].get("deletionTimestamp"):
                self._hands.delete(resource, thing)
        if not any(self._hands.all(resource.name, key.name) for resource in resources() if resource.namespaced):
            self._hands.finalize(namespace)

    def _publish(self, namespace: str) -> None:
        """Keep the certificate there by which pods know the API server."""
        data = {"ca.crt": self._hands.authority}
        known = self._hands.get("configmaps", Key(namespace, _AUTHORITY))
        if known is None:
            said = {"kubernetes.io/description": _DESCRIPTION}
            metadata = {"name": _AUTHORITY, "namespace": namespace, "annotations": said}
            self._hands.create(
                "configmaps", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}
            )
        elif known.get("data") != data:
            self._hands.update("configmaps", {**known, "data": data})
